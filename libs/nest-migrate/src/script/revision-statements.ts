import type { AnyNode, BlockStatement } from 'acorn';
import { canonicalStatement } from './canonical-program.js';
import { plainFunction } from './declared-function.js';
import { namesIn } from './module-bindings.js';
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
  const functions = { upgrade: plainFunction(program, 'upgrade'), downgrade: plainFunction(program, 'downgrade') };
  const own = new Set<AnyNode | undefined>([functions.upgrade?.statement, functions.downgrade?.statement]);
  const listOf = (body: BlockStatement | undefined): readonly RevisionStatement[] | null =>
    body?.body.map((node, index) => ({
      ...partOf(node),
      from: body.body[index - 1]?.end ?? body.start + 1,
      form: canonicalStatement(node),
    })) ?? null;
  const known = new Set<string>(CONSTANT_NAMES);
  const others = program.body.filter(
    (node) =>
      node.type !== 'ImportDeclaration' && !own.has(node) && !namesDeclaredBy(node).some((name) => known.has(name)),
  );
  return {
    statements: { upgrade: listOf(functions.upgrade?.body), downgrade: listOf(functions.downgrade?.body) },
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

function namesDeclaredBy(node: AnyNode): readonly string[] {
  const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
  if (declaration?.type === 'VariableDeclaration') return declaration.declarations.flatMap(({ id }) => namesIn(id));
  return declaration?.type === 'FunctionDeclaration' && declaration.id !== null ? [declaration.id.name] : [];
}
