import { type Capabilities } from './capabilities.js';
import { type ExistingTable, type Operation, type Postcondition } from '../operations/operation.js';
import { type EncodedValue } from '../operations/value.js';
import { type Cluster } from './cluster.js';
import { type HistoryTableSql } from './tables/history-table.js';
import { type JournalTableSql } from './tables/journal-table.js';
import { type LockTableSql } from './tables/lock-table.js';
import { type LockRelease } from './sql/lock-release.js';
import { type PartialStatements } from './partial-statements.js';
import { type ScriptSyntax } from './script-syntax.js';
import { type SessionLimits } from './session-limits.js';
import { type SessionSettings } from './session-settings.js';
import { type Statement } from './ddl/statement.js';

/** The engine, as `op.dialect` has it. PGlite is `postgres`. */
export type DialectName = 'postgres' | 'mysql' | 'mariadb' | 'sqlite';

/** Runs single statements on the one connection that a run has pinned. */
export interface SqlSession {
  /** The rows of a query. `params` are MikroORM's `?` placeholders, interpolated on the client. */
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  /** Runs one statement and returns how many rows it changed (0 where the driver does not say). */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
}

/** The session that holds the migration lock, as far as the server tells. */
export interface LockHolder {
  /** The server's number of the session: a process id on PostgreSQL, a connection id on MySQL and MariaDB. */
  readonly pid: number;
  /** The member of the cluster that the session is connected to; absent where the server is in no cluster. */
  readonly member?: string;
  /**
   * On PostgreSQL the application name of the session, on MySQL and MariaDB its user, in a cluster its process; else
   * `null`.
   */
  readonly application: string | null;
  /** The address that the session comes from; `null` where it is local or the role may not see it. */
  readonly address: string | null;
  /** When its session or statement began, or it took the lock of a cluster; ISO 8601 in UTC. `null`: not known. */
  readonly since: string | null;
  /** What the session runs at the moment, on one line; `null` where it runs nothing, or the role may not see it. */
  readonly statement: string | null;
}

/**
 * The lock of one database and version table. It belongs to the session: the server releases it when the session ends,
 * however it ends. Taking it never waits on the server, since a session waiting inside `pg_advisory_lock` would
 * deadlock with `create index concurrently`. The runtime polls instead.
 */
export interface MigrationLock {
  /**
   * Checks that the server keeps one session for this client, before a lock of that session is taken. Absent where
   * nothing can be between client and server.
   *
   * @throws SessionNotKeptError
   */
  prepare?(session: SqlSession, way: WayToServer): Promise<void>;
  tryAcquire(session: SqlSession): Promise<boolean>;
  /**
   * Repeats the check when the lock is taken, before anything else is done: a busy pooler may not have shown at the
   * first check. Releases the lock if it fails.
   *
   * @throws SessionNotKeptError
   */
  confirm?(session: SqlSession, way: WayToServer): Promise<void>;
  /**
   * Releases the lock. Returns `false` where it was no longer held, since a statement has released it.
   *
   * @throws SessionNotKeptError where another session of the server holds it.
   */
  release(session: SqlSession, way: WayToServer): Promise<boolean>;
  /** The current holder; `null` where the lock is free or the role may not see it. */
  holder(session: SqlSession): Promise<LockHolder | null>;
}

/** How the client reaches the server: directly, or through a program such as a pooler. */
export interface WayToServer {
  /**
   * Whether one of the client's connections is the server session with that number; `false` also where that cannot be
   * known.
   */
  leadsTo(pid: number): Promise<boolean>;
  /** Opens a separate connection; `undefined` where that fails. */
  openBeside(): Promise<SideSession | undefined>;
}

/** A connection beside those of the pool. A query without a reply within seconds fails. */
export interface SideSession {
  query<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  close(): Promise<void>;
}

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

/** The statements that keep the version table, with names already quoted. */
export interface VersionTableSql {
  /** One row: `present` is whether the table exists, `schema_present` whether its schema does. */
  readonly exists: string;
  /**
   * What the column `version_num` can hold; no row where the table has no such column. `max_length` is in characters,
   * null without a limit. `collation_name` is null where different texts are always different. `data_type` is the
   * engine's name of the type, and `is_text` is whether it holds any text unchanged.
   */
  readonly column: string;
  /** Makes the column of a table that another tool created as wide and as exact as in this tool's own table. */
  readonly widen: string;
  /** What to do where the schema is missing. */
  readonly createSchema: string;
  readonly create: string;
  readonly select: string;
  insert(revision: string): string;
  delete(revision: string): string;
  /** Deletes every row, including rows that no other statement could name. */
  readonly clear: string;
  update(from: string, to: string): string;
}

/** What a failed build has left behind, and the statement that removes it. */
export interface Remains {
  /** For messages. */
  readonly name: string;
  readonly drop: string;
}

/** Statements that work in several transactions, and wait for those of other sessions in between. */
export interface ConcurrentStatements {
  includes(sql: string): boolean;
  /** Called before the statement is sent. Returns a function that finds out what is left if the statement fails. */
  watch(session: SqlSession, sql: string): Promise<(error: unknown) => Promise<Remains | undefined>>;
  /** The session whose transaction the statement is waiting for. To be called with another session. */
  awaited(session: Pick<SqlSession, 'query'>, sql: string): Promise<LockHolder | null>;
}

/** One database engine as the rest of the library sees it. */
export interface Dialect {
  readonly name: DialectName;
  readonly capabilities: Capabilities;
  /**
   * The SQL of an operation, in order; empty where the engine needs none (a comment on an engine without comments).
   * Works without a connection. Throws `UnsupportedOperationError` where the engine has no such feature.
   */
  statements(operation: Operation): readonly Statement[];
  /** SQL with its `?` and `??` placeholders filled in, exactly as MikroORM would send it. */
  format(sql: string, params: readonly EncodedValue[]): string;
  /** Identifiers quoted one by one and joined with dots; a dot inside a name stays part of the name. */
  quote(...names: readonly (string | undefined)[]): string;
  /**
   * The first words of a statement, in SQL of a revision, that begins or ends a transaction, such as `commit`;
   * `undefined` where there is none at the top level. What a routine does when it is called can be noticed only after
   * the call. Outside of a transaction a savepoint may begin one.
   */
  transactionControl(sql: string, inTransaction?: boolean): string | undefined;
  /**
   * The part of SQL of a revision that would let go of the migration lock together with all other locks of the session;
   * absent where the engine has nothing that does.
   */
  lockRelease?(sql: string): LockRelease | undefined;
  /**
   * Sends a statement that is written differently where a backslash does not escape in the strings of the session, and
   * lets it escape meanwhile. Absent where {@link Statement.portable} is.
   */
  escaping?<T>(session: SqlSession, statement: Statement, send: (sql: string) => Promise<T>): Promise<T>;
  versionTable(table: string, schema: string | undefined): VersionTableSql;
  historyTable(table: string, schema: string | undefined): HistoryTableSql;
  journalTable(table: string, schema: string | undefined): JournalTableSql;
  /** A query whose first value is true where a postcondition holds. */
  holds(postcondition: Postcondition): string;
  /**
   * How a script for the engine's command line client is written; `table` and `schema` are those of the version table.
   * A script that takes the migration lock waits for it up to `lockWaitTimeout` milliseconds.
   */
  script(table: string, schema: string | undefined, lockWaitTimeout: number): ScriptSyntax;
  /**
   * The lock of this database and version table; `null` where the engine has no lock that lasts as long as a session.
   */
  lock(versionTable: string, schema: string | undefined): MigrationLock | null;
  /** The same lock for a transaction; absent where the engine has none, or none that a pooler would be needed for. */
  transactionLock?(versionTable: string, schema: string | undefined): TransactionLock | null;
  /**
   * The cluster that the session's server is a member of; `null` where it is in none. Absent where the engine has no
   * cluster whose members all accept writes.
   *
   * @throws ClusterNotVisibleError | MemberNotReadyError | ReadOnlyMemberError
   */
  cluster?(session: SqlSession): Promise<Cluster | null>;
  /** The table that holds the lock of a cluster, where {@link cluster} exists. */
  lockTable?(table: string, schema: string | undefined): LockTableSql;
  /**
   * The schema in which the session creates tables whose names include none. Called once, since a revision may change
   * it. Absent where it is the same for every session.
   */
  homeSchema?(session: SqlSession, versionTable: string): Promise<HomeSchema>;
  /** Refuses a server that the driver was not made for, before anything else is read. */
  verifyServer(session: SqlSession): Promise<void>;
  /**
   * Returns a clear error in place of one that does not say what it means, such as that of a cluster member which
   * refuses statements; else returns the error itself. Absent where the engine has no such errors. To be called with
   * the session that failed.
   */
  explain?(session: SqlSession, error: unknown): Promise<unknown>;
  /**
   * The statements of operations that together change one table, or of a single operation, where they depend on the
   * table as it is. Absent where `statements` never reads the table. Each statement has to be run before the next is
   * requested.
   */
  statementsOn?(session: SqlSession, operations: readonly Operation[]): AsyncIterable<Statement>;
  /** The same without a connection, for the table as the revision describes it. */
  statementsFrom?(existing: ExistingTable | undefined, operations: readonly Operation[]): readonly Statement[];
  /** Whether alterations of one table rebuild it, or have to read it; absent where no table is ever rebuilt. */
  needsTable?(alterations: readonly Operation[], existing: ExistingTable): boolean;
  /**
   * Statements that wait for transactions which they do not block, and what those leave behind; absent where there are
   * none.
   */
  readonly concurrent?: ConcurrentStatements;
  /** Statements that may have committed some of their work when they fail; absent where there are none. */
  readonly partial?: PartialStatements;
  /** How statements are limited; absent where the engine has no such settings. */
  readonly limits?: SessionLimits;
  /** What is known about the server's side of a session; absent where there is no server. */
  readonly server?: ServerSession;
  /** How a session's settings are read and restored; absent where it has none that a revision could change. */
  readonly settings?: SessionSettings;
  /** How to notice that a transaction has ended; absent where statements regularly end transactions. */
  readonly transactionMark?: TransactionMark;
  /** How a revision's transaction begins and ends where that transaction is the migration lock. */
  readonly lockingTransaction?: LockingTransaction;
}

/** The server's side of a session. */
export interface ServerSession {
  /** A query for the number by which the server and the driver identify the session. */
  readonly number: string;
  /** The server setting that ended the session, where the code of the error tells. */
  endedBy(error: unknown): string | undefined;
}

/** How to tell one transaction from the next. */
export interface TransactionMark {
  /**
   * A query for the mark of the open transaction, which must run first in it. Its value is null where there is no mark.
   */
  readonly begun: string;
  /** A query that has the same value as long as that transaction is open. */
  readonly now: string;
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
