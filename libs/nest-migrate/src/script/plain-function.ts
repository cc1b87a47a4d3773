import type { AnyNode, Program } from 'acorn';
import { type RevisionFunction } from './revision-module.js';

/**
 * Whether a revision's function calls verbs of `op` with literals, one after the other, and does nothing else. Nothing in
 * such a function can see whether what a verb has sent has ended when the next line runs. Autogenerate writes most
 * revisions so.
 *
 * The function is asked for its own text, which says what runs here, whatever compiled or loaded it.
 *
 * @param parsed What {@link plainFunctions} found in the file.
 */
export async function isPlainFunction(run: RevisionFunction, parsed?: ReadonlyMap<string, boolean>): Promise<boolean> {
  const text = Function.prototype.toString.call(run);
  const known = parsed?.get(text);
  if (known !== undefined) return known;
  const { parse } = await import('acorn');
  try {
    // an expression, so that the function may have no name
    const [statement] = parse(`(${text})`, { ecmaVersion: 'latest' }).body;
    return statement?.type === 'ExpressionStatement' && isPlain(statement.expression);
  } catch {
    // a method, a native function, a bound one
    return false;
  }
}

/** The texts of the functions that a program declares, and whether each is plain: what is parsed is not parsed again. */
export function plainFunctions({ body }: Program, text: string): ReadonlyMap<string, boolean> {
  const functions = body
    .map((statement) => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
    .filter((statement) => statement?.type === 'FunctionDeclaration');
  return new Map(functions.map((node) => [text.slice(node.start, node.end), isPlain(node)]));
}

function isPlain(node: AnyNode): boolean {
  if (
    node.type !== 'FunctionDeclaration' &&
    node.type !== 'FunctionExpression' &&
    node.type !== 'ArrowFunctionExpression'
  )
    return false;
  const [parameter, ...others] = node.params;
  if (parameter === undefined) return node.body.type === 'BlockStatement' && node.body.body.length === 0;
  if (parameter.type !== 'Identifier' || others.length > 0 || node.generator === true) return false;
  if (node.body.type !== 'BlockStatement') return isVerb(node.body, parameter.name);
  return node.body.body.every(
    (statement) => statement.type === 'ExpressionStatement' && isVerb(statement.expression, parameter.name),
  );
}

/** Whether an expression is `await op.verb(…)` with literals alone; without `await`, verbs wait for each other as well. */
function isVerb(node: AnyNode, op: string): boolean {
  if (node.type === 'AwaitExpression') return isVerb(node.argument, op);
  if (node.type !== 'CallExpression' || node.optional) return false;
  const { callee } = node;
  return (
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    !callee.optional &&
    callee.object.type === 'Identifier' &&
    callee.object.name === op &&
    node.arguments.every(isLiteral)
  );
}

function isLiteral(node: AnyNode | null): boolean {
  switch (node?.type) {
    case 'Literal':
      return true;
    case 'TemplateLiteral':
      return node.expressions.length === 0;
    case 'UnaryExpression':
      return (node.operator === '-' || node.operator === '+') && isLiteral(node.argument);
    case 'ArrayExpression':
      return node.elements.every(isLiteral);
    case 'ObjectExpression':
      return node.properties.every(
        (property) =>
          property.type === 'Property' && property.kind === 'init' && !property.computed && isLiteral(property.value),
      );
    default:
      return false;
  }
}
