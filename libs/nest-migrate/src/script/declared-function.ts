import type { AnyNode, ArrowFunctionExpression, BlockStatement, Program } from 'acorn';
import { isFunctionNode } from './module-bindings.js';

/** What a module declares or exports under a name. */
export interface Declared {
  /** The statement of the module that says so. */
  readonly statement: AnyNode;
  readonly value: AnyNode;
}

/** A function that is written as one. */
export interface PlainFunction {
  /** The statement of the module that declares it. */
  readonly statement: AnyNode;
  readonly body: BlockStatement;
  /** The name of its parameter: `null` for none, `undefined` where it is taken apart. */
  readonly parameter: string | null | undefined;
}

/** What a module declares or exports under a name, as a function, a constant, or a property of `exports`. */
export function declaredAs({ body }: Program, name: string): Declared | undefined {
  for (const statement of body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'FunctionDeclaration' && declaration.id.name === name) {
      return { statement, value: declaration };
    }
    if (declaration?.type === 'VariableDeclaration') {
      const own = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
      if (own?.init != null) return { statement, value: own.init };
    }
    if (declaration?.type === 'ExpressionStatement' && declaration.expression.type === 'AssignmentExpression') {
      const { left, right } = declaration.expression;
      const isIt = left.type === 'MemberExpression' && isExports(left.object) && nameOf(left.property) === name;
      if (isIt) return { statement, value: right };
    }
  }
  return undefined;
}

/** The function of that name; `undefined` where it is none, or none with a body of statements. */
export function plainFunction(program: Program, name: string): PlainFunction | undefined {
  const declared = declaredAs(program, name);
  return declared === undefined ? undefined : functionIn(declared.value, declared.statement);
}

/** A value as a function; `undefined` where it is none, or none with a body of statements. */
export function functionIn(value: AnyNode, statement = value): PlainFunction | undefined {
  if (!isFunctionNode(value)) return undefined;
  const { body, params } = value as ArrowFunctionExpression;
  if (body.type !== 'BlockStatement') return undefined;
  const [parameter] = params;
  const name = parameter === undefined ? null : parameter.type === 'Identifier' ? parameter.name : undefined;
  return { statement, body, parameter: name };
}

function isExports(node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === 'exports';
  return node.type === 'MemberExpression' && nameOf(node.object) === 'module' && nameOf(node.property) === 'exports';
}

/** The name or the text of a key. */
export function nameOf(node: AnyNode): string | undefined {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
