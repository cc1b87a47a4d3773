import { type Options } from '@mikro-orm/sql';
import { withMigrationTables } from '../commands/migration-tables.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { type ApplicationUnderTest, databaseSetup } from './database-setup.js';
import { type HeldDatabase, heldRehearsal } from './held-rehearsal.js';

/**
 * Options of {@link migratedDatabase}.
 *
 * @example
 * await migratedDatabase({ orm: config, directory: 'migrations', target: 'ae10', engine: 'pglite' });
 */
export interface MigratedDatabaseOptions<O extends Partial<Options>>
  extends ApplicationUnderTest<O>, Pick<MigrationModuleOptions, 'target'> {}

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
 * directory changes. `close()` removes the copy. What is kept is removed where there are more than twelve of them, or
 * more than a gigabyte: those first that were not used for the longest time.
 *
 * Works on PGlite, PostgreSQL, MySQL, MariaDB and SQLite, in any test runner.
 *
 * @throws MigratedDatabaseError for other drivers; DatabaseUnreachableError or ScratchForbiddenError where the server
 * makes no database; RevisionFailedError where a revision fails.
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
  const setup = await databaseSetup('migratedDatabase()', options);
  const database = await heldRehearsal(setup, options.target ?? 'head');
  return { options: optionsOn(database, setup.orm as O, options), close: () => database.close() };
}

/** The options of an ORM on a database of a test. */
export function optionsOn<O extends Partial<Options>>(
  { coordinates }: HeldDatabase,
  orm: O,
  { versionTable, versionTableSchema }: Pick<MigrationModuleOptions, 'versionTable' | 'versionTableSchema'>,
): O {
  return withMigrationTables({ ...orm, ...coordinates }, { versionTable, versionTableSchema });
}
