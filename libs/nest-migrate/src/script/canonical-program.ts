import type { AnyNode, Literal, LogicalExpression, Program, Property } from 'acorn';
import { compiledModule } from './compiled-module.js';
import { namesIn } from './module-bindings.js';

/** A program as a JSON value that is the same however the program is spelled. */
type Form = string | number | boolean | null | readonly Form[] | { readonly [property: string]: Form };

/**
 * A program in one canonical spelling. It ignores what a formatter or a compiler chooses: layout, quotes, parentheses,
 * semicolons, the spelling of numbers, whether something is exported where it is declared. Everything else counts.
 *
 * @param text The program's text, which distinguishes `import {} from 'x'` from `import 'x'`.
 */
export function canonicalProgram(program: Program, text: string): string {
  const { statements, exported } = compiledModule(program, text) ?? { statements: program.body, exported: [] };
  const exports = new Map<string, string>(exported);
  const body = statements.flatMap((statement) => formOfStatement(statement, exports, text));
  return JSON.stringify([body, [...exports].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** A statement in that spelling. */
export function canonicalStatement(statement: AnyNode): string {
  return JSON.stringify(formOf(statement));
}

function formOfStatement(statement: AnyNode, exports: Map<string, string>, text: string): readonly Form[] {
  if (statement.type === 'EmptyStatement') return [];
  // the remains of an import that imported only types
  if (statement.type === 'ImportDeclaration' && statement.specifiers.length === 0)
    return text.slice(statement.start, statement.source.start).includes('{') ? [] : [formOf(statement)];
  if (statement.type !== 'ExportNamedDeclaration' || statement.source != null) return [formOf(statement)];
  const { declaration, specifiers } = statement;
  for (const { exported, local } of specifiers) exports.set(nameOf(exported), nameOf(local));
  if (declaration == null) return [];
  const names =
    declaration.type === 'VariableDeclaration'
      ? declaration.declarations.flatMap(({ id }) => namesIn(id))
      : [declaration.id.name];
  for (const name of names) exports.set(name, name);
  return [formOf(declaration)];
}

/** The properties that hold only positions and spelling. A directive counts as spelling: a module is always strict. */
const SPELLING: ReadonlySet<string> = new Set(['start', 'end', 'raw', 'directive']);

function formOf(value: unknown): Form {
  if (Array.isArray(value)) return value.filter((item) => !isEmpty(item)).map(formOf);
  if (typeof value !== 'object' || value === null) return value === undefined ? null : (value as Form);
  const node = value as AnyNode;
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'TemplateLiteral': {
      const [text, ...more] = node.quasis;
      return more.length === 0 ? string(text?.value.cooked ?? '') : properties(node);
    }
    case 'TemplateElement':
      return string(node.value.cooked ?? '');
    case 'TaggedTemplateExpression':
      // a tag function receives the raw text
      return { ...properties(node), raw: node.quasi.quasis.map(({ value: { raw } }) => raw) };
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return { ...properties(node), ...(!node.computed && { key: keyOf(node.key) }), shorthand: isOwnProto(node) };
    case 'LogicalExpression':
      // formatters omit the parentheses of `a && (b && c)`
      return { type: node.type, operator: node.operator, operands: operandsOf(node, node.operator).map(formOf) };
    case 'SequenceExpression':
      // and compilers omit those of `(a, b), c`
      return { type: node.type, expressions: partsOf(node).map(formOf) };
    default:
      return properties(node);
  }
}

function properties(node: object): { readonly [property: string]: Form } {
  const form: Record<string, Form> = {};
  for (const name of namesInOrder(node)) form[name] = formOf((node as Readonly<Record<string, unknown>>)[name]);
  return form;
}

/** A program has thousands of nodes, of some dozens of shapes. */
const orders = new Map<string, readonly string[]>();

function namesInOrder(node: object): readonly string[] {
  const names = Object.keys(node);
  const shape = names.join(' ');
  const known = orders.get(shape);
  if (known !== undefined) return known;
  const order = names.filter((name) => !SPELLING.has(name)).sort();
  orders.set(shape, order);
  return order;
}

function literal({ value, regex, bigint }: Literal): Form {
  if (regex != null) return ['regex', regex.pattern, [...regex.flags].sort().join('')];
  if (bigint != null) return ['bigint', BigInt(bigint).toString()];
  return typeof value === 'string' ? string(value) : [typeof value, String(value)];
}

function string(value: string): Form {
  return ['string', value];
}

/** The name of a property: `a` and `'a'` are the same, and so are the number `1` and `'1'`. */
function keyOf(key: AnyNode): Form {
  if (key.type === 'Identifier') return string(key.name);
  return key.type === 'Literal' && key.regex == null && key.bigint == null ? string(String(key.value)) : formOf(key);
}

/**
 * Whether a node makes a property named `__proto__`: `{ __proto__ }` does, `{ __proto__: __proto__ }` sets the
 * prototype.
 */
function isOwnProto(node: AnyNode): boolean {
  const { type, key, shorthand } = node as Property;
  return type === 'Property' && shorthand && key.type === 'Identifier' && key.name === '__proto__';
}

function operandsOf(node: AnyNode, operator: LogicalExpression['operator']): readonly AnyNode[] {
  if (node.type !== 'LogicalExpression' || node.operator !== operator) return [node];
  return [...operandsOf(node.left, operator), ...operandsOf(node.right, operator)];
}

function partsOf(node: AnyNode): readonly AnyNode[] {
  return node.type === 'SequenceExpression' ? node.expressions.flatMap(partsOf) : [node];
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as Literal).value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'EmptyStatement';
}
