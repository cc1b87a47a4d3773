import { type LockHolder } from './lock.js';
import { type SqlSession } from './sql-session.js';

/**
 * The same lock for connections through a pooler, which gives a session to another client after each transaction. The
 * lock belongs to a transaction, which is kept open for it on a separate connection.
 */
export interface TransactionLock {
  /** Must run first inside the transaction that is to hold the lock. */
  prepare(session: SqlSession): Promise<void>;
  /** Takes the lock until the transaction ends. Never waits on the server. */
  tryAcquire(session: SqlSession): Promise<boolean>;
  /** The current holder; `null` where the lock is free or the role may not see it. */
  holder(session: SqlSession): Promise<LockHolder | null>;
  /**
   * Takes a second lock, which lasts until the end of the transaction that does the work: a run that is dead or has
   * lost the first lock may still have such a transaction open. Never waits on the server.
   */
  tryAcquireWork(session: SqlSession): Promise<boolean>;
  /** The current holder of the second lock. */
  workHolder(session: SqlSession): Promise<LockHolder | null>;
  /** Another session that is executing this statement, or `null`. */
  runner(session: SqlSession, sql: string): Promise<LockHolder | null>;
}
