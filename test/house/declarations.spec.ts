import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const library = resolve('libs/nest-migrate');
/** Nothing is written there: it is where the compiler is told that the files are. */
const emitted = join(library, 'declarations');

/** The declarations of the package, by path, as `npm run build:lib` writes them. */
function emitDeclarations(): ReadonlyMap<string, string> {
  const configured = ts.getParsedCommandLineOfConfigFile(
    join(library, 'tsconfig.publish.json'),
    { emitDeclarationOnly: true, outDir: emitted, noEmit: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (configured === undefined) throw new Error('tsconfig.publish.json cannot be read');
  const files = new Map<string, string>();
  const program = ts.createProgram(configured.fileNames, configured.options);
  program.emit(undefined, (path, text) => void files.set(resolve(path), text), undefined, true);
  return files;
}

/** What is wrong with the declarations in an application that has no `@types/node`, or names other types. */
function problemsWithoutNodeTypes(files: ReadonlyMap<string, string>): readonly string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: false,
  };
  const isHidden = (path: string): boolean => /[\\/]@types[\\/](node|bun)[\\/]/.test(path);
  const host = ts.createCompilerHost(options);
  const disk = { ...host };
  host.fileExists = (path) => files.has(resolve(path)) || (!isHidden(path) && disk.fileExists(path));
  host.readFile = (path) => files.get(resolve(path)) ?? disk.readFile(path);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  host.directoryExists = (path) =>
    folders.has(resolve(path)) || (!isHidden(`${path}/`) && (disk.directoryExists?.(path) ?? true));
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    if (source === undefined) return [`${path} was not read`];
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

describe('the declarations of the package', () => {
  let files: ReadonlyMap<string, string>;
  beforeAll(() => {
    files = emitDeclarations();
  });

  it('are there for both doors', () => {
    expect(files.has(join(emitted, 'index.d.ts'))).toBe(true);
    expect(files.has(join(emitted, 'testing', 'index.d.ts'))).toBe(true);
  });

  it('compile without the global types of Node.js and with skipLibCheck off', () => {
    expect(problemsWithoutNodeTypes(files)).toEqual([]);
  });
});
