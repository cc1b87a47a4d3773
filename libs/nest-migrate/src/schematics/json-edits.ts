import type ts from 'typescript';
import { edited } from '../script/rewritten-body.js';
import { type Compiler } from './application-compiler.js';

/**
 * Adds a property to an object of a JSON file, behind its others. Comments, order and indentation of the file stay.
 *
 * @param path The names that lead to the object; one that is missing is added.
 * @returns undefined where the file is no object, or something else than an object stands there.
 */
export function withProperty(
  compiler: Compiler,
  text: string,
  path: readonly string[],
  [name, value]: readonly [name: string, value: unknown],
): string | undefined {
  const tree = compiler.parseJsonText('file.json', text);
  let object: ts.Expression | undefined = tree.statements[0]?.expression;
  for (const [depth, step] of path.entries()) {
    if (object === undefined || !compiler.isObjectLiteralExpression(object)) return undefined;
    const next = propertyOf(compiler, object, step);
    if (next === undefined) {
      const inner = path.slice(depth + 1).reduceRight<unknown>((value, key) => ({ [key]: value }), { [name]: value });
      return added(text, tree, object, `${JSON.stringify(step)}: ${JSON.stringify(inner)}`);
    }
    object = next;
  }
  if (object === undefined || !compiler.isObjectLiteralExpression(object)) return undefined;
  const code = Array.isArray(value)
    ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
    : JSON.stringify(value);
  return added(text, tree, object, `${JSON.stringify(name)}: ${code}`);
}

/** Adds an item to a list that is a property of the file. Returns undefined where there is no such list. */
export function withItem(compiler: Compiler, text: string, name: string, item: string): string | undefined {
  const tree = compiler.parseJsonText('file.json', text);
  const root = tree.statements[0]?.expression;
  if (root === undefined || !compiler.isObjectLiteralExpression(root)) return undefined;
  const list = propertyOf(compiler, root, name);
  if (list === undefined || !compiler.isArrayLiteralExpression(list)) return undefined;
  return added(text, tree, list, JSON.stringify(item));
}

function propertyOf(compiler: Compiler, object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of object.properties) {
    if (!compiler.isPropertyAssignment(property) || !compiler.isStringLiteral(property.name)) continue;
    if (property.name.text === name) return property.initializer;
  }
  return undefined;
}

function added(
  text: string,
  tree: ts.SourceFile,
  parent: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  code: string,
): string {
  const members: ts.NodeArray<ts.Node> = 'properties' in parent ? parent.properties : parent.elements;
  const last = members.at(-1);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (last === undefined) {
    const at = parent.getStart(tree) + 1;
    return edited(text, [{ start: at, end: parent.end - 1, text: 'properties' in parent ? ` ${code} ` : code }]);
  }
  const start = last.getStart(tree);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  const separator = /^\s*$/.test(before) && lineStart > 0 ? `,${newline}${before}` : ', ';
  return edited(text, [{ start: last.end, end: last.end, text: separator + code }]);
}
