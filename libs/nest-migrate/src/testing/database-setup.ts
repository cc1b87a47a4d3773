import { hostname } from 'node:os';
import { type Options, type SqlEntityManager, Utils } from '@mikro-orm/sql';
import { type MigrationModuleOptions } from '../commands/options.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type Host } from '../runtime/host.js';

/**
 * What a test tells of its application. The first group is what the application gives to `MigrationModule.forRoot()`;
 * without `scratch`, databases are created on the server that `orm` names.
 */
export interface ApplicationUnderTest<O extends Partial<Options>> extends Pick<
  MigrationModuleOptions,
  | 'directory'
  | 'versionLocations'
  | 'versionTable'
  | 'versionTableSchema'
  | 'transactionPerMigration'
  | 'operations'
  | 'scratch'
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

/** The options of a test, checked and with every default filled in. */
export interface DatabaseSetup {
  /** The function that was called, for messages. */
  readonly purpose: 'migratedDatabase()' | 'databaseAt()' | 'describeMigrations()';
  readonly engine: 'pglite' | 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
  /** The application's ORM options, without those that say where its own database is. */
  readonly orm: Partial<Options>;
  readonly migrations: MigrationModuleOptions;
  readonly services: ((em: SqlEntityManager) => Readonly<Record<string, unknown>>) | undefined;
  /** What else revisions read; empty where nothing was said. */
  readonly key: string;
  readonly host: Host;
}

/** The engines, as the names of their drivers begin. */
const ENGINES = ['pglite', 'postgres', 'mysql', 'mariadb', 'sqlite'] as const;

/** The options of an ORM that say where the database of a server is. */
const SERVER: readonly (keyof Options)[] = ['clientUrl', 'host', 'port', 'user', 'password', 'pool', 'driverOptions'];

/**
 * Decides the engine and splits the options.
 *
 * @throws MigratedDatabaseError for a driver that it does not work with.
 */
export async function databaseSetup(
  purpose: DatabaseSetup['purpose'],
  options: ApplicationUnderTest<Partial<Options>> & Omit<MigrationModuleOptions, 'services'>,
): Promise<DatabaseSetup> {
  const { orm: given, engine: wanted, services, key, ...migrations } = options;
  const driver = given.driver?.name ?? 'none';
  const own = ENGINES.find((name) => driver.toLowerCase().startsWith(name));
  const engine = wanted ?? own;
  if (engine === undefined) {
    throw new MigratedDatabaseError(`${purpose} does not work with the driver ${driver}.`, {
      cure: 'Give it `orm` options whose driver is that of PostgreSQL, PGlite, MySQL, MariaDB or SQLite.',
    });
  }
  // a replica would be the application's own database
  const orm: Partial<Options> = { ...given, preferEnvVars: false, ensureDatabase: false, replicas: undefined };
  if (engine === 'pglite' && own !== 'pglite') {
    for (const option of SERVER) delete orm[option];
    orm.driver = await pgliteDriver(purpose);
  }
  return { purpose, engine, orm, migrations, services, key: key ?? '', host: testHost(purpose) };
}

async function pgliteDriver(purpose: DatabaseSetup['purpose']): Promise<Options['driver']> {
  try {
    const { PgliteDriver } = await import('@mikro-orm/pglite');
    return PgliteDriver;
  } catch (cause) {
    throw new MigratedDatabaseError(`${purpose} with engine 'pglite' can't load @mikro-orm/pglite.`, {
      cure: `Install it: npm install --save-dev @mikro-orm/pglite@${Utils.getORMVersion()}.`,
      cause,
    });
  }
}

function testHost(activity: string): Host {
  const { pid, env } = process;
  return {
    cwd: process.cwd(),
    env,
    execPath: process.execPath,
    pid,
    hostname: hostname(),
    user: '',
    activity,
  };
}
