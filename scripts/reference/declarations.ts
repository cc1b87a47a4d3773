/** What the doors of the package export, with its TSDoc, read from the sources without a compiler's program. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

export const librarySource = resolve(import.meta.dirname, '..', '..', 'libs', 'nest-migrate', 'src');

/** A TSDoc comment in its parts. */
export interface Documentation {
  /** What stands before the first tag. */
  readonly text: string;
  readonly examples: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string;
  readonly throws: readonly string[];
  readonly remarks: string;
  readonly isInternal: boolean;
}

export type DeclarationNode =
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.ClassDeclaration
  | ts.FunctionDeclaration
  | ts.VariableStatement;

export interface Exported {
  readonly name: string;
  /** Below `src`, such as `commands/plan.ts`. */
  readonly file: string;
  /** Several where a function has overloads. */
  readonly nodes: readonly DeclarationNode[];
}

const parsed = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
  parsed.set(file, source);
  return source;
}

/** What a door exports, sorted by name. `door` is below `src`: `index.ts`. */
export function exportsOf(door: string): readonly Exported[] {
  return namedIn(join(librarySource, door)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function namedIn(file: string): Exported[] {
  return sourceOf(file)
    .statements.filter(ts.isExportDeclaration)
    .flatMap((statement) => {
      const from = pathOf(statement, file);
      if (from === undefined || statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause))
        return [];
      return statement.exportClause.elements.map(({ name, propertyName }) => {
        const found = declared(from, (propertyName ?? name).text);
        if (found === undefined) throw new Error(`${file} exports ${name.text}, which ${from} does not declare`);
        return { ...found, name: name.text };
      });
    });
}

function pathOf(statement: ts.ExportDeclaration, file: string): string | undefined {
  const specifier = statement.moduleSpecifier;
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return undefined;
  return resolve(dirname(file), specifier.text.replace(/\.js$/, '.ts'));
}

/** The declaration of a name in a file, or where the file has it from. */
export function declared(file: string, name: string): Exported | undefined {
  const source = sourceOf(file);
  const nodes = source.statements.filter((statement) => isDeclaration(statement) && namesOf(statement).includes(name));
  if (nodes.length > 0) {
    return { name, file: file.slice(librarySource.length + 1), nodes: nodes.filter(isDeclaration) };
  }
  for (const statement of source.statements.filter(ts.isExportDeclaration)) {
    const from = pathOf(statement, file);
    if (from === undefined) continue;
    const clause = statement.exportClause;
    const element =
      clause !== undefined && ts.isNamedExports(clause)
        ? clause.elements.find((each) => each.name.text === name)
        : undefined;
    if (clause !== undefined && element === undefined) continue;
    const found = declared(from, (element?.propertyName ?? element?.name)?.text ?? name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isDeclaration(node: ts.Node): node is DeclarationNode {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isVariableStatement(node)
  );
}

function namesOf(node: DeclarationNode): readonly string[] {
  if (!ts.isVariableStatement(node)) return node.name === undefined ? [] : [node.name.text];
  return node.declarationList.declarations.map(({ name }) => name.getText());
}

const TAG = /^@(example|param|returns|throws|typeParam|remarks|internal|default|see|deprecated)\b[ \t]*/m;

/** The TSDoc right before a node. TypeScript's own reading takes a decorator in an example for a tag. */
export function documentationOf(node: ts.Node): Documentation {
  const source = node.getSourceFile().text;
  const comment = (ts.getLeadingCommentRanges(source, node.getFullStart()) ?? [])
    .map(({ pos, end }) => source.slice(pos, end))
    .findLast((text) => text.startsWith('/**'));
  const plain = (comment ?? '')
    .replace(/^\/\*\*[ \t]*\n?|\s*\*\/$/g, '')
    .replaceAll(/^ *\* ?/gm, '')
    .replaceAll('*\\/', '*/')
    .trim();
  const tags: { tag: string; text: string }[] = [];
  let [rest, text] = [plain, plain];
  for (let match = TAG.exec(rest), first = true; match !== null; match = TAG.exec(rest), first = false) {
    const before = rest.slice(0, match.index).trim();
    if (first) text = before;
    else tags.at(-1)!.text = before;
    tags.push({ tag: match[1], text: '' });
    rest = rest.slice(match.index + match[0].length);
  }
  if (tags.length > 0) tags.at(-1)!.text = rest.trim();
  const of = (wanted: string): string[] => tags.filter(({ tag }) => tag === wanted).map((tag) => tag.text);
  return {
    text,
    examples: of('example'),
    parameters: of('param').map((each) => {
      const [, name = '', words = ''] = /^(\S+)\s+(?:- )?([^]*)$/.exec(each) ?? [];
      return { name, text: words };
    }),
    returns: of('returns').join('\n'),
    throws: of('throws'),
    remarks: of('remarks').join('\n\n'),
    isInternal: tags.some(({ tag }) => tag === 'internal'),
  };
}

/** The interface of that name in a file. */
export function interfaceOf(file: string, name: string): ts.InterfaceDeclaration {
  const node = declared(join(librarySource, file), name)?.nodes[0];
  if (node === undefined || !ts.isInterfaceDeclaration(node)) throw new Error(`${file} has no interface ${name}`);
  return node;
}

/** Whether it is a class of errors that an application meets. */
export function isError({ name, file }: Exported): boolean {
  return file.startsWith('errors/') && name.endsWith('Error') && name !== 'MigrationError';
}

/** Whether an application calls it: a class, a function or a constant. */
export function isCallable({ nodes: [node] }: Exported): boolean {
  return ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isVariableStatement(node);
}
