/** Every example of the library's TSDoc compiles, as a module of its own. */
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const source = resolve('libs/nest-migrate/src');
const doors = [join(source, 'index.ts'), join(source, 'testing', 'index.ts')];
const prelude = resolve('test/house/example-prelude.ts');

interface Example {
  /** The file that the example stands in. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** The examples in a file, as they are written: TypeScript itself would read a decorator as a tag. */
function examplesIn(file: string): readonly Example[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^ *\/\*\*$[\s\S]*?\*\/$/gm)].flatMap((comment) =>
    [...comment[0].matchAll(/^ *\* @example\n([\s\S]*?)(?=^ *\* @[a-z]|^ *\*\/)/gm)].map((tag) => ({
      file,
      line: text.slice(0, comment.index + tag.index).split('\n').length,
      text: (tag[1] ?? '').replaceAll(/^ *\* ?/gm, '').replaceAll('*\\/', '*/'),
    })),
  );
}

/** The names that a module exports. */
function exportsOf(program: ts.Program, file: string): ReadonlySet<string> {
  const module = program.getSourceFile(file);
  const symbol = module && program.getTypeChecker().getSymbolAtLocation(module);
  return new Set(
    symbol === undefined
      ? []
      : program
          .getTypeChecker()
          .getExportsOfModule(symbol)
          .map(({ name }) => name),
  );
}

/** The example as a module: what it names and does not import comes from the file it stands in, the prelude and the doors. */
function moduleOf({ file, text }: Example, exported: (file: string) => ReadonlySet<string>): string {
  const parsed = ts.createSourceFile('example.ts', text, ts.ScriptTarget.ES2023, true);
  const named = new Set<string>();
  const own = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) named.add(node.text);
    if (node.parent !== undefined && 'name' in node.parent && node.parent.name === node && ts.isIdentifier(node)) {
      const isTop = ts.isImportSpecifier(node.parent) || ts.isImportClause(node.parent) || isStatement(node.parent);
      if (isTop) own.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  const lines: string[] = [];
  for (const from of [prelude, file, ...doors]) {
    const names = [...named].filter((name) => !own.has(name) && exported(from).has(name));
    for (const name of names) own.add(name);
    if (names.length > 0) lines.push(`import { ${names.join(', ')} } from '${from.replace(/\.ts$/, '.js')}';`);
  }
  return `${lines.join(' ')}export {};\n${text}`;
}

/** Whether a declaration stands at the top of the example. */
function isStatement(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.isSourceFile(statement.parent);
}

describe('the examples of the TSDoc', () => {
  const examples = globSync('**/*.ts', { cwd: source }).flatMap((name) => examplesIn(join(source, name)));
  const broken = ["await op.dropTabel('book');\n", "indexes: [{ colums: ['title'] }]\n", 'await nothing();\n'].map(
    (text, line): Example => ({ file: prelude, line, text }),
  );
  // together, since to read the library takes longer than to check all of them
  let problems: readonly string[];
  let problemsOfBroken: readonly string[];
  beforeAll(() => {
    const found = problemsOf([...examples, ...broken]);
    problems = found.slice(0, examples.length).flat();
    problemsOfBroken = found.slice(examples.length).flat();
  });

  it('are all found', () => {
    const tags = globSync('**/*.ts', { cwd: source }).flatMap((name) =>
      [...readFileSync(join(source, name), 'utf8').matchAll(/@example/g)].map(() => name),
    );
    expect(examples.map(({ file }) => relative(source, file))).toEqual(tags);
  });

  it('compile', () => {
    expect(problems).toEqual([]);
  });

  it('would be found broken', () => {
    expect(problemsOfBroken).toEqual([
      expect.stringContaining("'dropTabel' does not exist"),
      expect.stringContaining('Unused label'),
      expect.stringContaining("Cannot find name 'nothing'"),
    ]);
  });
});

/** What is wrong with each of the examples. */
function problemsOf(given: readonly Example[]): readonly (readonly string[])[] {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, resolve('.'));
  const checked = {
    ...options,
    noEmit: true,
    incremental: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    allowImportingTsExtensions: true,
    // `columns: […]` by itself is a label before an expression: it would compile, whatever it says
    allowUnusedLabels: false,
  };
  const host = ts.createCompilerHost(checked);
  const disk = { ...host };
  const sources = new Map<string, string>();
  host.fileExists = (name) => sources.has(name) || disk.fileExists(name);
  host.readFile = (name) => sources.get(name) ?? disk.readFile(name);
  const read = new Map<string, ts.SourceFile | undefined>();
  host.getSourceFile = (name, target, ...rest) => {
    const text = sources.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, target);
    if (!read.has(name)) read.set(name, disk.getSourceFile(name, target, ...rest));
    return read.get(name);
  };
  const library = ts.createProgram([...doors, prelude, ...given.map(({ file }) => file)], checked, host);
  const known = new Map<string, ReadonlySet<string>>();
  const exported = (file: string): ReadonlySet<string> => {
    const names = known.get(file) ?? exportsOf(library, file);
    known.set(file, names);
    return names;
  };
  for (const [index, example] of given.entries()) {
    sources.set(resolve(`example-${index}.ts`), moduleOf(example, exported));
  }
  const program = ts.createProgram([...sources.keys()], checked, host, library);
  return [...sources.keys()].map((name, index) => {
    const file = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    const { file: at, line } = given[index];
    return found.map((problem) => {
      const row = file?.getLineAndCharacterOfPosition(problem.start ?? 0).line ?? 0;
      return `${relative(source, at)}:${line + row} ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`;
    });
  });
}
