import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { nestProject, type ProjectChoice } from '../../../libs/nest-migrate/src/schematics/nest-project.js';
import { type Wiring, wireApplication } from '../../../libs/nest-migrate/src/schematics/wire-application.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';
import { type Files, shapes } from './applications.ts';

let folder: TemporaryFolder;
let count = 0;
beforeAll(async () => {
  folder = await temporaryFolder('add', { on: 'memory' });
});
afterAll(() => folder.remove());

interface Options extends ProjectChoice {
  readonly directory?: string;
  readonly onBootstrap?: string;
}

const packageJson = `{
  "name": "shop",
  "scripts": {
    "build": "nest build",
    "start:prod": "node dist/main"
  }
}
`;

async function write(root: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

async function application(files: Files): Promise<string> {
  count += 1;
  const root = join(folder.path, `application-${count}`);
  await write(root, { 'package.json': packageJson, ...files });
  return root;
}

async function wiringOf(root: string, { directory, onBootstrap, ...choice }: Options = {}): Promise<Wiring> {
  const project = await nestProject(root, choice, nodeFileSystem);
  return wireApplication({ compiler: ts, project, directory, onBootstrap, fs: nodeFileSystem });
}

/** Wires an application and writes what changes. */
async function wired(root: string, options?: Options): Promise<Wiring> {
  const wiring = await wiringOf(root, options);
  await write(root, Object.fromEntries(wiring.changes.map(({ path, after }) => [path, after])));
  return wiring;
}

const textsOf = ({ changes }: Wiring): Record<string, string> =>
  Object.fromEntries(changes.map(({ path, after }) => [path, after]));

describe('nest add, on the shapes that applications have', () => {
  const roots: string[] = [];

  it.each(shapes)('$title: edits what is sure, names the rest, and finds nothing to edit after that', async (shape) => {
    const root = await application(shape.files);
    roots.push(root);
    const wiring = await wired(root);
    const { 'package.json': script, ...texts } = textsOf(wiring);
    expect(texts).toEqual(shape.becomes);
    expect(wiring.byHand.map(({ place }) => place)).toEqual(shape.byHand ?? []);
    expect(script).toBe(packageJson.replace('main"\n', 'main",\n    "db": "nest build && node dist/main.js db"\n'));
    expect((await wiringOf(root)).changes).toEqual([]);
  });

  it('leaves programs that compile', () => {
    const files = roots.flatMap((root, index) =>
      Object.keys(shapes[index]?.files ?? {})
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(root, name)),
    );
    expect(files.length).toBeGreaterThan(shapes.length);
    const packages = resolve('node_modules');
    const program = ts.createProgram(files, {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      experimentalDecorators: true,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(packages, '@types')],
      paths: {
        'nest-migrate': [resolve('libs/nest-migrate/src/index.ts')],
        '*': [join(packages, '*'), join(packages, '@types', '*')],
      },
    });
    const problems = files.flatMap((file) => {
      const source = program.getSourceFile(file)!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
    expect(problems).toEqual([]);
  });
});
void readFile;
