import { InvalidOperationError } from '../errors/operation.errors.js';
import { type Postcondition } from '../operations/operation.js';
import { type LexicalRules, type Token, tokensOf } from './sql/sql-lexer.js';

/** What a script expects of the version table before a step. */
export interface Expectation {
  /** The rows that have to be there, and no others. */
  readonly rows: readonly string[];
  /** What does not happen otherwise, such as `the upgrade of ae10`. */
  readonly subject: string;
  /** What statements outside of any transaction have to have done by now. */
  readonly done: readonly Postcondition[];
}

/**
 * How statements are written down for the engine's own command line client, which reads more out of a script than the
 * server does: `\` commands, `delimiter`, variables. Every answer is text for lines of the script.
 */
export interface ScriptSyntax {
  /** The command that runs a script, for people. */
  readonly usage: string;
  /** Settings under which the script means what it says, whatever the session's own are. */
  readonly opening: readonly string[];
  /** What a script ends with. */
  readonly closing?: readonly string[];
  readonly begin: readonly string[];
  readonly commit: readonly string[];
  /**
   * One statement with what ends it. The client hands the server the very same statement, whatever stands in it.
   *
   * @throws InvalidOperationError where the client would read on behind the statement, or take a part of it for itself.
   */
  statement(sql: string): string;
  /**
   * Statements that fail unless the version table is as expected, and after which nothing up to the next guard takes
   * effect then, although a client may go on behind an error.
   */
  guard(expected: Expectation): readonly string[];
  /**
   * Where a statement may change in which schema the version table is looked for: lines that go before the statements of its
   * revision, and such that lead back, before its rows are moved. Absent where nothing does, or the tables' names say all.
   */
  readonly ownPlace?: {
    readonly isChangedBy: (sql: string) => boolean;
    readonly remember: readonly string[];
    readonly restore: readonly string[];
  };
  /**
   * For engines with transactional DDL: how a revision's transaction is left for statements that run outside of any.
   * `before` is the end of the transaction, `after` stands behind its commit: where it failed, nothing that follows
   * takes effect. Absent where a failure can't be followed by anything, so that nothing has to be checked.
   */
  leave?(mark: string): { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** The tokens of a statement that a client can read to its end and no further. */
export function completeTokens(sql: string, rules: LexicalRules): readonly Token[] {
  const tokens = tokensOf(sql, rules);
  const open = tokens.find(({ closed }) => !closed);
  if (open === undefined) return tokens;
  const what = { code: 'text', string: 'string', name: 'quoted name', body: 'dollar-quoted body' } as const;
  const name = open.kind === 'lineComment' || open.kind === 'blockComment' ? 'comment' : what[open.kind];
  throw refused(sql, `holds a ${name} that is never closed`);
}

/** A statement that can't stand in a script. */
export function refused(sql: string, problem: string): InvalidOperationError {
  const line = sql.replace(/\s+/g, ' ').trim();
  const shown = line.length <= 80 ? line : `${line.slice(0, 79)}…`;
  return new InvalidOperationError('execute', `the statement [${shown}] ${problem}.`);
}

/** The text with changes made to its tokens; `change` answers what a token becomes. */
export function mapTokens(
  sql: string,
  tokens: readonly Token[],
  change: (text: string, token: Token) => string,
): string {
  return tokens.map((token) => change(sql.slice(token.start, token.end), token)).join('');
}

/** A semicolon behind the statement; on a line of its own where a comment would swallow it. */
export function withSemicolon(sql: string, tokens: readonly Token[]): string {
  return tokens.at(-1)?.kind === 'lineComment' ? `${sql}\n;` : `${sql};`;
}
