import { dirname } from 'node:path';
import { type AbstractSqlConnection, type MikroORM } from '@mikro-orm/sql';
import { connectionError, type ConnectionAddress } from '../dialects/connection-error.js';
import { createDialect } from '../dialects/create-dialect.js';
import { type Dialect, type LockHolder, type TransactionLock } from '../dialects/dialect.js';
import { type StatementLimits } from '../dialects/session-limits.js';
import { type ScriptSyntax } from '../dialects/script-syntax.js';
import { databaseFile, embeddedDatabaseExists, embeddedFolder, holdEmbeddedDatabase } from './embedded-database.js';
import { type Emit } from './events.js';
import { type Folders } from './folder-lock.js';
import { type Host } from './host.js';
import { type HistoryLine, HistoryTable, historyTableName, type LastStep } from './history-table.js';
import { type InterruptedRevision, Journal, journalTableName } from './journal.js';
import { type Guard, withLimits } from './limited-session.js';
import { checkPoolOfTwo, type LockMode, transactionLockOf } from './lock-mode.js';
import { withMigrationLock } from './migration-lock.js';
import { PinnedSession } from './pinned-session.js';
import { PoolWatch } from './reserved-client.js';
import { type HeldLock, withTransactionLock } from './transaction-lock.js';
import { VersionTable } from './version-table.js';

/** What a database's own tables are called. */
export interface OwnTables {
  readonly versionTable: string;
  /** Absent means the connection's own schema. */
  readonly versionTableSchema: string | undefined;
  /** Whether there is a history table beside. */
  readonly history: boolean;
}

/** What a database's own tables are called, and where the lock of them lives. */
export interface DatabaseLocation extends OwnTables {
  readonly lock: LockMode;
}

/** How an exclusive run waits and tells. */
export interface ExclusiveOptions {
  readonly lockWaitTimeout: number;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}

/** What {@link MigrationDatabase.look} saw. */
export interface Look {
  readonly rows: readonly string[];
  readonly interrupted: InterruptedRevision | undefined;
  readonly holder: LockHolder | null;
  readonly last: LastStep | null;
}

/** One application database, reached through the ORM that the application configured. Opens nothing until asked. */
export class MigrationDatabase {
  readonly dialect: Dialect;
  readonly versionTable: VersionTable;
  readonly journal: Journal;
  /** Absent where the options switch it off. */
  readonly history: HistoryTable | undefined;
  readonly #transactionLock: TransactionLock | null;
  #verified = false;

  /** @throws InvalidOptionError where the engine has no lock of the kind that the options ask for. */
  constructor(
    readonly orm: MikroORM,
    private readonly location: DatabaseLocation,
    private readonly host: Host,
    private readonly folders: Folders,
  ) {
    this.dialect = createDialect(orm);
    this.#transactionLock = transactionLockOf(this.dialect, location.lock, location);
    this.versionTable = new VersionTable(
      location.versionTable,
      this.dialect.versionTable(location.versionTable, location.versionTableSchema),
      location.versionTableSchema === undefined ? undefined : this.dialect.quote(location.versionTableSchema),
    );
    const { history, versionTable, versionTableSchema } = location;
    const journal = journalTableName(versionTable);
    this.journal = new Journal(journal, this.dialect.journalTable(journal, versionTableSchema));
    const name = historyTableName(versionTable);
    this.history = history
      ? new HistoryTable(name, this.dialect.historyTable(name, versionTableSchema), clientOf(host))
      : undefined;
  }

  /** How a script for this database is written. Asks nobody. */
  scriptSyntax(lockWaitTimeout: number): ScriptSyntax {
    return this.dialect.script(this.location.versionTable, this.location.versionTableSchema, lockWaitTimeout);
  }

  /**
   * The database and its version table as a text that is the same for two ORMs that mean the same; `undefined` where their
   * options do not tell: in memory, or where something is set for each new connection, which may lead anywhere.
   */
  get place(): string | undefined {
    const table = [this.location.versionTableSchema ?? null, this.location.versionTable];
    if (this.dialect.capabilities.singleConnection) {
      const { folder } = this;
      return folder === undefined ? undefined : JSON.stringify([this.folders.location(folder), table]);
    }
    if (this.orm.config.get('onCreateConnection') !== undefined) return undefined;
    const { host, port, user, database } = this.#address();
    const driverOptions = this.orm.config.get('driverOptions') as { readonly options?: unknown } | undefined;
    const search = this.orm.config.get('clientUrl')?.split('?')[1] ?? '';
    const settings = typeof driverOptions?.options === 'string' ? driverOptions.options : '';
    return JSON.stringify([this.dialect.name, host, port ?? null, user, database, search, settings, table]);
  }

  /** Makes sure that the tool's own tables are there. To be called while holding the migration lock. */
  async ensureTables(session: PinnedSession): Promise<void> {
    await this.versionTable.ensure(session);
    await this.history?.ensure(session);
  }

  /** Whether the tool's own tables are all there. */
  async hasTables(session: PinnedSession): Promise<boolean> {
    return (await this.versionTable.exists(session)) && (await this.history?.isReady(session)) !== false;
  }

  /** The version table's rows. Creates nothing: an embedded database that is not there yet counts as empty. */
  async readRows(): Promise<readonly string[]> {
    return (await this.exists()) ? this.pin((session) => this.versionTable.read(session)) : [];
  }

  /** The version table's rows, and the revision that an earlier run has left unfinished. Creates nothing. */
  async glance(): Promise<{ readonly rows: readonly string[]; readonly interrupted: InterruptedRevision | undefined }> {
    if (!(await this.exists())) return { rows: [], interrupted: undefined };
    return this.pin(async (session) => ({
      rows: await this.versionTable.read(session),
      interrupted: await this.journal.interrupted(session),
    }));
  }

  /** All that there is to see of a database in passing. Creates nothing, and asks nobody to wait. */
  async look(): Promise<Look> {
    if (!(await this.exists())) return { rows: [], interrupted: undefined, holder: null, last: null };
    const { versionTable, versionTableSchema } = this.location;
    const lock = this.dialect.lock(versionTable, versionTableSchema);
    return this.pin(async (session) => ({
      rows: await this.versionTable.read(session),
      interrupted: await this.journal.interrupted(session),
      holder: (await lock?.holder(session)) ?? null,
      last: (await this.history?.last(session)) ?? null,
    }));
  }

  /** What each revision stood on when it was applied, as the history has it. Creates nothing. */
  async readParents(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { history } = this;
    if (history === undefined || !(await this.exists())) return new Map();
    return this.pin((session) => history.parents(session));
  }

  /** What the history has of each revision that was applied. Creates nothing. */
  async readHistory(): Promise<readonly HistoryLine[]> {
    const { history } = this;
    if (history === undefined || !(await this.exists())) return [];
    return this.pin((session) => history.newest(session));
  }

  /** Who holds the migration lock; `null` where nobody does, or nobody can tell. Creates nothing. */
  async lockHolder(): Promise<LockHolder | null> {
    const { versionTable, versionTableSchema } = this.location;
    const lock = this.dialect.lock(versionTable, versionTableSchema);
    return lock === null || !(await this.exists()) ? null : this.pin((session) => lock.holder(session));
  }

  /** The folder or the file of an embedded database; `undefined` for any other. */
  get folder(): string | undefined {
    return embeddedFolder(this.orm, this.host.cwd) ?? databaseFile(this.orm, this.host.cwd);
  }

  /** Whether the database can be opened without creating it: an embedded one may not be there yet. */
  async exists(): Promise<boolean> {
    const file = databaseFile(this.orm, this.host.cwd);
    if (file !== undefined) return this.folders.exists(file);
    const folder = embeddedFolder(this.orm, this.host.cwd);
    return folder === undefined || embeddedDatabaseExists(folder, this.folders);
  }

  /**
   * Runs `work` on one connection of the ORM's pool.
   *
   * @throws DatabaseUnreachableError, AuthenticationFailedError or DatabaseMissingError where there is no connection
   * to be had; WrongServerError before anything is read from a server that the driver was not made for.
   */
  async pin<T>(work: (session: PinnedSession) => Promise<T>): Promise<T> {
    await holdEmbeddedDatabase(this.orm, this.host, this.folders);
    const file = databaseFile(this.orm, this.host.cwd);
    if (file !== undefined) await this.folders.makeFolder(dirname(file));
    const connection = this.orm.em.getConnection();
    let connected = false;
    const { capabilities, server } = this.dialect;
    const run = async (): Promise<T> => {
      // `ensureDatabase` would create a missing database on the first connection
      if (!(await connection.isConnected())) await connection.connect({ skipOnConnect: true });
      const watch = server === undefined ? undefined : await PoolWatch.of(connection);
      try {
        return await connection
          .getClient<unknown>()
          .connection()
          .execute(async (pinned) => {
            connected = true;
            const session = new PinnedSession(connection, pinned, server);
            await session.reserve(watch);
            try {
              await this.#verifyOnce(session);
              return await work(session);
            } finally {
              session.release();
            }
          });
      } finally {
        watch?.end();
      }
    };
    try {
      return await (capabilities.singleConnection ? oneAtATime(connection, run) : run());
    } catch (error) {
      const translated = connected ? undefined : connectionError(error, this.#address());
      throw translated ?? error;
    }
  }

  /**
   * Runs `work` on one connection while holding the migration lock, with the version table in place. `held` is set where
   * another connection holds it, as `lock: 'transaction'` asks for.
   */
  async exclusive<T>(
    options: ExclusiveOptions,
    work: (session: PinnedSession, held?: HeldLock) => Promise<T>,
  ): Promise<T> {
    const { versionTable, versionTableSchema } = this.location;
    const wait = { timeout: options.lockWaitTimeout, signal: options.signal, emit: options.emit };
    const transactionLock = this.#transactionLock;
    if (transactionLock !== null) {
      await this.pin(() => checkPoolOfTwo(this.orm));
      return withTransactionLock(transactionLock, (pinned) => this.pin(pinned), wait, work);
    }
    return this.pin((session) =>
      withMigrationLock(this.dialect.lock(versionTable, versionTableSchema), session, wait, () => work(session)),
    );
  }

  /**
   * Does the work with limits for the statements of a session, which are put back behind it. Not inside a transaction. Where
   * another connection holds the lock, the session is a pooler's, and each transaction has to set them for itself.
   */
  async limited<T>(
    { session, limits, held }: { session: PinnedSession; limits: StatementLimits; held: HeldLock | undefined },
    work: (guard: Guard) => Promise<T>,
  ): Promise<T> {
    if (held !== undefined) return work((send) => send());
    const { orm, dialect } = this;
    const connection = orm.em.getConnection();
    const { max: poolMax } = orm.config.get('pool');
    return withLimits({ session, connection, poolMax, engine: dialect.limits, limits }, work);
  }

  async #verifyOnce(session: PinnedSession): Promise<void> {
    if (this.#verified) return;
    await this.dialect.verifyServer(session);
    this.#verified = true;
  }

  #address(): ConnectionAddress {
    const { host, port, user, dbName } = this.orm.em.getConnection().getConnectionOptions() as {
      host?: string;
      port?: number;
      user?: string;
      dbName?: string;
      database?: string;
    };
    return {
      host: host ?? 'localhost',
      port,
      user: user ?? '',
      database: dbName ?? this.orm.config.get('dbName') ?? '',
    };
  }
}

const queues = new WeakMap<AbstractSqlConnection, Promise<unknown>>();

/** An embedded engine has one connection, whose transactions would mix if two runs had it at once. */
function oneAtATime<T>(connection: AbstractSqlConnection, run: () => Promise<T>): Promise<T> {
  const previous = queues.get(connection) ?? Promise.resolve();
  const next = previous.then(run, run);
  queues.set(
    connection,
    next.catch(() => undefined),
  );
  return next;
}

/** This process in words: `deploy@web-7, pid 12`. Cut to what the column of the history table holds. */
function clientOf({ user, hostname, pid }: Host): string {
  return `${user}@${hostname}, pid ${pid}`.slice(0, 255);
}
