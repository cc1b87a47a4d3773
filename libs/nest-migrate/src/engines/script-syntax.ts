import { InvalidOperationError } from '../errors/operation.errors.js';
import { type Postcondition } from '../operations/operation.js';
import { type ScriptLoops } from './script-loop.js';
import { type LexicalRules, type Token, tokensOf } from './sql/sql-lexer.js';

/** The state of the version table that a script requires before a step. */
export interface Expectation {
  /** The exact rows that are required. */
  readonly rows: readonly string[];
  /** What is not done otherwise, such as `the upgrade of ae10`. */
  readonly subject: string;
  /** What statements outside of any transaction must have achieved by now. */
  readonly done: readonly Postcondition[];
}

interface LinesAround {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * How statements are written for the engine's own command line client, which interprets more of a script than the
 * server does: `\` commands, `delimiter`, variables. Every method returns text for lines of the script.
 */
export interface ScriptSyntax {
  /** The command that runs a script, as shown to users. */
  readonly usage: string;
  /** Settings that give the script its meaning, whatever the session's own settings are. */
  readonly opening: readonly string[];
  /** The end of a script. */
  readonly closing?: readonly string[];
  readonly begin: readonly string[];
  readonly commit: readonly string[];
  /**
   * One statement with its terminator. The client sends the server exactly this statement, whatever it contains.
   *
   * @throws InvalidOperationError where the client would read past the end of the statement, or interpret a part of it.
   */
  statement(sql: string): string;
  /** Lines around a statement that is portable; absent where there is none. */
  readonly escaping?: LinesAround;
  /** Lines around a statement that is `unchecked`; absent where there is none. */
  readonly unchecked?: LinesAround;
  /** Lines that fail with a message where a query returns a row; absent where no statement asks for that. */
  refusal?(query: string, message: string): readonly string[];
  /**
   * Statements that fail unless the version table is as expected. If they fail, nothing up to the next guard takes
   * effect, even with a client that continues after an error.
   */
  guard(expected: Expectation): readonly string[];
  /**
   * Where a statement may change the schema in which the version table is found: lines before the statements of its
   * revision, and lines that restore the schema before the rows are moved. Absent where no statement can, or where the
   * names of the tables include the schema.
   */
  readonly ownPlace?: {
    readonly isChangedBy: (sql: string) => boolean;
    readonly remember: readonly string[];
    readonly restore: readonly string[];
  };
  /** How rows are filled batch by batch; absent where the engine has no loops. */
  readonly loops?: ScriptLoops;
  /**
   * For engines with transactional DDL: how a revision's transaction is left for statements that run outside of any.
   * `before` is the end of the transaction, `after` follows its commit: if the commit failed, nothing after it takes
   * effect. Absent where nothing can follow a failure, so that no check is needed.
   */
  leave?(mark: string): { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** The tokens of a statement, which must end where a client stops reading it. */
export function completeTokens(sql: string, rules: LexicalRules): readonly Token[] {
  const tokens = tokensOf(sql, rules);
  const open = tokens.find(({ closed }) => !closed);
  if (open === undefined) return tokens;
  const what = { code: 'text', string: 'string', name: 'quoted name', body: 'dollar-quoted body' } as const;
  const name = open.kind === 'lineComment' || open.kind === 'blockComment' ? 'comment' : what[open.kind];
  throw refused(sql, `holds a ${name} that is never closed`);
}

/** The error for a statement that can't be part of a script. */
export function refused(sql: string, problem: string): InvalidOperationError {
  const line = sql.replace(/\s+/g, ' ').trim();
  const shown = line.length <= 80 ? line : `${line.slice(0, 79)}…`;
  return new InvalidOperationError('execute', `the statement [${shown}] ${problem}.`);
}

/** The text with changed tokens; `change` returns the new text of a token. */
export function mapTokens(
  sql: string,
  tokens: readonly Token[],
  change: (text: string, token: Token) => string,
): string {
  return tokens.map((token) => change(sql.slice(token.start, token.end), token)).join('');
}

/** The statement with a semicolon, on its own line where a comment would swallow it. */
export function withSemicolon(sql: string, tokens: readonly Token[]): string {
  return tokens.at(-1)?.kind === 'lineComment' ? `${sql}\n;` : `${sql};`;
}
