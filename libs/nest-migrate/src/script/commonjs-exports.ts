import type {
  AnyNode,
  AssignmentExpression,
  CallExpression,
  ForInStatement,
  Function as FunctionNode,
  ObjectExpression,
  Program,
  Property,
} from 'acorn';
import { childrenOf, isFunctionNode, type ModuleBindings, type StaticValue } from './module-bindings.js';
import { type ConstantName, isConstantName } from './revision-constants.js';
import { NotUnderstood } from './source-scanner.js';

/**
 * Reads the constants that a CommonJS script exports. Three forms are understood, minified or not:
 *
 * - `exports.revision = '…'`, after `exports.a = exports.b = void 0`: written by tsc
 * - a table of getters, however it is copied to `exports`: written by swc and esbuild
 * - `module.exports = { … }`: written by hand
 *
 * `cjs-module-lexer` knows these forms as well, but tells only the names of the exports, not their values
 * (docs/adr/0015-constants-are-read.md).
 *
 * @throws NotUnderstood where `exports` could be set in any other form.
 */
export function commonJsExports(program: Program, bindings: ModuleBindings): ReadonlyMap<ConstantName, StaticValue> {
  return new CommonJsReader(program, bindings).read();
}

/** A table of getters, and the object that a call copies it to. */
interface CopiedTable {
  readonly target: AnyNode;
  readonly table: ObjectExpression;
}

class CommonJsReader {
  readonly #values = new Map<ConstantName, StaticValue>();
  /** The nodes that export something and are certain to be reached, in order. */
  readonly #understood = new Set<AnyNode>();
  readonly #tables: CopiedTable[] = [];
  /** The value that `module.exports` is set to. */
  #whole: AnyNode | undefined;

  constructor(
    readonly program: Program,
    readonly bindings: ModuleBindings,
  ) {}

  read(): ReadonlyMap<ConstantName, StaticValue> {
    for (const statement of this.program.body) {
      if (statement.type === 'ExpressionStatement') this.#expression(statement.expression);
      else if (statement.type === 'ForInStatement') this.#loop(statement);
    }
    this.#refuseOthers(this.program);
    const copied = this.#tables.filter(({ target }) => this.#isExports(target) || this.#isWrappedWhole(target));
    const [copy, ...more] = copied;
    const isDirect = [...this.#values.values()].some((value) => value !== undefined);
    if (copy !== undefined) {
      const isWhole = this.#whole !== undefined && !this.#isWrappedWhole(copy.target);
      if (more.length > 0 || isDirect || isWhole) throw new NotUnderstood();
      return this.#getters(copy.table);
    }
    if (this.#whole === undefined) return this.#values;
    if (this.#whole.type !== 'ObjectExpression' || isDirect) throw new NotUnderstood();
    return this.#members(this.#whole);
  }

  #expression(node: AnyNode): void {
    if (node.type === 'SequenceExpression') for (const part of node.expressions) this.#expression(part);
    else if (node.type === 'AssignmentExpression') this.#assignment(node);
    else if (node.type === 'CallExpression') this.#call(node);
  }

  /** Reads `exports.a = exports.b = value` and `module.exports = value`. */
  #assignment(node: AssignmentExpression): void {
    const { left, right } = node;
    if (right.type === 'AssignmentExpression') this.#assignment(right);
    let value: AnyNode = right;
    while (value.type === 'AssignmentExpression') value = value.right;
    if (node.operator !== '=') return;
    const name = this.#exportedName(left);
    if (name !== undefined) {
      if (this.#whole !== undefined) throw new NotUnderstood(); // assigns to an object that is no longer exported
      if (isConstantName(name)) this.#values.set(name, this.bindings.valueOf(value, node.start));
    } else if (isModuleExports(left)) {
      if (this.#whole !== undefined) throw new NotUnderstood();
      this.#whole = value;
    } else if (!(this.#isExports(left) && right.type === 'AssignmentExpression' && isModuleExports(right.left))) return;
    this.#understood.add(node);
  }

  /** Reads `copy(exports, { a: () => a })` and the definition of one export. */
  #call(node: CallExpression): void {
    const [target, table] = node.arguments;
    if (target === undefined || table?.type !== 'ObjectExpression' || !isTable(table)) return this.#definition(node);
    if (!this.#copiesGetters(node, table)) throw new NotUnderstood();
    this.#tables.push({ target, table });
    this.#understood.add(node);
  }

  /** Reads the loop of such a copy, which minifiers write without its function. */
  #loop(node: ForInStatement): void {
    if (node.right.type !== 'Identifier') return;
    const table = this.bindings.initializerOf(node.right.name);
    if (table?.type !== 'ObjectExpression' || !isTable(table) || table.end > node.start) return;
    const definition = definitionIn(node, table);
    const target = definition?.arguments[0];
    if (definition === undefined || target === undefined) return;
    this.#tables.push({ target, table });
    this.#understood.add(definition);
  }

  /** Reads `Object.defineProperty(exports, 'a', { get: function () { return a; } })`. */
  #definition(node: CallExpression): void {
    const [target, key, descriptor] = node.arguments;
    if (!isDefineProperty(node.callee) || target === undefined || !this.#isExports(target)) return;
    if (key?.type !== 'Literal' || descriptor?.type !== 'ObjectExpression') return;
    this.#understood.add(node);
    const name = String(key.value);
    if (!isConstantName(name)) return;
    const getter = memberOf(descriptor, 'get');
    if (getter === undefined) throw new NotUnderstood();
    this.#values.set(name, this.#returned(getter));
  }

  #getters(table: ObjectExpression): ReadonlyMap<ConstantName, StaticValue> {
    return this.#collect(table, (property) => this.#returned(property));
  }

  #members(object: ObjectExpression): ReadonlyMap<ConstantName, StaticValue> {
    return this.#collect(object, ({ kind, value }) => {
      if (kind !== 'init') throw new NotUnderstood();
      return this.bindings.valueOf(value, object.start);
    });
  }

  #collect(
    object: ObjectExpression,
    valueOf: (property: Property) => StaticValue,
  ): ReadonlyMap<ConstantName, StaticValue> {
    const values = new Map<ConstantName, StaticValue>();
    for (const property of object.properties) {
      const name = property.type === 'Property' ? keyOf(property) : undefined;
      if (property.type !== 'Property' || name === undefined) throw new NotUnderstood();
      if (isConstantName(name)) values.set(name, valueOf(property));
    }
    return values;
  }

  #returned(property: Property): StaticValue {
    const node = returnedBy(property);
    if (node === undefined) throw new NotUnderstood();
    return this.bindings.valueOf(node);
  }

  /**
   * Refuses anything else that could write to `exports`: in a function, under a condition, or in code that receives it.
   */
  #refuseOthers(node: AnyNode): void {
    if (isNeverReached(node)) return;
    if (node.type === 'AssignmentExpression' && !this.#understood.has(node)) {
      const isMember = node.left.type === 'MemberExpression' && this.#isExports(node.left.object);
      if (isMember || this.#isExports(node.left)) throw new NotUnderstood();
    }
    if (node.type === 'CallExpression' && !this.#understood.has(node)) {
      if (node.arguments.some((argument) => this.#isExports(argument))) throw new NotUnderstood();
    }
    for (const child of childrenOf(node)) this.#refuseOthers(child);
  }

  /** Whether the called function makes getters of a table. One that stands elsewhere is the runtime of a bundler. */
  #copiesGetters({ callee }: CallExpression, table: ObjectExpression): boolean {
    if (isFunctionNode(callee)) return definesGetters(callee as FunctionNode, table);
    if (callee.type === 'MemberExpression') {
      // `Object.assign` copies the functions of a table as they are
      return !(callee.object.type === 'Identifier' && /^(?:Object|Reflect)$/.test(callee.object.name));
    }
    if (callee.type !== 'Identifier') return true;
    const { name } = callee;
    const declared = this.program.body.filter((node) => node.type === 'FunctionDeclaration' && node.id.name === name);
    const isVariable = this.bindings.has(name);
    if (declared.length === 0 && !isVariable) return true;
    if (declared.length + (isVariable ? 1 : 0) > 1) return false;
    const called = declared[0] ?? this.bindings.initializerOf(name);
    return called !== undefined && isFunctionNode(called) && definesGetters(called as FunctionNode, table);
  }

  /**
   * The `a` of `exports.a`, undefined for anything else.
   *
   * @throws NotUnderstood if it is computed.
   */
  #exportedName(node: AnyNode): string | undefined {
    if (node.type !== 'MemberExpression' || !this.#isExports(node.object)) return undefined;
    if (!node.computed && node.property.type === 'Identifier') return node.property.name;
    if (node.property.type === 'Literal') return String(node.property.value);
    throw new NotUnderstood();
  }

  /** Whether `module.exports` is set to `wrap(names)`, as esbuild writes it, and the node is these names. */
  #isWrappedWhole(node: AnyNode): boolean {
    if (this.#whole?.type !== 'CallExpression' || node.type !== 'Identifier') return false;
    const [wrapped, ...more] = this.#whole.arguments;
    return more.length === 0 && wrapped?.type === 'Identifier' && wrapped.name === node.name;
  }

  #isExports(node: AnyNode, depth = 0): boolean {
    if (isModuleExports(node)) return true;
    if (node.type !== 'Identifier' || depth > 3) return false;
    if (node.name === 'exports') return !this.bindings.has('exports');
    const value = this.bindings.initializerOf(node.name);
    return value !== undefined && this.#isExports(value, depth + 1);
  }
}

/** Whether an object has functions that return the constants. */
function isTable(object: ObjectExpression): boolean {
  const revision = memberOf(object, 'revision');
  return revision !== undefined && returnedBy(revision) !== undefined;
}

function isModuleExports(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'module' &&
    node.property.type === 'Identifier' &&
    node.property.name === 'exports'
  );
}

function isDefineProperty(callee: AnyNode): boolean {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return (
    callee.object.type === 'Identifier' && callee.object.name === 'Object' && callee.property.name === 'defineProperty'
  );
}

/** Whether a node is `0 && …`, which only serves tools that read the names of the exports. */
function isNeverReached(node: AnyNode): boolean {
  return (
    node.type === 'LogicalExpression' && node.operator === '&&' && node.left.type === 'Literal' && node.left.value === 0
  );
}

/** Whether a function is `(target, table) => { for (name in table) define(target, name, { get: …table… }) }`. */
function definesGetters({ params, body }: FunctionNode, object: ObjectExpression): boolean {
  const [, table] = params;
  const [loop, ...more] = body.type === 'BlockStatement' ? body.body : [];
  if (table?.type !== 'Identifier' || more.length > 0 || loop?.type !== 'ForInStatement') return false;
  return loop.right.type === 'Identifier' && loop.right.name === table.name && definitionIn(loop, object) !== undefined;
}

/**
 * The call of `for (name in table) define(target, name, { get: … })`, which is all that the loop does. The getter is
 * `table[name]` where the table has functions, and that of the property's descriptor where it has getters.
 */
function definitionIn({ right, body }: ForInStatement, object: ObjectExpression): CallExpression | undefined {
  const [statement, ...more] = body.type === 'BlockStatement' ? body.body : [body];
  if (right.type !== 'Identifier' || statement?.type !== 'ExpressionStatement' || more.length > 0) return undefined;
  const { expression } = statement;
  if (expression.type !== 'CallExpression') return undefined;
  const [, , descriptor] = expression.arguments;
  const getter = descriptor?.type === 'ObjectExpression' ? memberOf(descriptor, 'get')?.value : undefined;
  if (getter?.type !== 'MemberExpression') return undefined;
  const isOfDescriptor = getter.object.type === 'CallExpression';
  const read = getter.object.type === 'CallExpression' ? getter.object.arguments[0] : getter.object;
  if (read?.type !== 'Identifier' || read.name !== right.name) return undefined;
  const kinds = object.properties.map((property) => property.type === 'Property' && property.kind === 'get');
  return kinds.every((isGetter) => isGetter === isOfDescriptor) ? expression : undefined;
}

function keyOf({ key, computed }: Property): string | undefined {
  if (key.type === 'Identifier' && !computed) return key.name;
  return key.type === 'Literal' ? String(key.value) : undefined;
}

function memberOf(object: ObjectExpression, name: string): Property | undefined {
  return object.properties.find(
    (property): property is Property => property.type === 'Property' && keyOf(property) === name,
  );
}

/** The value that a getter or a method returns, if it does nothing else. */
function returnedBy({ value }: Property): AnyNode | undefined {
  if (value.type === 'ArrowFunctionExpression' && value.params.length === 0) {
    if (value.body.type !== 'BlockStatement') return value.body;
  } else if (value.type !== 'FunctionExpression' || value.params.length > 0) return undefined;
  const [statement, ...more] = value.body.type === 'BlockStatement' ? value.body.body : [];
  return statement?.type === 'ReturnStatement' && more.length === 0 ? (statement.argument ?? undefined) : undefined;
}
