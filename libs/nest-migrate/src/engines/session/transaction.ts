import { type SqlSession } from './sql-session.js';

/** How to tell one transaction from the next. */
export interface TransactionMark {
  /**
   * A query for the mark of the open transaction, which must run first in it. Its value is null where there is no mark.
   */
  readonly begun: string;
  /** A query that has the same value as long as that transaction is open. */
  readonly now: string;
  /** A condition that is true as long as that transaction is open; absent where only {@link now} tells. */
  isOpen?(mark: string): string;
  /** A query for the outcome of a transaction, `committed` or `aborted`; absent where the engine cannot tell. */
  fate?(mark: string): string;
}

/**
 * A transaction that excludes every other writer, on an engine without another lock. Since the lock ends with each
 * transaction, the next one plans again from the rows that it finds when it has begun.
 */
export interface LockingTransaction {
  /** Runs before the transaction, for settings that cannot be changed inside it. */
  prepare(session: SqlSession): Promise<void>;
  /** The statement that begins it. */
  readonly begin: string;
  /** Whether `begin` failed because another process holds the lock. */
  readonly isBusy: (error: unknown) => boolean;
  /** Runs first inside the transaction. */
  begun(session: SqlSession): Promise<void>;
  /** Runs last inside the transaction. If it throws, the transaction is rolled back. */
  beforeCommit(session: SqlSession): Promise<void>;
  /** Runs after the transaction, however it ended. */
  ended(session: SqlSession): Promise<void>;
}
