import { type Capabilities } from './capabilities.js';
import { type ExistingTable, type Operation, type Postcondition } from '../operations/operation.js';
import { type EncodedValue } from '../operations/value.js';
import { type Cluster } from './session/cluster.js';
import { type HistoryTableSql } from './tables/history-table.js';
import { type JournalTableSql } from './tables/journal-table.js';
import { type LockTableSql } from './tables/lock-table.js';
import { type ScriptSyntax } from './script-syntax.js';
import { type SessionLimits } from './session/limits.js';
import { type SessionSettings } from './session/settings.js';
import { type Statement } from './ddl/statement.js';
import { type DialectName } from './dialect-name.js';
import { type ConcurrentStatements } from './session/concurrent-statements.js';
import { type HomeSchema } from './session/home-schema.js';
import { type MigrationLock } from './session/lock.js';
import { type ServerSession } from './session/server-session.js';
import { type SqlSession } from './session/sql-session.js';
import { type LockingTransaction, type TransactionMark } from './session/transaction.js';
import { type TransactionLock } from './session/transaction-lock.js';
import { type VersionTableSql } from './tables/version-table.js';

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
   * the call.
   */
  transactionControl(sql: string): string | undefined;
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
