import type { AnyNode, FunctionDeclaration, ImportDeclaration, Program } from 'acorn';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { childrenOf, namesIn } from './module-bindings.js';
import { parsedProgram, withoutComments } from './parsed-program.js';
import { CONSTANT_NAMES } from './revision-constants.js';
import { type RevisionScript } from './revision-script.js';
import { plainFunction } from './declared-function.js';

/** Code of a revision that another one runs as well. */
export interface CarriedCode {
  /** The statements, in a function of their own. */
  readonly text: string;
  /** What they import, as lines. */
  readonly imports: readonly string[];
  /** The modules of these imports, by the name that each is given. */
  readonly names: ReadonlyMap<string, string>;
}

/** Why code stays where it is: the end of a sentence that begins with the revision. */
export interface NotCarried {
  readonly reason: string;
}

/** Where code is carried to. */
export interface CarriedTo {
  /** The folder of the new file. */
  readonly folder: string;
  /** Whether the new file is TypeScript. */
  readonly isTypeScript: boolean;
}

/**
 * A function of a revision as code for another file: its statements to the letter, what the file declares beside it, and
 * the imports. Nothing is run.
 */
export async function carriedCode(
  { id, path, source }: Pick<RevisionScript, 'id' | 'path' | 'source'>,
  text: string,
  direction: 'upgrade' | 'downgrade',
  { folder, isTypeScript }: CarriedTo,
): Promise<CarriedCode | NotCarried> {
  const parsed = await parsedProgram(source.kind, text);
  const found = parsed === undefined ? undefined : plainFunction(parsed.program, direction);
  // what is written for require has its imports as values
  const isExported = found?.statement.type === 'ExpressionStatement';
  if (parsed === undefined || found === undefined || isExported)
    return { reason: `has no ${direction} that is a plain function` };
  const { program, text: plain } = parsed;
  const { body, parameter } = found;
  if (parameter === undefined) return { reason: `takes apart what its ${direction} gets` };
  const problem = problemOf(program);
  if (problem !== undefined) return { reason: problem };
  const from = isTypeScript ? text : plain;
  const statements = from.slice(body.start + 1, body.end - 1).replace(/^[ \t]*\n|\s+$/g, '');
  const beside = await besideOf(program, from);
  const own = [...beside.names].some((name) => wordIn(statements, name)) ? beside.text : '';
  const code = `${own}\n${statements}`;
  const names = new Map<string, string>();
  const imports: string[] = [];
  for (const { line, specifier, bound } of await importsOf(program, from)) {
    if (bound.length > 0 && !bound.some((name) => wordIn(code, name))) continue;
    const moved = specifier.startsWith('.') ? movedSpecifier(specifier, dirname(path), folder) : specifier;
    for (const name of bound) names.set(name, moved);
    // the template of a revision has it already
    if (bound.join() !== 'Operations') imports.push(line.replace(specifier, moved));
  }
  const lines = [
    `// what ${id} does with code`,
    'await (async () => {',
    ...(parameter === 'op' || parameter === null ? [] : [`  const ${parameter} = op;`]),
    ...(own === '' ? [] : [own]),
    statements,
    '})();',
  ];
  return { text: `${lines.join('\n')}\n`, imports, names };
}

/** What a copy of a program would not do as the program does it. */
function problemOf(program: Program): string | undefined {
  for (const node of program.body) {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    if (declaration?.type === 'VariableDeclaration' && declaration.kind !== 'const')
      return 'keeps values beside its functions that change';
    const isKnown = /Declaration$/.test(node.type) && node.type !== 'ExportAllDeclaration';
    if (!isKnown && node.type !== 'EmptyStatement') return 'runs statements beside its functions';
  }
  return knowsItsPlace(program) ? 'asks where its file is' : undefined;
}

/** Whether something in it is another thing in another file: `import.meta`, or an import with a computed name. */
function knowsItsPlace(node: AnyNode): boolean {
  if (node.type === 'MetaProperty' && node.meta.name === 'import') return true;
  if (node.type === 'ImportExpression') return true;
  return childrenOf(node).some(knowsItsPlace);
}

interface ImportLine {
  readonly line: string;
  readonly specifier: string;
  /** The names that it gives. */
  readonly bound: readonly string[];
}

/** The imports of a text, those of types as well, which a parser of JavaScript does not see. */
async function importsOf(program: Program, text: string): Promise<readonly ImportLine[]> {
  const values = program.body.filter((node): node is ImportDeclaration => node.type === 'ImportDeclaration');
  const found = values.map((node) => ({
    line: text.slice(node.start, node.end),
    specifier: String(node.source.value),
    bound: node.specifiers.map(({ local }) => local.name),
  }));
  const types = [...text.matchAll(TYPE_IMPORT)].map(({ 0: line, 1: names = '', 2: specifier = '' }) => ({
    line,
    specifier,
    bound: names
      .replace(/[{}]/g, '')
      .split(',')
      .map(
        (name) =>
          name
            .trim()
            .split(/\s+as\s+/)
            .at(-1) ?? '',
      )
      .filter((name) => name !== ''),
  }));
  return [...found, ...types];
}

const TYPE_IMPORT = /^import\s+type\s+([^'"]+?)\s+from\s+['"]([^'"]+)['"];?/gm;

/** What a file declares beside its functions and constants, and the names of that. */
async function besideOf(
  program: Program,
  text: string,
): Promise<{ readonly text: string; readonly names: ReadonlySet<string> }> {
  const known = new Set<string>([...CONSTANT_NAMES, 'upgrade', 'downgrade', 'fixture']);
  const names = new Set<string>();
  let rest = text;
  const cut = (start: number, end: number): void => {
    rest = rest.slice(0, start) + rest.slice(start, end).replace(/[^\n]/g, ' ') + rest.slice(end);
  };
  for (const node of program.body) {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    const declared =
      declaration?.type === 'VariableDeclaration'
        ? declaration.declarations.flatMap(({ id }) => namesIn(id))
        : declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration'
          ? [(declaration as FunctionDeclaration).id?.name ?? '']
          : [];
    if (node.type === 'ImportDeclaration' || declared.some((name) => known.has(name))) cut(node.start, node.end);
    else {
      for (const name of declared) names.add(name);
      if (declaration != null && declaration !== node) cut(node.start, declaration.start);
    }
  }
  for (const { 0: line, index } of text.matchAll(TYPE_IMPORT)) cut(index, index + line.length);
  for (const match of rest.matchAll(/^(export\s+)?(?:type|interface)\s+(\w+)/gm)) {
    names.add(match[2] ?? '');
    if (match[1] !== undefined) cut(match.index, match.index + match[1].length);
  }
  // the comment at the head is about the file
  rest = rest.replace(/^\s*\/\*\*[^]*?\*\//, '');
  const isEmpty = names.size === 0 || (await withoutComments(rest)).trim() === '';
  const lines = rest.split('\n').map((line) => line.trimEnd());
  const kept = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
  return { text: isEmpty ? '' : kept, names };
}

/** A relative specifier that leads to the same file from another folder, and from a folder beside that one. */
function movedSpecifier(specifier: string, from: string, to: string): string {
  const file = resolve(from, specifier);
  const beside = relative(dirname(to), file).split(sep).join('/');
  const path = beside.startsWith('..') ? join('..', beside).split(sep).join('/') : `../${beside}`;
  return from === to && specifier.startsWith('../') ? specifier : path;
}

function wordIn(code: string, name: string): boolean {
  return new RegExp(`(?<![\\w$])${name.replace(/\$/g, '\\$')}(?![\\w$])`).test(code);
}
