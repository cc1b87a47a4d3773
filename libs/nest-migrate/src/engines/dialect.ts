import { type Capabilities } from './capabilities.js';
import { type ExistingTable, type Operation, type Postcondition } from '../operations/operation.js';
import { type EncodedValue } from '../operations/value.js';
import { type Cluster } from './cluster.js';
import { type HistoryTableSql } from './tables/history-table.js';
import { type JournalTableSql } from './tables/journal-table.js';
import { type LockTableSql } from './tables/lock-table.js';
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
  /** Runs one statement and answers how many rows it changed (0 where the driver does not say). */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
}

/** The session that holds the migration lock, as far as the server tells. */
export interface LockHolder {
  /** The server's number of the session: a process id on PostgreSQL, a connection id on MySQL and MariaDB. */
  readonly pid: number;
  /** The member of the cluster that the session is connected to; absent where the server is on its own. */
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
 * The lock of one database and version table. It belongs to the session: the server frees it when the session ends,
 * however it ends. Taking it never waits on the server (a waiter inside `pg_advisory_lock` would deadlock
 * `create index concurrently`): the runtime polls.
 */
export interface MigrationLock {
  /**
   * Makes sure that the server keeps one session for this one, before a lock is taken that belongs to it. Absent where
   * nothing can stand between.
   *
   * @throws SessionNotKeptError
   */
  prepare?(session: SqlSession, way: WayToServer): Promise<void>;
  tryAcquire(session: SqlSession): Promise<boolean>;
  /**
   * The same once the lock is taken, before anything else is done: a busy pooler may have hidden from the first look. What was
   * taken is let go of then.
   *
   * @throws SessionNotKeptError
   */
  confirm?(session: SqlSession, way: WayToServer): Promise<void>;
  /**
   * Lets go of it. `false`: it was not held any more, since something that ran has let go of it.
   *
   * @throws SessionNotKeptError where another session of the server has it.
   */
  release(session: SqlSession, way: WayToServer): Promise<boolean>;
  /** Whoever holds it now, or `null` when nobody does or the role may not look. */
  holder(session: SqlSession): Promise<LockHolder | null>;
}

/** How the client reaches the server: itself, or through a program that stands between. */
export interface WayToServer {
  /** Whether this client has a connection that is the server session with that number; `false` also where nothing tells. */
  leadsTo(pid: number): Promise<boolean>;
  /** A connection of its own; `undefined` where there is none to be had. */
  openBeside(): Promise<SideSession | undefined>;
}

/** A connection beside those of the pool. A query that gets no answer within seconds fails. */
export interface SideSession {
  query<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  close(): Promise<void>;
}

/**
 * The same lock for connections that go through a pooler which gives a session to somebody else after each transaction: it
 * belongs to a transaction, kept open for it on a connection of its own.
 */
export interface TransactionLock {
  /** Runs inside the transaction that is to hold the lock, first of all. */
  prepare(session: SqlSession): Promise<void>;
  /** Takes the lock until the transaction ends. Never waits on the server. */
  tryAcquire(session: SqlSession): Promise<boolean>;
  /** Whoever holds it now, or `null` when nobody does or the role may not look. */
  holder(session: SqlSession): Promise<LockHolder | null>;
  /**
   * Takes a second lock, until the transaction ends that is to do the work: a run that is dead or has lost the first lock may
   * still have one open. Never waits on the server.
   */
  tryAcquireWork(session: SqlSession): Promise<boolean>;
  /** Whoever holds the second lock now. */
  workHolder(session: SqlSession): Promise<LockHolder | null>;
  /** Another session that runs this statement at the moment, or `null`. */
  runner(session: SqlSession, sql: string): Promise<LockHolder | null>;
}

/** Where a session makes a table whose name says no schema. */
export interface HomeSchema {
  /** `null` where it has no such place. */
  readonly schema: string | null;
  /** Another schema in which the session would find the version table, which is not in the first; `null`: there is none. */
  readonly elsewhere: string | null;
}

/** The statements that keep the version table, with names already quoted. */
export interface VersionTableSql {
  /** One row: `present` says whether the table is there, `schema_present` whether the schema is that it lives in. */
  readonly exists: string;
  /**
   * What the column `version_num` can hold; no row where the table has no such column. `max_length` in characters,
   * null without a limit; `collation_name` null where two different texts are always different; `data_type` as the engine
   * calls it, and `is_text` whether it holds any text to the letter.
   */
  readonly column: string;
  /** Makes the column of a table that others made as wide and as exact as that of a table of ours. */
  readonly widen: string;
  /** What people do where the schema is missing. */
  readonly createSchema: string;
  readonly create: string;
  readonly select: string;
  insert(revision: string): string;
  delete(revision: string): string;
  /** Deletes every row, also such as no statement could name. */
  readonly clear: string;
  update(from: string, to: string): string;
}

/** What a failed build has left, and the statement that takes it away. */
export interface Remains {
  /** For people. */
  readonly name: string;
  readonly drop: string;
}

/** Statements that do their work in several transactions and wait for those of others in between. */
export interface ConcurrentStatements {
  includes(sql: string): boolean;
  /** Asked before the statement is sent. Answers a question for after its failure: what has it left? */
  watch(session: SqlSession, sql: string): Promise<(error: unknown) => Promise<Remains | undefined>>;
  /** The session for whose transaction that statement waits at the moment; asked on another session. */
  awaited(session: Pick<SqlSession, 'query'>, sql: string): Promise<LockHolder | null>;
}

/** One database engine as the rest of the library sees it. */
export interface Dialect {
  readonly name: DialectName;
  readonly capabilities: Capabilities;
  /**
   * The SQL of an operation, in order; empty where the engine needs none (a comment on an engine without comments).
   * Works without a connection. Throws `UnsupportedOperationError` where the engine has no such thing.
   */
  statements(operation: Operation): readonly Statement[];
  /** SQL with its `?` and `??` placeholders filled in, exactly as MikroORM would send it. */
  format(sql: string, params: readonly EncodedValue[]): string;
  /** Identifiers quoted one by one and joined with dots; a dot inside a name stays part of the name. */
  quote(...names: readonly (string | undefined)[]): string;
  /**
   * The first words of a statement in SQL of a revision that begins or ends a transaction, such as `commit`; `undefined` where
   * there is none at the top level. What a routine does when it is called shows only behind the call.
   */
  transactionControl(sql: string): string | undefined;
  versionTable(table: string, schema: string | undefined): VersionTableSql;
  historyTable(table: string, schema: string | undefined): HistoryTableSql;
  journalTable(table: string, schema: string | undefined): JournalTableSql;
  /** A query whose first value is true where a postcondition holds. */
  holds(postcondition: Postcondition): string;
  /**
   * How a script for the engine's command line client is written; `table` and `schema` are the version table's. A script
   * that takes the migration lock waits for it up to `lockWaitTimeout` milliseconds.
   */
  script(table: string, schema: string | undefined, lockWaitTimeout: number): ScriptSyntax;
  /** The lock of this database and version table; `null` where the engine has no lock that lives with a session. */
  lock(versionTable: string, schema: string | undefined): MigrationLock | null;
  /** The same for a transaction; absent where the engine has none, or none that a pooler would be needed for. */
  transactionLock?(versionTable: string, schema: string | undefined): TransactionLock | null;
  /**
   * The cluster that the session's server is a member of; `null` where it is on its own. Absent where the engine has no
   * cluster whose members all take writes.
   *
   * @throws ClusterNotVisibleError | MemberNotReadyError | ReadOnlyMemberError
   */
  cluster?(session: SqlSession): Promise<Cluster | null>;
  /** The table that keeps the lock of a cluster, beside {@link cluster}. */
  lockTable?(table: string, schema: string | undefined): LockTableSql;
  /**
   * Where the session makes tables whose names say no schema: asked once, since a revision may change it. Absent where that
   * is the same for every session.
   */
  homeSchema?(session: SqlSession, versionTable: string): Promise<HomeSchema>;
  /** Refuses a server that is not what the driver was made for, before anything else is read. */
  verifyServer(session: SqlSession): Promise<void>;
  /**
   * What an error means that does not say so itself, such as that of a cluster's member which refuses statements; else the
   * error. Absent where there is none of that kind. Asked on the session that failed.
   */
  explain?(session: SqlSession, error: unknown): Promise<unknown>;
  /**
   * The statements of operations that together change one table, or of a single one, where they depend on the table as
   * it is; absent where `statements` needs no look. Each has to be run before the next is asked for.
   */
  statementsOn?(session: SqlSession, operations: readonly Operation[]): AsyncIterable<Statement>;
  /** The same without a connection: from what the revision says that the table is. */
  statementsFrom?(existing: ExistingTable | undefined, operations: readonly Operation[]): readonly Statement[];
  /** Whether alterations of one table take a new table, or a look at it; absent where no table is ever made anew. */
  needsTable?(alterations: readonly Operation[], existing: ExistingTable): boolean;
  /** Statements that wait for transactions which they do not block, and what they leave behind; absent: there are none. */
  readonly concurrent?: ConcurrentStatements;
  /** How statements are limited; absent where the engine has no such settings. */
  readonly limits?: SessionLimits;
  /** What is known of the server behind a session; absent where there is none. */
  readonly server?: ServerSession;
  /** How a session's settings are read and put back; absent where it has none that a revision could change. */
  readonly settings?: SessionSettings;
  /** How it is seen that a transaction has ended; absent where statements end transactions all the time. */
  readonly transactionMark?: TransactionMark;
  /** How a revision's transaction begins and ends where that transaction is the migration lock. */
  readonly lockingTransaction?: LockingTransaction;
}

/** The server's side of a session. */
export interface ServerSession {
  /** A query for the number by which the server and the driver call the session. */
  readonly number: string;
  /** The setting by which a server ended a session, where it says so: by the code of its error. */
  endedBy(error: unknown): string | undefined;
}

/** What tells one transaction from the next. */
export interface TransactionMark {
  /** A query for the mark of the open transaction, which runs inside first of all; its value is null where there is no telling. */
  readonly begun: string;
  /** A query that has the same value as long as that transaction is open. */
  readonly now: string;
  /** A query for what became of a transaction, `committed` or `aborted`; absent where nobody can be asked. */
  fate?(mark: string): string;
}

/**
 * A transaction that keeps every other writer out, on an engine without another lock. Since the lock ends with it, what
 * was planned before is planned again from the rows that are there once it has begun.
 */
export interface LockingTransaction {
  /** Runs before the transaction, for settings that it freezes. */
  prepare(session: SqlSession): Promise<void>;
  /** The statement that begins it. */
  readonly begin: string;
  /** Whether `begin` failed because somebody else holds the lock. */
  readonly isBusy: (error: unknown) => boolean;
  /** Runs inside, first of all. */
  begun(session: SqlSession): Promise<void>;
  /** Runs inside, last of all. A throw rolls the transaction back. */
  beforeCommit(session: SqlSession): Promise<void>;
  /** Runs after it, however it ended. */
  ended(session: SqlSession): Promise<void>;
}
