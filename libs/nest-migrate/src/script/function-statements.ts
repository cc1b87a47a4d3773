import type { AnyNode } from 'acorn';
import { declaredAs, functionIn, nameOf } from './declared-function.js';
import { parsedProgram } from './parsed-program.js';
import { type RevisionSource } from './revision-script.js';

/** A statement in a function of a revision. */
export interface FunctionStatement {
  /** Offset of its first character. */
  readonly start: number;
  /** Offset after its last character. */
  readonly end: number;
  /**
   * `verb`: an awaited call of a verb of `op`, with values that stand in it; `nothing`: it does nothing, as `void op`
   * does; `code`: anything else.
   */
  readonly form: 'verb' | 'nothing' | 'code';
  /** The verb that it calls; `null` where it is no such call. */
  readonly verb: string | null;
}

/** The body of a function of a revision, in the text of its file. */
export interface FunctionBody {
  /** Offset behind the brace that opens it. */
  readonly start: number;
  /** Offset of the brace that closes it. */
  readonly end: number;
  readonly statements: readonly FunctionStatement[];
  /** Whether it stands in a record by connection. */
  readonly isOfConnection: boolean;
}

/**
 * Finds the body of a function in a revision's text. Nothing is run.
 *
 * @param connection For a record of functions: the connection whose function is looked for.
 * @returns `undefined` where the text has no such function, or it is not declared in a way that can be followed.
 */
export async function functionBody(
  kind: RevisionSource['kind'],
  text: string,
  name: 'upgrade' | 'downgrade',
  connection: string,
): Promise<FunctionBody | undefined> {
  const parsed = await parsedProgram(kind, text);
  // a type with characters of several bytes may shift what stands behind it
  if (parsed?.text.length !== text.length) return undefined;
  const value = declaredAs(parsed.program, name)?.value;
  const isOfConnection = value?.type === 'ObjectExpression';
  const found = isOfConnection ? memberOf(value, connection) : value;
  const { body, parameter } = (found && functionIn(found)) ?? {};
  if (body === undefined || parameter === undefined) return undefined;
  return {
    start: body.start + 1,
    end: body.end - 1,
    statements: body.body.map((statement) => statementOf(statement, parameter ?? undefined)),
    isOfConnection,
  };
}

function memberOf(node: AnyNode, key: string): AnyNode | undefined {
  if (node.type !== 'ObjectExpression') return undefined;
  for (const property of node.properties) {
    if (property.type === 'Property' && !property.computed && nameOf(property.key) === key) return property.value;
  }
  return undefined;
}

function statementOf(node: AnyNode, op: string | undefined): FunctionStatement {
  const { start, end } = node;
  if (doesNothing(node)) return { start, end, form: 'nothing', verb: null };
  const call = op === undefined ? undefined : verbCall(node, op);
  if (call === undefined) return { start, end, form: 'code', verb: null };
  const { verb, given } = call;
  const isPlain = verb === 'batchAlterTable' ? isBatch(given) : given.every(isValue);
  return { start, end, form: isPlain ? 'verb' : 'code', verb };
}

function doesNothing(node: AnyNode): boolean {
  if (node.type === 'EmptyStatement') return true;
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'UnaryExpression') return false;
  const { operator, argument } = node.expression;
  return operator === 'void' && (argument.type === 'Identifier' || argument.type === 'Literal');
}

/** Reads `await op.verb(…)`. */
function verbCall(
  node: AnyNode,
  op: string,
): { readonly verb: string; readonly given: readonly AnyNode[] } | undefined {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'AwaitExpression') return undefined;
  const call = node.expression.argument;
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || call.callee.computed)
    return undefined;
  const { object, property } = call.callee;
  if (object.type !== 'Identifier' || object.name !== op || property.type !== 'Identifier') return undefined;
  return { verb: property.name, given: call.arguments };
}

function isBatch([table, work, options, ...others]: readonly AnyNode[]): boolean {
  if (table === undefined || !isValue(table) || work === undefined) return false;
  if ((options !== undefined && !isValue(options)) || others.length > 0) return false;
  const { body, parameter } = functionIn(work) ?? {};
  if (body === undefined || parameter == null) return false;
  return body.body.every((each) => statementOf(each, parameter).form !== 'code');
}

/** Whether a node is a value that stands there as it is, so that it may be written in another way. */
function isValue(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return true;
    case 'Identifier':
      return node.name === 'undefined';
    case 'TemplateLiteral':
      return node.expressions.length === 0;
    case 'UnaryExpression':
      return isValue(node.argument);
    case 'ArrayExpression':
      return node.elements.every((item) => item !== null && isValue(item));
    case 'ObjectExpression':
      return node.properties.every((one) => one.type === 'Property' && !one.computed && isValue(one.value));
    case 'CallExpression':
      // how a text of several lines is written
      return (
        node.callee.type === 'MemberExpression' &&
        node.callee.object.type === 'ArrayExpression' &&
        nameOf(node.callee.property) === 'join' &&
        isValue(node.callee.object) &&
        node.arguments.every(isValue)
      );
    default:
      return false;
  }
}
