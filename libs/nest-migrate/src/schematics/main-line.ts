import type ts from 'typescript';
import { type ByHand } from './by-hand.js';
import { type EditedSource } from './edited-source.js';

const OWN_PACKAGE = 'nest-migrate';

/** The line in `main.ts` that runs `db` commands. */
export type MainLine =
  | { readonly kind: 'present' }
  | { readonly kind: 'added' }
  | { readonly kind: 'byHand'; readonly byHand: ByHand }
  /** The file starts no application. */
  | { readonly kind: 'absent' };

/** Lets the function that creates the application run `db` commands before it does anything else. */
export function addMainLine(source: EditedSource): MainLine {
  if (source.importedName(OWN_PACKAGE, 'runDbCommand') !== undefined) return { kind: 'present' };
  const [first, ...others] = creationsIn(source);
  if (first === undefined) return { kind: 'absent' };
  const root = source.textOf(first.arguments[0]);
  const byHand = (why: string): MainLine => ({
    kind: 'byHand',
    byHand: mainByHand(source.placeOf(first), why, root, source),
  });
  if (!source.compiler.isIdentifier(first.arguments[0])) return byHand('the module is made for the call');
  if (others.some((other) => source.textOf(other.arguments[0]) !== root)) return byHand('several modules are started');
  const starter = starterOf(source, first);
  if (starter === undefined) return byHand('what starts it is not an async function of the file');
  if (others.some((other) => starterOf(source, other) !== starter)) return byHand('several functions start one');
  if (!source.addImport(OWN_PACKAGE, 'runDbCommand')) return byHand('the file has another runDbCommand');
  if (starter === 'file') addToFile(source, root);
  else addToFunction(source, starter, root);
  return { kind: 'added' };
}

/** What to write where the tool does not. */
export function mainByHand(place: string, why: string, root: string, source?: EditedSource): ByHand {
  const imported = source?.importLine(OWN_PACKAGE, 'runDbCommand') ?? `import { runDbCommand } from '${OWN_PACKAGE}';`;
  return {
    place,
    why: `The db commands need a line before the application is created, but ${why}.`,
    lines: [imported, `if (await runDbCommand(${root})) return;`],
  };
}

/** The calls of `NestFactory` that create an application. */
function creationsIn(source: EditedSource): readonly ts.CallExpression[] {
  const { compiler, tree } = source;
  const name = source.importedName('@nestjs/core', 'NestFactory');
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (compiler.isCallExpression(node) && compiler.isPropertyAccessExpression(node.expression)) {
      const { expression, name: method } = node.expression;
      const creates = /^create(Microservice|ApplicationContext)?$/.test(method.text);
      if (creates && compiler.isIdentifier(expression) && expression.text === name && node.arguments.length > 0)
        found.push(node);
    }
    compiler.forEachChild(node, visit);
  };
  if (name !== undefined) visit(tree);
  return found;
}

type Starter = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction;

/** The async function around a call, where the file itself has it or calls it; `'file'` where there is none around. */
function starterOf(source: EditedSource, call: ts.CallExpression): Starter | 'file' | undefined {
  const { compiler } = source;
  let node: ts.Node = call;
  while (!compiler.isFunctionLike(node) && !compiler.isSourceFile(node)) {
    if (compiler.isClassLike(node)) return undefined;
    node = node.parent;
  }
  if (compiler.isSourceFile(node)) {
    return isAtTop(source, call) && isModule(source) ? 'file' : undefined;
  }
  if (!isStarter(source, node) || node.body === undefined || !compiler.isBlock(node.body)) return undefined;
  if (!(node.modifiers?.some(({ kind }) => kind === compiler.SyntaxKind.AsyncKeyword) ?? false)) return undefined;
  return isOfFile(source, node) ? node : undefined;
}

function isStarter({ compiler }: EditedSource, node: ts.Node): node is Starter {
  return compiler.isFunctionDeclaration(node) || compiler.isFunctionExpression(node) || compiler.isArrowFunction(node);
}

/** `async function f`, `const f = async () => …`, `(async () => …)()` at the top of the file. */
function isOfFile({ compiler }: EditedSource, starter: Starter): boolean {
  let { parent } = starter;
  if (compiler.isVariableDeclaration(parent)) return compiler.isSourceFile(parent.parent.parent.parent);
  while (
    compiler.isParenthesizedExpression(parent) ||
    compiler.isCallExpression(parent) ||
    compiler.isPropertyAccessExpression(parent) ||
    compiler.isAwaitExpression(parent) ||
    compiler.isVoidExpression(parent)
  ) {
    // an argument is called by other code, and perhaps more than once
    if (compiler.isCallExpression(parent) && !isCallee(parent, starter)) return false;
    parent = parent.parent;
  }
  return (
    compiler.isSourceFile(parent) || (compiler.isExpressionStatement(parent) && compiler.isSourceFile(parent.parent))
  );
}

function isCallee(call: ts.CallExpression, starter: Starter): boolean {
  return call.expression.pos <= starter.pos && starter.end <= call.expression.end;
}

/** Whether a call is in a statement of the file itself, and not in a block of it. */
function isAtTop({ compiler }: EditedSource, call: ts.Node): boolean {
  let node = call;
  while (!compiler.isSourceFile(node.parent)) {
    if (compiler.isBlock(node)) return false;
    node = node.parent;
  }
  return true;
}

/** Whether the file may await at its top: it does. */
function isModule({ compiler, tree }: EditedSource): boolean {
  let awaits = false;
  const visit = (node: ts.Node): void => {
    if (compiler.isFunctionLike(node) || compiler.isClassLike(node)) return;
    awaits ||= compiler.isAwaitExpression(node);
    compiler.forEachChild(node, visit);
  };
  visit(tree);
  return awaits;
}

function addToFile(source: EditedSource, root: string): void {
  const { compiler, tree, newline, semicolon } = source;
  const imports = tree.statements.findLast((each) => compiler.isImportDeclaration(each));
  // ends the process where it was started for a command
  const line = `await runDbCommand(${root})${semicolon}`;
  if (imports !== undefined) source.insertBelow(imports, newline + line);
}

function addToFunction(source: EditedSource, starter: Starter, root: string): void {
  const { compiler, tree, newline, semicolon } = source;
  const body = starter.body as ts.Block;
  const line = returnsValue(compiler, starter)
    ? // the command ends the process, so that nothing has to be returned
      `await runDbCommand(${root})${semicolon}`
    : `if (await runDbCommand(${root})) return${semicolon}`;
  const [first] = body.statements;
  const from = body.getStart(tree) + 1;
  if (first === undefined || source.text.slice(from, first.getStart(tree)).includes('\n')) {
    const margin =
      first === undefined
        ? source.indentAt(starter.getStart(tree)) + source.indentUnit
        : source.indentAt(first.getStart(tree));
    source.insert(from, newline + margin + line);
  } else source.insert(from, ` ${line}`);
}

/** Whether a bare `return` would not do. */
function returnsValue(compiler: EditedSource['compiler'], starter: Starter): boolean {
  const type = starter.type?.getText().replace(/\s/g, '');
  if (type !== undefined) return type !== 'Promise<void>' && type !== 'Promise<undefined>';
  let returns = false;
  const visit = (node: ts.Node): void => {
    if (compiler.isFunctionLike(node)) return;
    returns ||= compiler.isReturnStatement(node) && node.expression !== undefined;
    compiler.forEachChild(node, visit);
  };
  visit(starter.body!);
  return returns;
}
