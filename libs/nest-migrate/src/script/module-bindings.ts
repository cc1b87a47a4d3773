import type { AnyNode, Pattern, Program, VariableDeclaration } from 'acorn';
import { type ConstantValue } from './revision-constants.js';
import { NotUnderstood } from './source-scanner.js';

/** The value of a constant of a revision; `undefined` where it was only declared. */
export type StaticValue = ConstantValue | undefined;

/** The direct children of a node. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Whether the node is a function, with its own scope: the code in it may run later, repeatedly or never. */
export function isFunctionNode(node: AnyNode): boolean {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression'
  );
}

/**
 * The variables of a module's or script's own scope, as far as their values never change. This is what is needed of an
 * analysis of scopes to follow `exports.revision = a` to the value of `a` (docs/adr/0015-constants-are-read.md).
 */
export class ModuleBindings {
  /** By name: the only value that the variable is ever given; null if there are several. */
  readonly #values = new Map<string, AnyNode | null>();
  /** Names that are assigned to after their declaration. */
  readonly #assigned = new Set<string>();
  /** Names whose members are accessed: a list or an object of that name may change. */
  readonly #reached = new Set<string>();

  constructor(program: Program) {
    const own = new Set<AnyNode>();
    for (const statement of program.body) {
      const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
      if (declaration?.type !== 'VariableDeclaration') continue;
      own.add(declaration);
      for (const { id, init } of declaration.declarations) {
        for (const name of namesIn(id)) {
          const isOnly = id.type === 'Identifier' && init != null && !this.#values.has(name);
          this.#values.set(name, isOnly ? init : null);
        }
      }
    }
    this.#watch(program, new Set(), own);
  }

  /** Whether the module has a variable of its own of that name. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value that the variable was declared with, or undefined if it may ever have another one. */
  initializerOf(name: string): AnyNode | undefined {
    return this.#assigned.has(name) ? undefined : (this.#values.get(name) ?? undefined);
  }

  /**
   * @param until Offset before which a variable must be initialised; absent where the value is used only later.
   * @throws NotUnderstood if the value is computed.
   */
  valueOf(node: AnyNode, until = Infinity, depth = 0): StaticValue {
    switch (node.type) {
      case 'Literal':
        if (typeof node.value === 'string' || typeof node.value === 'boolean') return node.value;
        if (node.raw === 'null') return null;
        break;
      case 'TemplateLiteral': {
        const text = node.quasis[0]?.value.cooked;
        if (node.expressions.length === 0 && typeof text === 'string') return text;
        break;
      }
      case 'UnaryExpression':
        if (node.argument.type !== 'Literal') break;
        if (node.operator === 'void') return undefined;
        // minifiers write !0 for true
        if (node.operator === '!' && typeof node.argument.value === 'number') return node.argument.value === 0;
        break;
      case 'ArrayExpression': {
        const items = node.elements.map((item) => (item === null ? undefined : this.valueOf(item, until, depth + 1)));
        if (items.every((item) => item !== undefined)) return items;
        break;
      }
      case 'ObjectExpression': {
        const entries = node.properties.map((property) => {
          if (property.type !== 'Property' || property.kind !== 'init' || property.computed) throw new NotUnderstood();
          const { key, value } = property;
          const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined;
          // `__proto__: …` sets the prototype, and is no property
          if (typeof name !== 'string' || name === '__proto__') throw new NotUnderstood();
          return [name, this.valueOf(value, until, depth + 1)] as const;
        });
        const properties = entries.filter((entry): entry is [string, ConstantValue] => entry[1] !== undefined);
        if (properties.length === entries.length) return Object.fromEntries(properties);
        break;
      }
      case 'Identifier': {
        const value = this.initializerOf(node.name);
        if (value === undefined || value.end > until || depth > 10) break;
        const found = this.valueOf(value, until, depth + 1);
        if (typeof found === 'object' && found !== null && this.#reached.has(node.name)) break;
        return found;
      }
    }
    throw new NotUnderstood();
  }

  #watch(node: AnyNode, shadowed: ReadonlySet<string>, own: ReadonlySet<AnyNode>): void {
    if (node.type === 'WithStatement') throw new NotUnderstood();
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'eval') {
      throw new NotUnderstood();
    }
    const declared = node.type === 'Program' ? [] : declaredIn(node);
    const hidden = declared.length === 0 ? shadowed : new Set([...shadowed, ...declared]);
    if (!own.has(node)) for (const name of targetsOf(node)) if (!hidden.has(name)) this.#assigned.add(name);
    if (node.type === 'MemberExpression' && node.object.type === 'Identifier' && !hidden.has(node.object.name)) {
      this.#reached.add(node.object.name);
    }
    for (const child of childrenOf(node)) this.#watch(child, hidden, own);
  }
}

/** The names that a pattern binds or assigns. */
export function namesIn(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((part) => namesIn(part.type === 'Property' ? part.value : part));
    case 'ArrayPattern':
      return pattern.elements.flatMap((part) => (part === null ? [] : namesIn(part)));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

function namesOf(declaration: VariableDeclaration): readonly string[] {
  return declaration.declarations.flatMap(({ id }) => namesIn(id));
}

/** The names that the node itself assigns to. A `var` with a value counts, since it may belong to the outer scope. */
function targetsOf(node: AnyNode): readonly string[] {
  switch (node.type) {
    case 'AssignmentExpression':
      return namesIn(node.left);
    case 'UpdateExpression':
      return node.argument.type === 'Identifier' ? [node.argument.name] : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left.type === 'VariableDeclaration' ? [] : namesIn(node.left);
    case 'VariableDeclaration':
      return node.kind === 'var' ? namesOf(node) : [];
    default:
      return [];
  }
}

/** The names that the node declares, which therefore mean something else inside it than outside. */
function declaredIn(node: AnyNode): readonly string[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [
        ...(node.type === 'FunctionExpression' && node.id != null ? [node.id.name] : []),
        ...node.params.flatMap(namesIn),
        ...variablesIn(node.body),
      ];
    case 'ClassExpression':
      return node.id == null ? [] : [node.id.name];
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body.flatMap(lexicalNames);
    case 'SwitchStatement':
      return node.cases.flatMap(({ consequent }) => consequent.flatMap(lexicalNames));
    case 'ForStatement':
      return node.init == null ? [] : lexicalNames(node.init);
    case 'ForInStatement':
    case 'ForOfStatement':
      return lexicalNames(node.left);
    case 'CatchClause':
      return node.param == null ? [] : namesIn(node.param);
    default:
      return [];
  }
}

function lexicalNames(node: AnyNode): readonly string[] {
  if (node.type === 'VariableDeclaration') return node.kind === 'var' ? [] : namesOf(node);
  const isNamed = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
  return isNamed && node.id !== null ? [node.id.name] : [];
}

/** The `var`s of a function's body, wherever in it they are declared. */
function variablesIn(node: AnyNode): readonly string[] {
  if (isFunctionNode(node)) return [];
  const own = node.type === 'VariableDeclaration' && node.kind === 'var' ? namesOf(node) : [];
  return [...own, ...childrenOf(node).flatMap(variablesIn)];
}
