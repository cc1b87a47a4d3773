import { type Statement } from '../ddl/statement.js';
import { type ConcurrentStatements } from './concurrent-statements.js';
import { type SessionLimits } from './limits.js';
import { type LockHolder } from './lock.js';
import { type PartialStatements } from './partial-statements.js';
import { type RowBatches } from './row-batches.js';
import { type ServerSession } from './server-session.js';
import { type SessionSettings } from './settings.js';
import { type SqlSession } from './sql-session.js';
import { type LockingTransaction, type TransactionMark } from './transaction.js';

/** The schema in which a session creates a table whose name includes none. */
export interface HomeSchema {
  /** `null` where there is no such schema. */
  readonly schema: string | null;
  /**
   * Another schema in which the session would find the version table, where the first has none; `null` where there is
   * no such schema.
   */
  readonly elsewhere: string | null;
}

/** How a run treats a session of an engine. */
export interface SessionRules {
  /** Refuses a server that the driver was not made for, before anything else is read. */
  verifyServer(session: SqlSession): Promise<void>;
  /**
   * The schema in which the session creates tables whose names include none. Called once, since a revision may change
   * it. Absent where it is the same for every session.
   */
  homeSchema?(session: SqlSession, versionTable: string): Promise<HomeSchema>;
  /** The queries that {@link verifyServer} and {@link homeSchema} send, to be asked together where the driver can. */
  opening?(versionTable: string): readonly string[];
  /**
   * Returns a clear error in place of one that does not say what it means, such as that of a cluster member which
   * refuses statements; else returns the error itself. Absent where the engine has no such errors. To be called with
   * the session that failed.
   */
  explain?(session: SqlSession, error: unknown): Promise<unknown>;
  /**
   * Sends a statement that is written differently where a backslash does not escape in the strings of the session, and
   * lets it escape meanwhile. Absent where {@link Statement.portable} is.
   */
  escaping?<T>(session: SqlSession, statement: Statement, send: (sql: string) => Promise<T>): Promise<T>;
  /** Does something while the session compares no rows for foreign keys. Absent where {@link Statement.unchecked} is. */
  unchecked?<T>(session: SqlSession, work: () => Promise<T>): Promise<T>;
  /** What is known about the server's side of a session; absent where there is no server. */
  readonly server?: ServerSession;
  /** How the server keeps a session from writing: around a transaction, and in it. */
  readonly readOnly: {
    /** What is sent before the transaction, so that a statement which ends it gains nothing. */
    readonly before: readonly string[];
    /** Begins a transaction that cannot write; absent where transactions have no such kind. */
    readonly begin?: string;
    /** What is sent in it first, so that nothing in it can change that. */
    readonly first: readonly string[];
    /** What is sent behind it, so that the session is as it was. */
    readonly after: readonly string[];
  };
  /** How statements are limited; absent where the engine has no such settings. */
  readonly limits?: SessionLimits;
  /** How a session's settings are read and restored; absent where it has none that a revision could change. */
  readonly settings?: SessionSettings;
  /**
   * Statements that wait for transactions which they do not block, and what those leave behind; absent where there are
   * none.
   */
  readonly concurrent?: ConcurrentStatements;
  /**
   * The session that another session waits for while it executes a statement; `null` where it waits for none, or the
   * server does not tell. Absent where no other session can be in the way.
   */
  blockerOf?(session: Pick<SqlSession, 'query'>, sql: string): Promise<LockHolder | null>;
  /** Statements that may have committed some of their work when they fail; absent where there are none. */
  readonly partial?: PartialStatements;
  /** How rows are worked through in batches. */
  readonly batches: RowBatches;
  /** How to notice that a transaction has ended; absent where statements regularly end transactions. */
  readonly transactionMark?: TransactionMark;
  /** How a revision's transaction begins and ends where that transaction is the migration lock. */
  readonly lockingTransaction?: LockingTransaction;
}
