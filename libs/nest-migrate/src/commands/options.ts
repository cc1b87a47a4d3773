import { type Level } from '../plan/level.js';
import { type ComparisonHooks } from '../autogenerate/schema-comparison.js';
import { type OperationRegistry } from '../operations/operation-registry.js';
import { type StatementLimits } from '../engines/session/limits.js';
import { type AnyOperationDefinition } from '../operations/registered-operations.js';
import { type MigrationEvent } from '../runtime/events.js';
import { type LockMode } from '../runtime/lock-mode.js';
import { type ScratchOptions, type ScratchSettings } from '../rehearsal/scratch-settings.js';
import { type Operations } from '../runtime/revision-data.js';
import { type OnVersionApply } from '../runtime/version-apply.js';
import { type Configure } from './configure.js';
import { type RenderColumn } from './render-column.js';
import { type SchemaChangeSettings } from './resolve-schema-change.js';
import { type RenderItem } from './render-item.js';
import { type ResolvedProbe } from './resolve-probe.js';
import { type DirectivesOption, type ProcessRevisionDirectives } from './revision-directives.js';
import { type BundledRevision } from '../script/bundled-revision.js';
import { type PostWriteHook } from '../script/post-write-hooks.js';

export type { PostWriteHook } from '../script/post-write-hooks.js';

/** The token that a provider is injected by: a class, a string or a symbol. Nest's own `InjectionToken` fits. */
export type ServiceToken =
  | string
  | symbol
  | {
      /** The name of the class. */
      readonly name: string;
      /** The prototype of the class, abstract or not. */
      readonly prototype: unknown;
    };

/** What the application does while it boots, see {@link MigrationModuleOptions.onBootstrap}. */
export type BootMode = 'off' | 'verify' | 'wait' | 'upgrade';

/** Where the boot responds to probes, see {@link MigrationModuleOptions.probe}. */
export interface StartupProbe {
  /** The port, from 1 to 65535. It may be the one that the application listens at later. */
  port: number;
  /** The path that gets the status 200. Default: `'/'`. */
  path?: string;
  /** The address to listen at. Default: all addresses, as `app.listen(port)` does. */
  host?: string;
}

/**
 * What `MigrationModule.forRoot()` takes, and what `useFactory` and `createMigrationOptions()` return. Every option has
 * a default.
 *
 * @example
 * MigrationModule.forRoot({
 *   directory: 'database',
 *   onBootstrap: 'upgrade',
 *   ddl: { lockTimeout: 2_000, retries: 5 },
 * });
 */
export interface MigrationModuleOptions {
  /**
   * The script directory; its revisions are in its `versions/`. A relative one is resolved against MikroORM's `baseDir`
   * (default: the working directory), as MikroORM's own `migrations.path` is. Default `'migrations'`.
   * The environment variable `NEST_MIGRATE_DIRECTORY` overrides it (for every connection), `-d` overrides both.
   */
  directory?: string | URL;
  /**
   * Further folders of revisions, behind the directory's own `versions/`; resolved as `directory` is. Sub-folders are
   * searched too, except `node_modules` and those that begin with a dot. `db init` creates them, and so does the first
   * revision that is written there. Otherwise a missing folder is an error, since its revisions would be left out
   * unnoticed.
   */
  versionLocations?: readonly string[];
  /**
   * The revisions of an application that is bundled into one file, from the list that `nest-migrate bundle` writes. They
   * count where there is no script directory; where there is one, its files do. Default: none.
   *
   * @example
   * declare const revisions: BundledRevision[]; // import { revisions } from '../migrations/index.js';
   * MigrationModule.forRoot({ revisions, onBootstrap: 'upgrade' });
   */
  revisions?: readonly BundledRevision[];
  /**
   * What the application does while it boots, before anyone can use the ORM:
   *
   * - `'off'`, the default: nothing;
   * - `'verify'`: it refuses to start where revisions are pending, with DatabaseBehindError;
   * - `'wait'`: it waits until another process has applied them, for `waitTimeout` at most;
   * - `'upgrade'`: `db upgrade`.
   *
   * The environment variable `NEST_MIGRATE_ON_BOOTSTRAP` overrides it.
   */
  onBootstrap?: BootMode;
  /** The revision that the boot verifies, awaits or upgrades to. Default `'head'`. */
  target?: string;
  /**
   * Whether the boot, unless it is `'off'`, starts on a database that holds revisions which this application has no
   * scripts for: an instance of an older version that is started again during a deployment, or after a rollback. By
   * default it starts, with a warning, where the history table shows that what this application needs is below them,
   * and refuses with DatabaseAheadError otherwise. The environment variable `NEST_MIGRATE_WHEN_AHEAD` overrides it.
   */
  whenAhead?: 'start' | 'refuse';
  /** How long `onBootstrap: 'wait'` waits, in milliseconds; UpgradeAwaitedError then. Default 300,000. */
  waitTimeout?: number;
  /**
   * A small HTTP server for startup and liveness probes while the boot upgrades, waits or verifies: the
   * application does not listen yet. `path` gets 200 and JSON that says how far the boot is, every other path 503. An
   * application that boots is alive and not ready, so a readiness probe must ask for another path. The server is closed
   * before the application is created, which then responds at `path` on the same port. Where the port is taken, the boot
   * continues with a warning. Of several connections one has to have the option. There is no server in `db` commands and
   * with `onBootstrap: 'off'`. Default: none.
   *
   * @example
   * MigrationModule.forRoot({ onBootstrap: 'upgrade', probe: { port: 3000, path: '/live' } })
   */
  probe?: StartupProbe;
  /**
   * The table that holds the current heads, one row each: any name without a dot, which is quoted. It is created where
   * it does not exist. `'alembic_version'` continues with the table that Alembic has created, which is used as it is: its
   * only column is `version_num`, as Alembic's documentation has it. Default `'nest_migrate_version'`.
   *
   * @example
   * MigrationModule.forRoot({ versionTable: 'alembic_version' })
   */
  versionTable?: string;
  /**
   * The schema (on MySQL and MariaDB the database) of the version table. It must exist: without it every command that
   * reads the rows fails with VersionTableSchemaMissingError. Default: the schema in which the connection creates
   * tables when a run begins, on PostgreSQL the first schema of its `search_path` that exists (NoSchemaError where none
   * does).
   */
  versionTableSchema?: string;
  /**
   * Whether the database is one that must not be lost: `db fresh` refuses it unless its name is typed. Where `NODE_ENV` is
   * `production` every database is; `db mark production` says so in the database, to every process. Default: false.
   *
   * @example
   * MigrationModule.forRoot({ production: process.env['DB_HOST'] !== 'localhost' })
   */
  production?: boolean;
  /**
   * Whether each revision has a transaction of its own. `false`: the whole run has one. It has no effect on MySQL and
   * MariaDB, where every DDL statement commits. Default: true.
   */
  transactionPerMigration?: boolean;
  /**
   * Whether what is done to the database is kept in a table as well: when, by whom, how long it took, and on what each
   * revision stands. Its name is that of the version table with `_history` for `_version`. Default `true`.
   */
  history?: boolean;
  /**
   * `'hash'`: each run keeps a fingerprint of the schema that it leaves, in a table of its own, so that
   * `MigrationHealthIndicator` and `MigrationService.schemaChange()` can tell whether something else than a revision has
   * changed the schema since. It costs a run the time of one fingerprint. Default: nothing is kept.
   */
  drift?: 'hash';
  /** How long to wait for another process that holds the migration lock, in milliseconds. Default 60,000. */
  lockWaitTimeout?: number;
  /**
   * Limits for the statements of revisions, so that a migration never waits behind a long query while every other
   * session waits behind the migration. They are set on the session of the run only, and reset after it. They have no
   * effect on the embedded engines. On PostgreSQL `create index concurrently` and similar statements are exempt: they
   * wait for transactions that they do not block. Default: the settings of the server.
   *
   * @example
   * MigrationModule.forRoot({ ddl: { lockTimeout: 2_000, retries: 5 } })
   */
  ddl?: DdlLimits;
  /**
   * What the migration lock belongs to: `'session'`, the default, to the session that sends the statements;
   * `'transaction'`, on PostgreSQL alone, to a transaction that stays open on a second connection of the pool. For a
   * connection pooler that gives a server session to another client after each transaction, as PgBouncer does with
   * `pool_mode = transaction`. Behind such a pooler, a run without the option is refused with SessionNotKeptError. The
   * two kinds of lock exclude each other. MikroORM's `pool.max` has to be 2 or more; InvalidOptionError otherwise, and
   * on every other engine.
   *
   * @example
   * MigrationModule.forRoot({ lock: 'transaction' })
   */
  lock?: LockMode;
  /**
   * Providers that revisions may use, by the names that they ask for. A revision exports the names that it needs, and
   * gets the provider in a data transaction. What the provider does with its injected EntityManager is part of that
   * transaction.
   *
   * @example
   * // app.module.ts
   * MigrationModule.forRoot({ services: { slugs: SlugService } });
   * // the revision
   * export const services = ['slugs'];
   * export async function upgrade(op: Operations): Promise<void> {
   *   await op.transaction(async ({ get }) => get<{ fillIn(): Promise<void> }>('slugs').fillIn());
   * }
   */
  services?: Readonly<Record<string, ServiceToken>>;
  /**
   * Operations of the application: each becomes a verb of `op` in every revision. They are declared to the compiler in
   * {@link RegisteredOperations}; see {@link OperationDefinition}. Default: none.
   *
   * @example
   * MigrationModule.forRoot({ operations: [addTimestamps] });
   */
  operations?: readonly AnyOperationDefinition[];
  /**
   * The name of a new revision's file, with Alembic's tokens: `rev`, `slug`, `epoch`, `year`, `month`, `day`, `hour`,
   * `minute` and `second`, as `%(rev)s` or `%(month).2d`. A `/` makes a sub-folder. The extension follows from the
   * template in the script directory. Default `'%(rev)s_%(slug)s'`.
   */
  fileTemplate?: string;
  /**
   * Whether the script directory has a file `HEADS` with the heads of the history, which every command that writes a
   * revision keeps. Two branches that both add a revision then conflict in git. Default: where the file is there.
   */
  headsFile?: boolean;
  /** Where the slug of a message is cut, in characters, at a whole word. Default 40, and so is 0, as in Alembic. */
  truncateSlugLength?: number;
  /** The time zone of a new revision's `createDate` and file name, an IANA name in any case. Default `'UTC'`. */
  timezone?: string;
  /**
   * Makes the id of a new revision, at once (no promise). What it returns must be unused and without `@`, `-`, `+` and
   * `:`. Default: 12 random hexadecimal digits.
   *
   * @example
   * MigrationModule.forRoot({ revisionId: () => new Date().toISOString().replace(/\D/g, '').slice(0, 14) })
   */
  revisionId?: () => string;
  /** Decides which objects `migrate` compares, on both sides. Default: all. See {@link IncludeObject}. */
  includeObject?: ComparisonHooks['includeObject'];
  /** Decides which names of the database `migrate` looks at. Default: all. See {@link IncludeName}. */
  includeName?: ComparisonHooks['includeName'];
  /** Whether `migrate` compares the types of columns, or a function that decides it for some. Default `true`. */
  compareType?: ComparisonHooks['compareType'];
  /** Whether `migrate` compares the defaults of columns, or a function that decides it for some. Default `true`. */
  compareServerDefault?: ComparisonHooks['compareServerDefault'];
  /**
   * Whether `migrate` writes revisions so that the application's requests go on while they run. Default: false.
   *
   * @example
   * MigrationModule.forRoot({ online: true })
   */
  online?: boolean;
  /**
   * Whether `migrate` writes on SQLite what a table that it rebuilds is before (`existing`). A run reads that from the
   * database; `--sql` has none, and refuses revisions without it. Default: false.
   *
   * @example
   * MigrationModule.forRoot({ existingTables: true })
   */
  existingTables?: boolean;
  /**
   * The program that changes large tables of MySQL and MariaDB while the application works. Default: the server does.
   *
   * @example
   * MigrationModule.forRoot({ onlineSchemaChange: { above: '1 GB' } })
   */
  onlineSchemaChange?: OnlineSchemaChange;
  /** Writes operations of a new revision in another way. Default: none. See {@link RenderItem}. */
  renderItem?: RenderItem;
  /** Writes the options of columns in new revisions. Default: none. See {@link RenderColumn}. */
  renderColumn?: RenderColumn;
  /** Changes what new revisions contain, or how many there are; several run one after the other. Default: none. */
  processRevisionDirectives?: DirectivesOption;
  /**
   * Called for each step, in its transaction, once the version rows have moved; several run one after the other.
   * Default: none.
   */
  onVersionApply?: OnVersionApply | readonly OnVersionApply[];
  /**
   * Called with each event of each command and boot: what is planned, begun, done, retried, waited for and warned of. It
   * only watches: it is not awaited, and what it throws is a warning. The SQL of an event is whole, with all values in it.
   * Default: none.
   *
   * @example
   * import { Logger } from '@nestjs/common';
   *
   * const logger = new Logger('Migrations');
   * MigrationModule.forRoot({
   *   onEvent: (event) => {
   *     if (event.type === 'stepFinished') logger.log(`${event.step.direction} ${event.step.revision}`);
   *   },
   * });
   */
  onEvent?: (event: MigrationEvent) => void | Promise<void>;
  /**
   * Changes these options for one call, by its `-x` arguments or its command; several run one after the other. Default:
   * none.
   */
  configure?: Configure | readonly Configure[];
  /**
   * Where revisions are rehearsed: on scratch databases, which are created for the moment and dropped. It says where
   * they may be created:
   *
   * - the URL of a server, best one that has nothing to do with production;
   * - `'same server'`: the server of the application's own database. What is done there is replicated, and shares that
   *   server's load, roles and settings;
   * - an object: see {@link ScratchOptions}, with options of MikroORM in `on`.
   *
   * Default: PGlite in memory for PostgreSQL, where `@mikro-orm/pglite` is installed; a file in the temporary folder for
   * SQLite; memory for PGlite. On MySQL and MariaDB nothing is rehearsed without it.
   *
   * @example
   * MigrationModule.forRoot({ scratch: 'mysql://rehearsal:secret@localhost:3306' })
   */
  scratch?: 'same server' | (string & {}) | ScratchOptions;
  /**
   * Programs that run on each new revision file, in this order, without a shell: `prettier`, `eslint --fix`, `git add`.
   * Default: none. Alembic's `post_write_hooks`, except that a hook that fails makes the command fail.
   *
   * @example
   * MigrationModule.forRoot({ postWriteHooks: [{ kind: 'bin', bin: 'prettier', args: ['--write'] }] })
   */
  postWriteHooks?: readonly PostWriteHook[];
  /**
   * How `db verify` tries revisions. Default: without rows, but for those of a revision's own `fixture`.
   *
   * @example
   * MigrationModule.forRoot({
   *   verify: {
   *     rows: async (op, { revision }) => {
   *       if (revision === '27c6') await op.execute("insert into book (title) values ('Emma')");
   *     },
   *   },
   * });
   */
  verify?: VerificationOptions;
  /**
   * What a boot with `onBootstrap: 'upgrade'` looks at before it upgrades. Default: nothing.
   *
   * @example
   * MigrationModule.forRoot({ onBootstrap: 'upgrade', plan: { refuse: 'blocking' } });
   */
  plan?: BootPlanOptions;
}

/**
 * Which tables of MySQL and MariaDB a program changes instead of the server, see
 * {@link MigrationModuleOptions.onlineSchemaChange}. An `alter table` that says itself how the server has to do it, by
 * `algorithm` or `lock`, is the server's, and so is one that changes the catalogue alone.
 *
 * @example
 * const onlineSchemaChange: OnlineSchemaChange = {
 *   above: 5_000_000,
 *   command: ['pt-online-schema-change', '--alter', '{ALTER}', '--max-load', 'Threads_running=50', '--execute', 'F={CONFIG},D={DATABASE},t={TABLE}'],
 * };
 */
export interface OnlineSchemaChange {
  /** From which size on: a number of rows, or with its indexes a size as `'500 MB'` or `'1 GB'`. */
  above: number | (string & {});
  /**
   * The program and its arguments, which run without a shell. In them `{DATABASE}`, `{TABLE}` and `{ALTER}` stand for
   * what is to be changed, `{CONFIG}` for the path of an option file of MySQL that holds host, port, user and password,
   * and `{HOST}`, `{PORT}` and `{USER}` for those alone. Default: pt-online-schema-change.
   */
  command?: readonly string[];
}

/**
 * What a boot looks at before it upgrades, see {@link MigrationModuleOptions.plan}.
 *
 * @example
 * const plan: BootPlanOptions = { refuse: 'blocking' };
 */
export interface BootPlanOptions {
  /**
   * The level from which a finding of the plan keeps the application from starting, with PlanRefusedError. The plan is
   * made at each boot that finds revisions to apply, on a scratch database. Default: no finding does.
   */
  refuse?: Level;
}

/**
 * How `db verify` tries revisions, see {@link MigrationModuleOptions.verify}.
 *
 * @example
 * const verify: VerificationOptions = { rows: (op) => op.execute("insert into book (title) values ('Emma')") };
 */
export interface VerificationOptions {
  /**
   * Puts rows in before each revision is tried, behind its `fixture`. They stay for the revisions behind it. Revisions
   * are tried without any rows first. Default: no rows.
   */
  rows?: VerifyRows;
  /**
   * Whether `db migrate` tries what it has written before it keeps the file, as `db migrate --verify` does. Default
   * `false`.
   */
  written?: boolean;
  /**
   * Whether `verify` tries revisions that ask for `services`. The application is built on the scratch database for
   * them: the providers are created and no lifecycle hook runs. Its ORM has to be the one that `MigrationModule` got in
   * `orm`, and the only one. What providers do beside it, such as sending mail, they do. Default `false`: such revisions
   * are reported as not verified, and so are those whose services can't be had.
   */
  services?: boolean;
}

/** Puts rows into a scratch database that stands where the revision starts. */
export type VerifyRows = (op: Operations, about: { readonly revision: string }) => Promise<void> | void;

/** Limits for the statements of revisions, see {@link MigrationModuleOptions.ddl}. */
export interface DdlLimits {
  /**
   * How long a statement waits for a lock, in milliseconds; on MySQL and MariaDB rounded up to seconds. Default: the
   * server's setting.
   */
  lockTimeout?: number;
  /**
   * How long a statement runs, in milliseconds. MySQL has no such setting for DDL: there another connection of the pool
   * ends the statement with `kill query`, so that the pool needs two, and statements of `op.transaction` are not
   * watched. Default: the server's setting.
   */
  statementTimeout?: number;
  /**
   * How often work that waited too long for a lock is tried again, with growing pauses. That work is the revision where
   * it is one transaction, else the statement, or the data transaction (`op.transaction`) as a whole. A statement that
   * ran too long is not tried again. Default: 3 with a `lockTimeout`, else 0.
   */
  retries?: number;
}

/** The same options, checked and with every default filled in. */
export interface ResolvedOptions extends ResolvedHooks, ScriptPlaces {
  readonly onBootstrap: BootMode;
  readonly target: string;
  /** `undefined`: the history decides. */
  readonly whenAhead: 'start' | 'refuse' | undefined;
  readonly waitTimeout: number;
  readonly probe: ResolvedProbe | undefined;
  readonly versionTable: string;
  readonly versionTableSchema: string | undefined;
  readonly production: boolean;
  readonly transactionPerMigration: boolean;
  readonly history: boolean;
  readonly drift: 'hash' | undefined;
  readonly lockWaitTimeout: number;
  readonly ddl: StatementLimits;
  readonly lock: LockMode;
  readonly services: ReadonlyMap<string, ServiceToken>;
  /** The option `operations`. */
  readonly registry: OperationRegistry;
  readonly online: boolean;
  readonly existingTables: boolean;
  readonly onlineSchemaChange: SchemaChangeSettings | undefined;
  readonly fileTemplate: string;
  readonly headsFile: boolean;
  readonly truncateSlugLength: number;
  readonly timezone: string;
  readonly revisionId: () => string;
  readonly postWriteHooks: readonly PostWriteHook[];
  readonly scratch: ScratchSettings;
  readonly verify: Readonly<VerificationOptions>;
  readonly plan: Readonly<BootPlanOptions>;
}

/** Where the revisions are. */
export interface ScriptPlaces {
  /** The script directory, absolute. */
  readonly directory: string;
  /** What `directory` was resolved against, for messages. */
  readonly base: string;
  /** Further folders of revisions, absolute. */
  readonly versionLocations: readonly string[];
  /** What the application's bundle holds; absent where the options name none. */
  readonly revisions?: readonly BundledRevision[];
}

/** The options that are functions, checked. */
export interface ResolvedHooks {
  readonly comparison: ComparisonHooks;
  readonly renderItem: RenderItem | undefined;
  readonly renderColumn: RenderColumn | undefined;
  readonly processRevisionDirectives: readonly ProcessRevisionDirectives[];
  readonly onVersionApply: readonly OnVersionApply[];
  readonly onEvent: MigrationModuleOptions['onEvent'];
}
