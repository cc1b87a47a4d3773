import type { AnonymousFunctionDeclaration, AnyNode, ArrowFunctionExpression, BlockStatement, Program } from 'acorn';
import { canonicalStatement } from './canonical-program.js';
import { isFunctionNode, namesIn } from './module-bindings.js';
import { parsedProgram, withoutComments } from './parsed-program.js';
import { CONSTANT_NAMES } from './revision-constants.js';
import { type RevisionSource } from './revision-script.js';

/** A piece of the text of a revision. */
export interface RevisionPart {
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
  /** Its first line, from 1. */
  readonly line: number;
  /** It without comments. */
  readonly code: string;
}

/** A statement of a function of a revision. */
export interface RevisionStatement extends RevisionPart {
  /** Offset behind the statement before it, or behind the brace: what is from there on is about it. */
  readonly from: number;
  /** The same for statements that differ in nothing but layout and spelling. */
  readonly form: string;
}

/** The text of a revision, divided. */
export interface RevisionParts {
  /** The statements of its functions. A function that is no plain one has `null`. */
  readonly statements: Readonly<Record<'upgrade' | 'downgrade', readonly RevisionStatement[] | null>>;
  /** What else is written by hand: functions beside these, values; neither imports nor the constants of a revision. */
  readonly others: readonly RevisionPart[];
}

/**
 * Divides the text of a revision into statements. Nothing is run.
 *
 * @returns `undefined` where it can't be parsed.
 */
export async function revisionParts(kind: RevisionSource['kind'], text: string): Promise<RevisionParts | undefined> {
  const parsed = await parsedProgram(kind, text);
  if (parsed === undefined) return undefined;
  const { program, text: plain } = parsed;
  const code = await withoutComments(plain);
  const partOf = ({ start, end }: { readonly start: number; readonly end: number }): RevisionPart => ({
    ...{ start, end, line: plain.slice(0, start).split('\n').length },
    code: code.slice(start, end),
  });
  const bodies = {
    upgrade: plainFunction(program, 'upgrade')?.body,
    downgrade: plainFunction(program, 'downgrade')?.body,
  };
  const listOf = (body: BlockStatement | undefined): readonly RevisionStatement[] | null =>
    body?.body.map((node, index) => ({
      ...partOf(node),
      from: body.body[index - 1]?.end ?? body.start + 1,
      form: canonicalStatement(node),
    })) ?? null;
  const known = new Set<string>(CONSTANT_NAMES);
  for (const [name, body] of Object.entries(bodies)) if (body !== undefined) known.add(name);
  const others = program.body.filter(
    (node) => node.type !== 'ImportDeclaration' && !namesDeclaredBy(node).some((name) => known.has(name)),
  );
  return {
    statements: { upgrade: listOf(bodies.upgrade), downgrade: listOf(bodies.downgrade) },
    others: others.map(partOf),
  };
}

/** The statements of a function's body, each with the comments above it; none where it can't be parsed. */
export async function bodyStatements(body: string): Promise<readonly Pick<RevisionStatement, 'code' | 'form'>[]> {
  const text = `async function body(op) {\n${body}\n}`;
  const [node] = (await parsedProgram('ts', text))?.program.body ?? [];
  if (node?.type !== 'FunctionDeclaration') return [];
  const { start, body: statements } = node.body;
  return statements.map((statement, index) => ({
    code: text.slice(statements[index - 1]?.end ?? start + 1, statement.end).replace(/^\s*\n/, ''),
    form: canonicalStatement(statement),
  }));
}

/** A function of a revision that is written as one. */
export interface PlainFunction {
  readonly body: BlockStatement;
  /** The name of its parameter: `null` for none, `undefined` where it is taken apart. */
  readonly parameter: string | null | undefined;
}

/** The function of that name; `undefined` where it is none, or none with a body of statements. */
export function plainFunction(program: Program, name: string): PlainFunction | undefined {
  for (const node of program.body) {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    const found =
      declaration?.type === 'VariableDeclaration'
        ? declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)?.init
        : declaration?.type === 'FunctionDeclaration' && declaration.id?.name === name
          ? declaration
          : undefined;
    if (found == null || !isFunctionNode(found)) continue;
    const { body } = found as AnonymousFunctionDeclaration | ArrowFunctionExpression;
    if (body.type !== 'BlockStatement') continue;
    return { body, parameter: parameterOf(found) };
  }
  return undefined;
}

function parameterOf(node: AnyNode): PlainFunction['parameter'] {
  const [parameter] = (node as ArrowFunctionExpression).params;
  if (parameter === undefined) return null;
  return parameter.type === 'Identifier' ? parameter.name : undefined;
}

function namesDeclaredBy(node: AnyNode): readonly string[] {
  const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
  if (declaration?.type === 'VariableDeclaration') return declaration.declarations.flatMap(({ id }) => namesIn(id));
  return declaration?.type === 'FunctionDeclaration' && declaration.id !== null ? [declaration.id.name] : [];
}
