import type ts from 'typescript';
import { type ByHand } from './by-hand.js';
import { type EditedSource } from './edited-source.js';
import { type ApplicationFiles, type Holder, holderOf, returnedBy, type Use, usesOf } from './expression-uses.js';

const ORM_PACKAGE = '@mikro-orm/nestjs';
const OWN_PACKAGE = 'nest-migrate';

/** A longer line is divided. The application's formatter knows better, where there is one. */
const LONGEST_LINE = 100;

/** A place at which the application imports MikroORM's module. */
export interface OrmModule {
  /** The file with the list of imports. */
  readonly source: EditedSource;
  /** The file with the call, which may be another one. */
  readonly origin: EditedSource;
  /** The expression that goes into `orm`: the call, with a condition around it where there is one, or what stands for it. */
  readonly expression: ts.Expression;
  readonly connection: Connection;
}

/** Which connection a module is for. */
export type Connection =
  | { readonly kind: 'default' }
  /** `code` is the expression of `contextName`. */
  | { readonly kind: 'named'; readonly name: string; readonly code: string }
  /** Only running the application tells. */
  | { readonly kind: 'unknown' };

/** What a file has of MikroORM's modules. */
export interface OrmModules {
  readonly found: readonly OrmModule[];
  /** How many are in `orm` of a `MigrationModule` already. */
  readonly wired: number;
  /** The connections of each `MigrationModule` that has none in `orm`, and where it is. */
  readonly ungated: readonly { readonly connection: Connection; readonly place: string }[];
  readonly byHand: readonly ByHand[];
}

/** What an identifier's file says about `contextName`, where the identifier is imported. */
export type NamesContext = (source: EditedSource, specifier: string) => boolean | undefined;

/**
 * Finds the calls of `MikroOrmModule.forRoot` and `forRootAsync` in a file.
 *
 * @param files The application. Default: the file alone.
 */
export function ormModulesOf(
  source: EditedSource,
  namesContext: NamesContext,
  files: ApplicationFiles = { all: () => [source], resolve: () => undefined },
): OrmModules {
  const { compiler, tree } = source;
  const name = source.importedName(ORM_PACKAGE, 'MikroOrmModule');
  const found = new Map<ts.Expression, OrmModule>();
  const byHand: ByHand[] = [];
  const ungated: OrmModules['ungated'][number][] = [];
  let wired = 0;
  const own = source.importedName(OWN_PACKAGE, 'MigrationModule');
  const visit = (node: ts.Node): void => {
    compiler.forEachChild(node, visit);
    if (isRootCall(source, node, own) && !hasOrm(source, node)) {
      ungated.push({ connection: connectionOf(source, node, () => undefined), place: source.placeOf(node) });
    }
    if (!isRootCall(source, node, name)) return;
    const { use, holder } = placeOf({ source, expression: node }, name, files);
    const connection = connectionOf(source, node, namesContext);
    if (use === 'wired') wired += 1;
    else if (use === 'test') return;
    else if (compiler.isArrayLiteralExpression(node.arguments[0] ?? node)) {
      byHand.push(
        byHandOf(source, node, 'MikroOrmModule gets a list of connections: call it for each of them.', {
          contextName: '…',
          orm: `MikroOrmModule.forRoot({ contextName: ${source.quoted('…')}, … })`,
        }),
      );
    } else if (use === undefined) {
      const what =
        holder === undefined ? 'MikroOrmModule is not in a list' : `What ${holder} has is not in exactly one list`;
      byHand.push(byHandOf(source, node, `${what} of imports: put MigrationModule around it.`));
    } else {
      const other = found.get(use.expression);
      // two branches of one condition are for one connection, or only the application knows
      const isSure = other === undefined || sameConnection(other.connection, connection);
      const known: Connection = isSure ? connection : { kind: 'unknown' };
      // a constant of the name may not be there in another file
      const code = known.kind === 'named' && use.source !== source ? { code: use.source.quoted(known.name) } : {};
      found.set(use.expression, { ...use, origin: source, connection: { ...known, ...code } });
    }
  };
  if (name !== undefined || own !== undefined) visit(tree);
  return { found: [...found.values()], wired, ungated, byHand };
}

/** Puts `MigrationModule` around MikroORM's. */
export function wrapOrmModule(
  { source, expression, connection }: OrmModule,
  options: Readonly<Record<string, string>>,
): ByHand | undefined {
  const inside = reindented(source, expression, '');
  const asLine = `MigrationModule.forRoot({ ${propertiesOf(source, connection, inside, options).join(', ')} })`;
  if (!source.addImport(OWN_PACKAGE, 'MigrationModule')) {
    const why = 'is not wrapped: the file has another MigrationModule';
    return { place: source.placeOf(expression), why, lines: [asLine] };
  }
  const start = expression.getStart(source.tree);
  const grown = source.lineLengthAt(start) + asLine.length - source.textOf(expression).length;
  const isLine = !source.beginsLine(start) && !asLine.includes('\n') && grown <= LONGEST_LINE;
  const { newline, indentUnit } = source;
  const margin = source.indentAt(start);
  const deeper = reindented(source, expression, indentUnit);
  const lines = propertiesOf(source, connection, deeper, options).map(
    (line) => `${margin}${indentUnit}${line},${newline}`,
  );
  source.replace(expression, isLine ? asLine : `MigrationModule.forRoot({${newline}${lines.join('')}${margin}})`);
  return undefined;
}

function propertiesOf(
  source: EditedSource,
  connection: Connection,
  orm: string,
  options: Readonly<Record<string, string>>,
): readonly string[] {
  return [
    ...(connection.kind === 'named' ? [`contextName: ${connection.code}`] : []),
    orm === 'orm' ? 'orm' : `orm: ${orm}`,
    ...Object.entries(options).map(([name, value]) => `${name}: ${source.quoted(value)}`),
  ];
}

/** The text of an expression, each of its further lines indented by so much more. What is in a template stays. */
function reindented(source: EditedSource, expression: ts.Expression, by: string): string {
  const { compiler, tree } = source;
  const start = expression.getStart(tree);
  const kept: (readonly [from: number, to: number])[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isTemplateLiteralToken(node)) kept.push([node.getStart(tree), node.end]);
    compiler.forEachChild(node, visit);
  };
  visit(expression);
  return source.textOf(expression).replace(/\n(?=[^\r\n])/g, (newline, at: number) => {
    const offset = start + at;
    return kept.some(([from, to]) => from < offset && offset < to) ? newline : newline + by;
  });
}

function isRootCall(source: EditedSource, node: ts.Node, name: string | undefined): node is ts.CallExpression {
  const { compiler } = source;
  if (!compiler.isCallExpression(node) || !compiler.isPropertyAccessExpression(node.expression)) return false;
  const { expression, name: method } = node.expression;
  return (
    name !== undefined &&
    compiler.isIdentifier(expression) &&
    expression.text === name &&
    /^forRoot(Async)?$/.test(method.text)
  );
}

/** Where a call is used, and the name of what has its value meanwhile. */
interface Place {
  /** The element of a list of imports; `'wired'` where `orm` has it, `'test'` where a test has. */
  readonly use: Use | 'wired' | 'test' | undefined;
  readonly holder?: string;
}

/**
 * What becomes of a call, or of what stands for it: the value of a constant, what a function returns.
 *
 * @param orm The name of MikroORM's module in the file with the call.
 * @param seen What has its value already.
 */
function placeOf(
  { source, expression: call }: Use,
  orm: string | undefined,
  files: ApplicationFiles,
  seen: readonly ts.Node[] = [],
): Place {
  const { compiler } = source;
  let expression: ts.Expression = call;
  for (;;) {
    const { parent } = expression;
    const isAround =
      compiler.isAwaitExpression(parent) ||
      compiler.isParenthesizedExpression(parent) ||
      compiler.isAsExpression(parent) ||
      (compiler.isConditionalExpression(parent) && parent.condition !== expression);
    if (!isAround) break;
    expression = parent;
  }
  const { parent } = expression;
  if (isOrmOption(source, parent)) return { use: 'wired' };
  if (compiler.isArrayLiteralExpression(parent)) return { use: listUse(source, parent, expression) };
  if (isAddedToList(source, expression)) return { use: { source, expression } };
  const holder = holderOf(source, expression);
  if (holder === undefined || seen.includes(holder.declaration)) return { use: undefined };
  const name = [holder.name?.text ?? 'the default export', holder.method]
    .filter((part) => part !== undefined)
    .join('.');
  if (!returnsOrm(source, holder, orm)) return { use: undefined, holder: name };
  const places = usesOf(source, holder, files)?.map(
    (use) => placeOf(use, orm, files, [...seen, holder.declaration]).use,
  );
  if (places?.includes('wired') === true) return { use: 'wired' };
  const outside = places?.filter((use) => use !== 'test') ?? [];
  if (outside.length === 0 && places?.includes('test') === true) return { use: 'test' };
  return { use: outside.length === 1 ? outside[0] : undefined, holder: name };
}

/** Whether a function returns MikroORM's module in any case. */
function returnsOrm(source: EditedSource, { called }: Holder, orm: string | undefined): boolean {
  const { compiler } = source;
  const returned = called === undefined ? [] : returnedBy(compiler, called);
  const isOrm = (node: ts.Node): boolean =>
    compiler.isAwaitExpression(node) || compiler.isParenthesizedExpression(node) || compiler.isAsExpression(node)
      ? isOrm(node.expression)
      : compiler.isConditionalExpression(node)
        ? isOrm(node.whenTrue) && isOrm(node.whenFalse)
        : isRootCall(source, node, orm);
  return returned.length < 2 || returned.every((node) => isOrm(node) || compiler.isIdentifier(node));
}

/** `modules.push(…)`. */
function isAddedToList({ compiler }: EditedSource, expression: ts.Expression): boolean {
  const { parent } = expression;
  if (!compiler.isCallExpression(parent) || parent.expression === expression) return false;
  const { expression: called } = parent;
  if (!compiler.isPropertyAccessExpression(called) || !compiler.isIdentifier(called.expression)) return false;
  return called.name.text === 'push' || called.name.text === 'unshift';
}

function listUse(
  source: EditedSource,
  list: ts.ArrayLiteralExpression,
  element: ts.Expression,
): Use | 'test' | undefined {
  const { compiler } = source;
  for (let node: ts.Node = list.parent; ; node = node.parent) {
    if (compiler.isPropertyAssignment(node)) {
      const name = node.name.getText(source.tree);
      if (name !== 'imports') return undefined;
      return isTestingModule(source, node) ? 'test' : { source, expression: element };
    }
    const isList =
      compiler.isVariableDeclaration(node) || compiler.isReturnStatement(node) || compiler.isArrowFunction(node);
    if (isList) return { source, expression: element };
    const goesOn =
      compiler.isSpreadElement(node) ||
      compiler.isArrayLiteralExpression(node) ||
      compiler.isConditionalExpression(node) ||
      compiler.isParenthesizedExpression(node) ||
      compiler.isAsExpression(node);
    if (!goesOn) return undefined;
  }
}

function isTestingModule(source: EditedSource, imports: ts.PropertyAssignment): boolean {
  const call = imports.parent.parent;
  return source.compiler.isCallExpression(call) && /\bcreateTestingModule$/.test(source.textOf(call.expression));
}

/** Whether the options of a `MigrationModule` have `orm`. */
function hasOrm({ compiler, tree }: EditedSource, { arguments: [options] }: ts.CallExpression): boolean {
  if (options === undefined || !compiler.isObjectLiteralExpression(options)) return false;
  return options.properties.some((property) => property.name?.getText(tree) === 'orm');
}

/** Whether a node is the property `orm`, by name or in short, of a call of `MigrationModule`. */
function isOrmOption(source: EditedSource, node: ts.Node): boolean {
  const { compiler } = source;
  if (!compiler.isPropertyAssignment(node) && !compiler.isShorthandPropertyAssignment(node)) return false;
  return node.name.getText(source.tree) === 'orm' && source.importedName(OWN_PACKAGE, 'MigrationModule') !== undefined;
}

function connectionOf(source: EditedSource, call: ts.CallExpression, namesContext: NamesContext): Connection {
  const [options] = call.arguments;
  return options === undefined ? { kind: 'default' } : connectionIn(source, options, namesContext);
}

/** The connection that options are for. */
function connectionIn(source: EditedSource, options: ts.Expression, namesContext: NamesContext): Connection {
  const { compiler } = source;
  if (compiler.isObjectLiteralExpression(options)) {
    for (const property of options.properties.toReversed()) {
      if (compiler.isSpreadAssignment(property)) {
        const spread = connectionIn(source, property.expression, namesContext);
        if (spread.kind !== 'default') return { kind: 'unknown' };
      } else if (property.name?.getText(source.tree) === 'contextName') {
        if (!compiler.isPropertyAssignment(property)) return { kind: 'unknown' };
        return namedBy(source, property.initializer);
      }
    }
    return { kind: 'default' };
  }
  if (
    compiler.isParenthesizedExpression(options) ||
    compiler.isAsExpression(options) ||
    compiler.isSatisfiesExpression(options)
  )
    return connectionIn(source, options.expression, namesContext);
  // defineConfig({ … }) of MikroORM, and functions that are like it
  if (compiler.isCallExpression(options) && options.arguments.length === 1) {
    const [inner] = options.arguments;
    if (compiler.isObjectLiteralExpression(inner)) return connectionIn(source, inner, namesContext);
  }
  const name = rootName(source, options);
  if (name === undefined) return { kind: 'unknown' };
  const specifier = source.importOf(name);
  if (specifier !== undefined)
    return namesContext(source, specifier) === false ? { kind: 'default' } : { kind: 'unknown' };
  const declared = constantOf(source, name);
  return declared === undefined ? { kind: 'unknown' } : connectionIn(source, declared, namesContext);
}

function namedBy(source: EditedSource, value: ts.Expression): Connection {
  const { compiler } = source;
  if (compiler.isStringLiteralLike(value)) return { kind: 'named', name: value.text, code: source.textOf(value) };
  if (!compiler.isIdentifier(value)) return { kind: 'unknown' };
  const declared = constantOf(source, value.text);
  return declared !== undefined && compiler.isStringLiteralLike(declared)
    ? { kind: 'named', name: declared.text, code: value.text }
    : { kind: 'unknown' };
}

/** `config` of `config`, `config.main` and `config()`. */
function rootName(source: EditedSource, expression: ts.Expression): string | undefined {
  const { compiler } = source;
  if (compiler.isIdentifier(expression)) return expression.text;
  if (compiler.isPropertyAccessExpression(expression) || compiler.isCallExpression(expression))
    return rootName(source, expression.expression);
  return undefined;
}

/** The initial value of a constant of the file. */
function constantOf({ compiler, tree }: EditedSource, name: string): ts.Expression | undefined {
  for (const statement of tree.statements) {
    if (!compiler.isVariableStatement(statement)) continue;
    if ((statement.declarationList.flags & compiler.NodeFlags.Const) === 0) continue;
    for (const declaration of statement.declarationList.declarations)
      if (compiler.isIdentifier(declaration.name) && declaration.name.text === name) return declaration.initializer;
  }
  return undefined;
}

export function sameConnection(one: Connection, other: Connection): boolean {
  return one.kind === 'named' && other.kind === 'named'
    ? one.name === other.name
    : one.kind !== 'unknown' && one.kind === other.kind;
}

/** What a person is told about a call that is left as it is, with the lines to write. */
export function byHandOf(
  source: EditedSource,
  call: ts.Node,
  why: string,
  { contextName, orm = shortened(source, call) }: { readonly contextName?: string; readonly orm?: string } = {},
): ByHand {
  const options = [...(contextName === undefined ? [] : [`contextName: ${source.quoted(contextName)}`]), `orm: ${orm}`];
  return {
    place: source.placeOf(call),
    why,
    lines: [source.importLine(OWN_PACKAGE, 'MigrationModule'), `MigrationModule.forRoot({ ${options.join(', ')} })`],
  };
}

/** A call in one line, without its options where they take more. */
export function shortened(source: EditedSource, call: ts.Node): string {
  const text = source.textOf(call);
  return text.includes('\n') ? `${text.slice(0, text.indexOf('(') + 1)}…)` : text;
}
