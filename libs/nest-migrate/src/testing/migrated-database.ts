import { type Options, type SqlEntityManager } from '@mikro-orm/sql';
import { withMigrationTables } from '../commands/migration-tables.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { type DatabaseAtHead } from './database-at-head.js';
import { databaseSetup, type DatabaseSetup } from './database-setup.js';
import { pgliteAtHead } from './pglite-snapshot.js';
import { postgresAtHead } from './postgres-template.js';
import { scratchAtHead } from './scratch-at-head.js';

/**
 * Options of {@link migratedDatabase}; the first group is what the application gives to `MigrationModule.forRoot()`.
 *
 * @example
 * await migratedDatabase({ orm: config, directory: 'migrations', target: 'ae10', engine: 'pglite' });
 */
export interface MigratedDatabaseOptions<O extends Partial<Options>> extends Pick<
  MigrationModuleOptions,
  'directory' | 'versionLocations' | 'target' | 'versionTable' | 'versionTableSchema' | 'transactionPerMigration'
> {
  /**
   * The options that the application gives to `MikroOrmModule.forRoot()`. The database that they name is never opened.
   */
  orm: O;
  /** PGlite, in this process, although the application itself is on a PostgreSQL server. Default: the ORM's driver. */
  engine?: 'pglite';
  /**
   * Stand-ins for the services that revisions ask for, by name; `em` is the one that takes part in their transaction.
   */
  services?: (em: SqlEntityManager) => Readonly<Record<string, unknown>>;
  /**
   * What else the revisions read. Where it changes, they run again, as they do where a file in their folders changes.
   */
  key?: string;
}

/** A database at head, for one test file. */
export interface MigratedDatabase<O extends Partial<Options>> {
  /**
   * The `orm` options, on that database, with {@link withMigrationTables}: for `MikroOrmModule.forRoot()` or
   * `MikroORM.init()`.
   */
  readonly options: O;
  /** Removes the database. Close what uses it first. */
  close(): Promise<void>;
}

/**
 * Creates a database for one test file, with every revision applied. The revisions run once. The result is kept: for
 * PostgreSQL as a template database on the server, for the others in the temporary folder, as a dump or a copy of the
 * file. It is copied or loaded for each file, also by other test processes and other runs, until a file in the script
 * directory changes. `close()` removes the copy. What is kept is removed a week after a newer one has replaced it, or
 * (MySQL, MariaDB, SQLite) beyond a number of twelve.
 *
 * Works on PGlite, PostgreSQL, MySQL, MariaDB and SQLite, in any test runner.
 *
 * @throws MigratedDatabaseError for other drivers, and where the database can't be made; RevisionFailedError where a
 * revision fails.
 * @example
 * import { MIKRO_ORM_MODULE_OPTIONS } from '@mikro-orm/nestjs';
 * import { type INestApplicationContext } from '@nestjs/common';
 * import { Test } from '@nestjs/testing';
 *
 * let database: MigratedDatabase<typeof config>;
 * let app: INestApplicationContext;
 * beforeAll(async () => {
 *   database = await migratedDatabase({ orm: config, directory: 'migrations' });
 *   app = await Test.createTestingModule({ imports: [AppModule] })
 *     .overrideProvider(MIKRO_ORM_MODULE_OPTIONS)
 *     .useValue(database.options)
 *     .compile();
 * });
 * afterAll(async () => {
 *   await app.close();
 *   await database.close();
 * });
 */
export async function migratedDatabase<O extends Partial<Options>>(
  options: MigratedDatabaseOptions<O>,
): Promise<MigratedDatabase<O>> {
  const setup = await databaseSetup(options);
  const database = await atHead(setup);
  const { versionTable, versionTableSchema } = options;
  const names = { versionTable, versionTableSchema };
  const own = withMigrationTables({ ...(setup.orm as O), ...database.coordinates }, names);
  return { options: own, close: () => database.close() };
}

async function atHead(setup: DatabaseSetup): Promise<DatabaseAtHead> {
  if (setup.engine === 'pglite') return pgliteAtHead(setup);
  return setup.engine === 'postgres' ? postgresAtHead(setup) : scratchAtHead(setup);
}
