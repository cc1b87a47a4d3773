import type { AnyNode, AssignmentExpression, Program } from 'acorn';
import { childrenOf } from './module-bindings.js';

/** The statements of an ES module, and its exports: each exported name with the name of its variable. */
export interface ModuleParts {
  readonly statements: readonly AnyNode[];
  readonly exported: ReadonlyMap<string, string>;
}

/**
 * The ES module from which tsc or swc made this CommonJS.
 *
 * @param text The program's text.
 * @returns `undefined` where it is no CommonJS, or not in the form that they write.
 */
export function compiledModule({ body }: Program, text: string): ModuleParts | undefined {
  if (!body.some(isModuleMark)) return undefined;
  const declared = new Set(body.flatMap((node) => (isNamedDeclaration(node) ? [node.id.name] : [])));
  const statements: AnyNode[] = [];
  const exported = new Map<string, string>();
  for (const statement of body) {
    if (isPrologue(statement) || isCopyingFunction(statement, text)) continue;
    const table = exportTable(statement);
    for (const [name, local] of table ?? []) exported.set(name, local);
    if (table !== undefined) continue;
    const assigned = exportAssignment(statement);
    if (assigned === undefined) {
      statements.push(withoutExports(statement));
      continue;
    }
    const { name, value } = assigned;
    if (exported.has(name)) return undefined;
    const isDeclared = value.type === 'Identifier' && declared.has(value.name);
    exported.set(name, isDeclared ? value.name : name);
    if (!isDeclared) statements.push(constant(name, withoutExports(value)));
  }
  return { statements, exported };
}

/** Whether a node is `Object.defineProperty(exports, '__esModule', …)`. */
function isModuleMark(node: AnyNode): boolean {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return false;
  const [target, key] = node.expression.arguments;
  return target !== undefined && isExports(target) && key?.type === 'Literal' && key.value === '__esModule';
}

/** Whether a node belongs before all others: `'use strict'`, the module mark, and `exports.a = exports.b = void 0`. */
function isPrologue(node: AnyNode): boolean {
  if (node.type !== 'ExpressionStatement') return false;
  if (node.directive === 'use strict' || isModuleMark(node)) return true;
  let value: AnyNode = node.expression;
  while (value.type === 'AssignmentExpression' && exportedName(value) !== undefined) value = value.right;
  return value !== node.expression && value.type === 'UnaryExpression' && value.operator === 'void';
}

/** Whether a node is swc's function that copies a table of getters to `exports`. */
function isCopyingFunction({ type, start, end }: AnyNode, text: string): boolean {
  const getter = 'get:Object.getOwnPropertyDescriptor(all,name).get';
  const copy = `Object.defineProperty(target,name,{enumerable:true,${getter}});`;
  return (
    type === 'FunctionDeclaration' &&
    text.slice(start, end).replace(/\s+/g, '') === `function_export(target,all){for(varnameinall)${copy}}`
  );
}

/** Reads `_export(exports, { get a() { return a; } })`. */
function exportTable(node: AnyNode): readonly (readonly [string, string])[] | undefined {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return undefined;
  const { callee, arguments: given } = node.expression;
  const [target, table] = given;
  if (callee.type !== 'Identifier' || callee.name !== '_export') return undefined;
  if (target === undefined || !isExports(target) || table?.type !== 'ObjectExpression') return undefined;
  const getters = table.properties.map((property) => {
    if (property.type !== 'Property' || property.kind !== 'get' || property.key.type !== 'Identifier') return undefined;
    if (property.value.type !== 'FunctionExpression') return undefined;
    const [statement, ...more] = property.value.body.body;
    if (statement?.type !== 'ReturnStatement' || statement.argument?.type !== 'Identifier') return undefined;
    return more.length === 0 ? ([property.key.name, statement.argument.name] as const) : undefined;
  });
  return getters.every((getter) => getter !== undefined) ? getters : undefined;
}

/** Reads `exports.a = value`. */
function exportAssignment(node: AnyNode): { readonly name: string; readonly value: AnyNode } | undefined {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'AssignmentExpression') return undefined;
  const name = exportedName(node.expression);
  return name === undefined ? undefined : { name, value: node.expression.right };
}

function exportedName({ operator, left }: AssignmentExpression): string | undefined {
  return operator === '=' ? memberOfExports(left) : undefined;
}

function memberOfExports(node: AnyNode): string | undefined {
  const isMember = node.type === 'MemberExpression' && !node.computed && isExports(node.object);
  return isMember && node.property.type === 'Identifier' ? node.property.name : undefined;
}

/** Returns the node with each `exports.a` replaced by `a`. */
function withoutExports(node: AnyNode): AnyNode {
  const name = memberOfExports(node);
  if (name !== undefined) return { type: 'Identifier', name, start: node.start, end: node.end };
  const nested = new Set<unknown>(childrenOf(node));
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside);
    return nested.has(value) ? withoutExports(value as AnyNode) : value;
  };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inside(value)])) as unknown as AnyNode;
}

function constant(name: string, init: AnyNode): AnyNode {
  const at = { start: init.start, end: init.end };
  const id = { type: 'Identifier', name, ...at };
  const declarations = [{ type: 'VariableDeclarator', id, init, ...at }];
  return { type: 'VariableDeclaration', declarations, kind: 'const', ...at } as AnyNode;
}

function isExports(node: AnyNode): boolean {
  return node.type === 'Identifier' && node.name === 'exports';
}

function isNamedDeclaration(node: AnyNode): node is AnyNode & { id: { name: string } } {
  return (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id !== null;
}
