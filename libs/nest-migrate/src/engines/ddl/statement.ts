import { type Postcondition } from '../../operations/operation.js';

/**
 * What a statement does to the database: `schema` changes the catalogue, `data` changes rows, `unknown` is SQL that a
 * revision wrote itself.
 */
export type StatementEffect = 'schema' | 'data' | 'unknown';

/** One SQL statement of an operation: exactly one, never two joined by a semicolon, and without parameters. */
export interface Statement {
  /** Position within its operation, from 0. */
  readonly ordinal: number;
  readonly sql: string;
  readonly effect: StatementEffect;
  /** How the catalogue shows that the statement took effect; absent where it does not show. */
  readonly postcondition?: Postcondition;
  /** True where running it a second time has no further effect. */
  readonly repeatable?: boolean;
  /** What has to run before the statement is repeated after it died or failed half-way; absent where nothing has to. */
  readonly cleanup?: string;
  /**
   * The same for sessions in which a backslash may not escape; absent where that does not matter. To be run while it
   * does: {@link SessionRules.escaping}.
   */
  readonly portable?: string;
  /** True where it runs while the session compares no rows for foreign keys: {@link SessionRules.unchecked}. */
  readonly unchecked?: boolean;
  /** What is wrong where the statement, a query, returns a row; absent where it is none that must return nothing. */
  readonly wrongRow?: string;
  /** True where the engine refuses to run it inside a transaction block. */
  readonly outsideTransaction?: boolean;
  /**
   * True where it was made from what the database had before the first statement of its operation. A run that goes on
   * after another makes such statements again, from what is still to do, so that none of them is noted.
   */
  readonly fromDatabase?: boolean;
  /** True where what it does is only whole together with later statements of the same transaction. */
  readonly needsTransaction?: boolean;
}

/** A statement for a message: on one line, with single blanks, and cut to a length. */
export function onOneLine(sql: string | null): string | null {
  if (sql === null) return null;
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/**
 * Whether a statement whose effect is not known only changes rows, judged by its first word. Then it can be part of a
 * transaction.
 */
export function changesRows(sql: string): boolean {
  const text = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/, '');
  return /^(?:insert|update|delete|merge)\b/i.test(text);
}
