import { type Operation } from '../../operations/operation.js';
import { type SqlSession } from '../session/sql-session.js';

/** What other sessions cannot do with a table for as long as a statement holds its lock. */
export interface Blocked {
  /** Whether a `select` waits. */
  readonly reads: boolean;
  /** Whether an `insert`, an `update` or a `delete` waits. */
  readonly writes: boolean;
  /** Whether a change of the schema waits. */
  readonly schemaChanges: boolean;
}

/**
 * How the time of a statement grows. `metadata`: it does not, however many rows there are; `scan`: the rows, or an
 * index, are read; `rewrite`: the table is written again.
 */
export type Work = 'metadata' | 'scan' | 'rewrite';

/** What a statement does to one table that was there before it. */
export interface TableImpact {
  readonly schema: string | undefined;
  readonly table: string;
  /** The lock in the words of the engine: `AccessExclusiveLock`, `SHARED`; `null` where it has none. */
  readonly lock: string | null;
  readonly blocks: Blocked;
  readonly work: Work;
  /** The indexes that are built or written again while the lock is held. */
  readonly indexes: readonly string[];
  /**
   * The rows that no other session can change until the transaction ends, where the statement locks rows beside the
   * table. `all`: `blocks.writes` is true; `some`: those that its condition finds; `null`: it locks none.
   */
  readonly rows: 'all' | 'some' | null;
  /** Whether an earlier statement of the same run has created it, so that no request of the application uses it yet. */
  readonly isNew: boolean;
}

/** What one statement does to a database while it runs. */
export interface StatementImpact {
  readonly tables: readonly TableImpact[];
  /** MySQL and MariaDB: the cheapest algorithm that the server accepts; `null` for others, and for other statements. */
  readonly algorithm: 'INSTANT' | 'NOCOPY' | 'INPLACE' | 'COPY' | null;
  /**
   * How it is known. `measured`: the engine told while the statement ran; `table`: from the table that a test on a
   * server keeps true, where this engine has no second session; `unknown`: it is not known, and `reason` says why.
   */
  readonly source: 'measured' | 'table' | 'unknown';
  readonly reason: string | null;
}

/** The session of a run on a scratch database, which no one else uses. */
export interface MeasuredSession extends SqlSession {
  readonly inTransaction: boolean;
  /** Ends the open transaction, so that it holds no lock, and begins another one with the same settings. */
  renew(): Promise<void>;
  /** Does the work in a transaction of its own. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /** Does the work with another session of the same database. */
  another<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
}

/** Sends the statements of one run on a scratch database and tells what each did. It remembers what the run creates. */
export interface ImpactMeter {
  /**
   * @param sql The statement; `null` for work that is not known beforehand.
   * @param send Sends it, or a statement that does the same.
   */
  measure(session: MeasuredSession, sql: string | null, send: (sql: string) => Promise<void>): Promise<StatementImpact>;
}

/** A statement of a revision and what it does. */
export interface MeasuredStatement {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  /** The place of the statement in its revision, from 0. */
  readonly ordinal: number;
  /** `op.transaction` for work through the ORM. */
  readonly sql: string;
  /**
   * The operations that the statement is made of; several where the engine takes them together, none for `op.query` and
   * `op.transaction`.
   */
  readonly operations: readonly Operation[];
  /** Whether it runs outside of the transaction of its revision. */
  readonly outsideTransaction: boolean;
  readonly impact: StatementImpact;
}
