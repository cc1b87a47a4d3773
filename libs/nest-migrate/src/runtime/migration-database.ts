import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type AbstractSqlConnection, type MikroORM } from '@mikro-orm/sql';
import { addressText, connectionError, type ConnectionAddress } from '../engines/session/connection-error.js';
import { engineFor } from '../engines/detect.js';
import { type Engine } from '../engines/engine.js';
import { type LockHolder, type MigrationLock } from '../engines/session/lock.js';
import { NoSchemaError } from '../errors/version-table.errors.js';
import { type StatementLimits } from '../engines/session/limits.js';
import { type ScriptSyntax } from '../engines/script-syntax.js';
import { databaseFile, embeddedDatabaseExists, embeddedFolder, holdEmbeddedDatabase } from './embedded-database.js';
import { type Emit } from './events.js';
import { type Folders } from './folder-lock.js';
import { type Host } from './host.js';
import { dataWork } from './data-work.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type Guard, withLimits } from './limited-session.js';
import { withClusterLock } from './cluster-lock.js';
import { whileConnecting } from './connecting.js';
import { checkPoolOfTwo, checkPulse, type LockMode, transactionLockOf } from './lock-mode.js';
import { holderOfLease } from './lease-table.js';
import { type LockWait, withMigrationLock } from './migration-lock.js';
import { type OwnTables, type OwnTableSet, ownTableSet } from './own-table-set.js';
import { type DatabaseMark, type Mark } from './database-mark.js';
import { type SchemaNote } from './schema-note.js';
import { ensureTables, hasTables } from './own-tables.js';
import { PinnedSession } from './pinned-session.js';
import { type ReadingSession, type RunPorts } from './ports.js';
import { type Inquiry } from './inquiry.js';
import { ReadAhead } from './read-ahead.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { PoolWatch } from './reserved-client.js';
import { type HeldLock, withTransactionLock } from './held-lock.js';
import { wayToServer } from './side-session.js';
import { type HistoryLine, type LastStep, type SqlHistory } from './sql-history.js';
import { type SqlJournal } from './sql-journal.js';
import { type SqlVersionRows } from './sql-version-rows.js';
import { systemClock } from './system-clock.js';

/** The names of the tool's own tables in a database, and the place of their lock. */
export interface DatabaseLocation extends OwnTables {
  readonly lock: LockMode;
}

/** How an exclusive run waits for the lock and reports that. */
export interface ExclusiveOptions {
  readonly lockWaitTimeout: number;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}

/** How long a run that has ended waits for a look from another connection. It is for a network that is gone. */
const LONGEST_LOOK_MS = 30_000;

/** What {@link MigrationDatabase.look} saw. */
export interface Look {
  readonly rows: readonly string[];
  readonly interrupted: readonly InterruptedRevision[];
  readonly holder: LockHolder | null;
  readonly last: LastStep | null;
  readonly mark: Mark;
}

/** What {@link MigrationDatabase.survey} saw. */
export interface Survey extends Pick<Look, 'rows' | 'interrupted'> {
  /** The history's newest line of each applied revision. */
  readonly lines: readonly HistoryLine[];
}

/**
 * One application database, reached through the ORM that the application configured. Opens no connection until one is
 * needed.
 */
export class MigrationDatabase {
  readonly engine: Engine;
  #tables: OwnTableSet;
  #verified = false;
  /** What still looks from another connection. */
  readonly #looks = new Set<Promise<void>>();

  /** @throws InvalidOptionError where the engine has no lock of the kind that the options ask for. */
  constructor(
    readonly orm: MikroORM,
    private readonly location: DatabaseLocation,
    private readonly host: Host,
    private readonly folders: Folders,
    private readonly emit: Emit = () => undefined,
    private readonly signal?: AbortSignal,
  ) {
    this.engine = engineFor(orm);
    transactionLockOf(this.engine, location.lock, location);
    this.#tables = this.#tablesIn(location.versionTableSchema);
  }

  get versionTable(): SqlVersionRows {
    return this.#tables.version;
  }

  get journal(): SqlJournal {
    return this.#tables.journal;
  }

  /** Absent where the options switch it off. */
  get history(): SqlHistory | undefined {
    return this.#tables.history;
  }

  /** What keeps the schema as runs leave it; absent unless the options ask for it. */
  get schemaNote(): SchemaNote | undefined {
    return this.#tables.schemaNote;
  }

  /** What keeps the mark of the database. */
  get mark(): DatabaseMark {
    return this.#tables.mark;
  }

  /** The schema of the tool's own tables. Before the first session: the schema that the options name, if any. */
  get schema(): string | undefined {
    return this.#tables.schema;
  }

  /** The syntax of a script for this database. Needs no connection. */
  scriptSyntax(lockWaitTimeout: number): ScriptSyntax {
    return this.engine.script(this.location.versionTable, this.location.versionTableSchema, lockWaitTimeout);
  }

  /**
   * Identifies the database and its version table: the same text for two ORMs that mean the same tables. `undefined`
   * where the ORM's options do not tell: for a database in memory, or where something is set for each new connection,
   * which may lead anywhere.
   */
  get place(): string | undefined {
    const { versionTable, versionTableSchema } = this.location;
    const { schemas, singleConnection } = this.engine.capabilities;
    if (singleConnection) {
      const { folder } = this;
      const table = [versionTableSchema ?? (schemas ? null : 'main'), versionTable];
      return folder === undefined ? undefined : JSON.stringify([this.folders.location(folder), table]);
    }
    if (this.orm.config.get('onCreateConnection') !== undefined) return undefined;
    const { host, port, user, database } = this.#address();
    const driverOptions = this.orm.config.get('driverOptions') as { readonly options?: unknown } | undefined;
    const search = this.orm.config.get('clientUrl')?.split('?')[1] ?? '';
    const settings = typeof driverOptions?.options === 'string' ? driverOptions.options : '';
    // where a database takes the place of a schema, the connection's own counts only where the options name no other
    const table = schemas ? [versionTableSchema ?? null, versionTable] : [versionTableSchema ?? database, versionTable];
    const within = schemas ? [user, database] : [user];
    return JSON.stringify([this.engine.name, host, port ?? null, ...within, search, settings, table]);
  }

  /** Creates the tool's own tables that are missing. To be called while holding the migration lock. */
  ensureTables(session: PinnedSession): Promise<void> {
    return ensureTables(this.#tables, session);
  }

  /** Whether all of the tool's own tables exist. */
  hasTables(session: PinnedSession): Promise<boolean> {
    return hasTables(this.#tables, session);
  }

  /** What a run on that session can use of this database. */
  ports(session: PinnedSession): RunPorts {
    return {
      engine: this.engine,
      session,
      tables: this.#tables,
      clock: systemClock,
      withData: dataWork(this.orm, session),
      beside: this.orm.config.get('pool').max === 1 ? undefined : (look) => this.#beside(look),
    };
  }

  #beside<T>(look: (session: Pick<SqlSession, 'query'>) => Promise<T>): Promise<T> {
    const connection = this.orm.em.getConnection();
    const looking = look({
      query: <R>(sql: string, params: readonly unknown[] = []) => connection.execute<R[]>(sql, [...params]),
    });
    const over = looking.then(
      () => void this.#looks.delete(over),
      () => void this.#looks.delete(over),
    );
    this.#looks.add(over);
    return looking;
  }

  /** The version table's rows. Creates nothing: an embedded database that does not exist yet counts as empty. */
  async readRows(): Promise<readonly string[]> {
    return (await this.exists()) ? this.pin((session) => this.versionTable.read(session)) : [];
  }

  /** The version table's rows, and the revisions that earlier runs have left unfinished. Creates nothing. */
  async glance(): Promise<{ readonly rows: readonly string[]; readonly interrupted: readonly InterruptedRevision[] }> {
    if (!(await this.exists())) return { rows: [], interrupted: [] };
    return this.pin(async (session) => {
      const ahead = await this.#readAhead(session, [this.versionTable, this.journal]);
      return { rows: await this.versionTable.read(ahead), interrupted: await this.journal.interrupted(ahead) };
    });
  }

  /** As {@link glance}, with the history's newest line of each applied revision. */
  async survey(): Promise<Survey> {
    if (!(await this.exists())) return { rows: [], interrupted: [], lines: [] };
    return this.pin(async (session) => {
      const { versionTable, journal, history } = this;
      const tables = history === undefined ? [versionTable, journal] : [versionTable, journal, history];
      const ahead = await this.#readAhead(session, tables);
      return {
        rows: await versionTable.read(ahead),
        interrupted: await journal.interrupted(ahead),
        lines: (await history?.newest(ahead)) ?? [],
      };
    });
  }

  /** Asks ahead what reading tables will ask: first whether they are there, and then for what those hold. */
  async #readAhead(
    session: PinnedSession,
    tables: readonly { readonly inquiry: Inquiry; exists(session: ReadingSession): Promise<boolean> }[],
  ): Promise<ReadAhead> {
    const ahead = new ReadAhead(session);
    await ahead.ask(tables.map(({ inquiry }) => inquiry.first));
    const present: string[] = [];
    for (const table of tables) if (await table.exists(ahead)) present.push(table.inquiry.then);
    await ahead.ask(present);
    return ahead;
  }

  /**
   * Reads everything that can be seen of a database without the lock. Creates nothing, and makes no other session wait.
   */
  async look(): Promise<Look> {
    if (!(await this.exists())) return { rows: [], interrupted: [], holder: null, last: null, mark: null };
    return this.pin(async (session) => ({
      rows: await this.versionTable.read(session),
      interrupted: await this.journal.interrupted(session),
      holder: await this.#holder(session),
      last: (await this.history?.last(session)) ?? null,
      mark: await this.mark.read(session),
    }));
  }

  /** What the database is marked as. Creates nothing. */
  async readMark(): Promise<Mark> {
    return (await this.exists()) ? this.pin((session) => this.mark.read(session)) : null;
  }

  /** The parents of each revision when it was applied, from the history. Creates nothing. */
  async readParents(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (!(await this.exists())) return new Map();
    return this.pin(async (session) => (await this.history?.parents(session)) ?? new Map<string, readonly string[]>());
  }

  /** The history's newest line of each applied revision. Creates nothing. */
  async readHistory(): Promise<readonly HistoryLine[]> {
    if (this.history === undefined || !(await this.exists())) return [];
    return this.pin(async (session) => (await this.history?.newest(session)) ?? []);
  }

  /**
   * The holder of the migration lock; `null` where the lock is free, or its holder cannot be known. Creates nothing.
   */
  async lockHolder(): Promise<LockHolder | null> {
    if (!this.engine.capabilities.sessionLock || !(await this.exists())) return null;
    return this.pin((session) => this.#holder(session));
  }

  /** The folder or the file of an embedded database; `undefined` for any other. */
  get folder(): string | undefined {
    return embeddedFolder(this.orm, this.host.cwd) ?? databaseFile(this.orm, this.host.cwd);
  }

  /** Whether the database can be opened without creating it. An embedded database may not exist yet. */
  async exists(): Promise<boolean> {
    const file = databaseFile(this.orm, this.host.cwd);
    if (file !== undefined) return this.folders.exists(file);
    const folder = embeddedFolder(this.orm, this.host.cwd);
    return folder === undefined || embeddedDatabaseExists(folder, this.folders);
  }

  /**
   * Runs `work` on one connection of the ORM's pool.
   *
   * @throws DatabaseUnreachableError, AuthenticationFailedError or DatabaseMissingError where no connection can be
   * made; RunAbortedError where the signal fires before there is one; WrongServerError before anything is read from a
   * server that the driver was not made for.
   */
  async pin<T>(work: (session: PinnedSession) => Promise<T>): Promise<T> {
    await holdEmbeddedDatabase(this.orm, this.host, this.folders);
    const file = databaseFile(this.orm, this.host.cwd);
    if (file !== undefined) await this.folders.makeFolder(dirname(file));
    const connection = this.orm.em.getConnection();
    let connected = false;
    const { capabilities, session: rules } = this.engine;
    const run = async (begun = () => true): Promise<T> => {
      // `ensureDatabase` would create a missing database on the first connection
      if (capabilities.singleConnection && !(await connection.isConnected()))
        await connection.connect({ skipOnConnect: true });
      const watch = rules.server === undefined ? undefined : await PoolWatch.of(connection);
      try {
        return await connection
          .getClient<unknown>()
          .connection()
          .execute(async (pinned) => {
            connected = true;
            if (!begun()) return undefined as T;
            const session = new PinnedSession(connection, pinned, rules.server);
            await session.reserve(watch);
            try {
              await this.#open(session);
              return await work(session);
            } catch (error) {
              throw (await rules.explain?.(session, error)) ?? error;
            } finally {
              session.release();
            }
          });
      } finally {
        watch?.end();
      }
    };
    try {
      if (capabilities.singleConnection) return await oneAtATime(connection, run);
      // what has a pool is not asked whether it is connected, since the pool connects where it has to
      await connection.connect({ skipOnConnect: true });
      const { emit, signal } = this;
      return await whileConnecting({ connection, where: addressText(this.#address()), signal, emit }, run);
    } catch (error) {
      const translated = connected ? undefined : connectionError(error, this.#address());
      throw translated ?? error;
    }
  }

  /**
   * Runs `work` on one connection while holding the migration lock, with the version table in place. `held` is set
   * where another connection holds the lock, as with `lock: 'transaction'`.
   */
  async exclusive<T>(
    options: ExclusiveOptions,
    work: (session: PinnedSession, held?: HeldLock) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#locked(options, work);
    } finally {
      // an ORM that is closed while its pool still connects would wait forever: Kysely loses the connection then. Those of
      // the run are back in the pool, so that a look that waits for one gets it
      await Promise.race([Promise.all(this.#looks), pause(LONGEST_LOOK_MS, undefined, { ref: false })]);
    }
  }

  async #locked<T>(
    options: ExclusiveOptions,
    work: (session: PinnedSession, held?: HeldLock) => Promise<T>,
  ): Promise<T> {
    const wait = { timeout: options.lockWaitTimeout, signal: options.signal, emit: options.emit };
    if (this.location.lock === 'session') return this.pin((session) => this.#withSessionLock(session, wait, work));
    const lock = await this.pin(async () => {
      await checkPoolOfTwo(this.orm);
      const { versionTable, lock: mode } = this.location;
      return transactionLockOf(this.engine, mode, { versionTable, versionTableSchema: this.schema });
    });
    return lock === null
      ? this.pin((session) => work(session))
      : withTransactionLock(lock, (pinned) => this.pin(pinned), wait, work);
  }

  /**
   * Does the work with limits for the statements of a session, and restores the session's settings afterwards. Not
   * inside a transaction. Where another connection holds the lock, the session is a pooler's, and each transaction has
   * to set the limits for itself.
   */
  async limited<T>(
    { session, limits, held }: { session: PinnedSession; limits: StatementLimits; held: HeldLock | undefined },
    work: (guard: Guard) => Promise<T>,
  ): Promise<T> {
    if (held !== undefined) return work((send) => send());
    const { orm, engine } = this;
    const connection = orm.em.getConnection();
    const { max: poolMax } = orm.config.get('pool');
    return withLimits({ session, connection, poolMax, engine: engine.session.limits, limits }, work);
  }

  async #withSessionLock<T>(
    session: PinnedSession,
    wait: LockWait,
    work: (session: PinnedSession) => Promise<T>,
  ): Promise<T> {
    const [local, way, { lock: table }] = [this.#lock, wayToServer(this.orm), this.#tables];
    const cluster = (await this.engine.locks.cluster?.(session)) ?? null;
    if (local === null || cluster === null || table === undefined) {
      return withMigrationLock(local, session, { ...wait, way }, () => work(session));
    }
    checkPulse(this.orm);
    const parts = { cluster, local, way, table, connection: this.orm.em.getConnection(), client: clientOf(this.host) };
    return withClusterLock(parts, { session, wait }, () => work(session));
  }

  /**
   * On a cluster the lock table names the holder. What the holder's session runs can be seen only on its own member.
   */
  async #holder(session: PinnedSession): Promise<LockHolder | null> {
    const here = (await this.#lock?.holder(session)) ?? null;
    const owner = holderOfLease(await this.#tables.lock?.read(session));
    return here === null || here.pid === owner?.pid ? owner && { ...owner, ...here } : here;
  }

  /** Verifies the server, and finds the place of the tool's own tables; once. */
  async #open(session: PinnedSession): Promise<void> {
    const ahead = new ReadAhead(session);
    if (!this.#verified) await ahead.ask(this.engine.session.opening?.(this.location.versionTable) ?? []);
    await this.#verifyOnce(ahead);
    await this.#placeOnce(ahead);
  }

  async #verifyOnce(session: SqlSession): Promise<void> {
    if (this.#verified) return;
    await this.engine.session.verifyServer(session);
    this.#verified = true;
  }

  get #lock(): MigrationLock | null {
    return this.engine.locks.ofSession(this.location.versionTable, this.schema);
  }

  #tablesIn(schema: string | undefined): OwnTableSet {
    return ownTableSet(this.engine, this.location, { schema, client: clientOf(this.host) });
  }

  /**
   * Determines the schema of the tool's own tables, unless the options name it. Done once, since a revision may later
   * change what names without a schema mean.
   */
  async #placeOnce(session: SqlSession): Promise<void> {
    const { versionTable } = this.location;
    if (this.schema !== undefined || this.engine.session.homeSchema === undefined) return;
    const { schema, elsewhere } = await this.engine.session.homeSchema(session, versionTable);
    if (schema === null) throw new NoSchemaError(versionTable);
    this.#tables = this.#tablesIn(schema);
    if (elsewhere === null) return;
    this.emit({ type: 'warning', message: tableElsewhere({ versionTable, schema, elsewhere }) });
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

/**
 * Lets one run at a time use a connection. An embedded engine has only one, on which the transactions of two runs would
 * mix.
 */
function oneAtATime<T>(connection: AbstractSqlConnection, run: () => Promise<T>): Promise<T> {
  const previous = queues.get(connection) ?? Promise.resolve();
  const next = previous.then(
    () => run(),
    () => run(),
  );
  queues.set(
    connection,
    next.catch(() => undefined),
  );
  return next;
}

function tableElsewhere(at: { versionTable: string; schema: string; elsewhere: string }): string {
  return (
    `There is no ${at.versionTable} in '${at.schema}', where this connection makes its tables, so that no revision counts as ` +
    `applied. There is one in '${at.elsewhere}': if it is meant, set versionTableSchema: '${at.elsewhere}'.`
  );
}

/** Describes this process: `deploy@web-7, pid 12`. Cut to the length of the history table's column. */
function clientOf({ user, hostname, pid }: Host): string {
  return `${user}@${hostname}, pid ${pid}`.slice(0, 255);
}
