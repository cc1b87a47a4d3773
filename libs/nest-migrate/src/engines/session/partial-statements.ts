/**
 * Why a statement may have done something that stays when it fails: a `body` of other statements may commit, such as
 * that of a procedure, and a `list` of objects is worked through one by one.
 */
export type PartialKind = 'body' | 'list';

/** Statements that may have done something that stays when they fail. All others take effect whole or not at all. */
export interface PartialStatements {
  /** The kind of such a statement, in SQL of a revision; `undefined` where it is none. */
  kindOf(sql: string): PartialKind | undefined;
  /**
   * A query for a number that has grown by two when the next statement has run in a single transaction, and by more
   * when that statement has ended its transaction. Absent where the server has no such number.
   */
  readonly transactions?: string;
  /** Whether a failure with that error has rolled back the whole transaction, and not only the statement. */
  rollsBack(error: unknown): boolean;
}
