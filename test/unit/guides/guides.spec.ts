import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { formOf, renderRevision } from '../../../libs/nest-migrate/src/script/render-revision.js';
import { templateFiles, templates } from '../../../libs/nest-migrate/src/script/templates.js';

const root = resolve('.');
const pages = [
  'README.md',
  'libs/nest-migrate/README.md',
  'apps/bookshop/README.md',
  ...readdirSync('docs/guide').map((name) => join('docs', 'guide', name)),
].filter((page) => ts.sys.fileExists(page));

interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1],
    text: match[2],
  }));
}

/** JSON under a comment that names its type, as a module that the compiler can check. */
function typedExamplesOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^<!-- (.*) -->\n```json\n([\s\S]*?)^```$/gm)].map(([, type, json], index) => ({
    page,
    line: text.slice(0, text.indexOf(json)).split('\n').length + index / 1000,
    language: 'ts',
    text: `import type { ${type.replace(/^readonly |\[\]$/g, '')} } from 'nest-migrate';\nexport const example: ${type} = ${json};\n`,
  }));
}

/** A new revision from each of the built-in templates. */
const revisions = (Object.keys(templates) as (keyof typeof templates)[]).map((name) => {
  const [file = '', text = ''] = Object.entries(templateFiles(name)).find(([path]) => path.endsWith('.template')) ?? [];
  const template = { name: file, text };
  const body = "await op.execute('select 1');";
  const bodies = formOf(template) === 'function' ? body : { default: body, 'sales-eu': '' };
  const place = {
    revision: 'a',
    downRevision: [],
    dependsOn: [],
    branchLabels: ['x'],
    message: "it's",
    createDate: '',
  };
  const extension = file.includes('.js.') ? 'js' : 'ts';
  return [
    `template-${name}.${extension}`,
    renderRevision({ ...place, upgrade: bodies, downgrade: bodies }, template),
  ] as const;
});

const blocks = pages.flatMap(blocksOf);
/** Whole modules; a fragment that shows one line of a file is for the eye. */
const modules = [
  ...blocks.filter(({ language, text }) => language === 'ts' && /^import /m.test(text)),
  ...pages.flatMap(typedExamplesOf),
];

describe('the guides', () => {
  it('hold TypeScript that compiles, and so do the templates of revisions', () => {
    const sources = new Map([
      ...modules.map(({ page, line, text }) => [join(root, `${page.replaceAll('/', '-')}-${line}.ts`), text] as const),
      ...revisions.map(([name, text]) => [join(root, name), text] as const),
    ]);
    const names = [...sources.keys()];
    const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
    const checked = {
      ...options,
      noEmit: true,
      incremental: false,
      allowJs: true,
      checkJs: true,
      noUnusedLocals: false,
    };
    const host = ts.createCompilerHost(checked);
    const inner = { ...host };
    host.readFile = (name) => sources.get(name) ?? inner.readFile(name);
    host.fileExists = (name) => sources.has(name) || inner.fileExists(name);
    host.getSourceFile = (name, target, ...rest) => {
      const text = sources.get(name);
      return text === undefined ? inner.getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target);
    };
    const program = ts.createProgram(names, checked, host);
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const where = file === undefined || start === undefined ? '' : file.getLineAndCharacterOfPosition(start).line + 1;
      return `${file?.fileName.slice(root.length + 1) ?? ''}:${where} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    expect(problems).toEqual([]);
    expect(modules.length).toBeGreaterThan(8);
  }, 60_000);

  it('hold JSON that parses', () => {
    for (const { text } of blocks.filter(({ language }) => language === 'json')) {
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
  });

  it('name files of this repository that are there', () => {
    const missing = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/`((?:apps|bench|docs|libs|src|test)\/[\w./-]*)`/g)]
        .map((match) => match[1])
        .filter((path) => page.startsWith('README') && !ts.sys.fileExists(path) && !ts.sys.directoryExists(path)),
    );
    expect(missing).toEqual([]);
  });
});
