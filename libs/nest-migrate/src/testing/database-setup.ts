import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { type Options, type SqlEntityManager, Utils } from '@mikro-orm/sql';
import { type MigrationModuleOptions } from '../commands/options.js';
import { folder } from '../commands/resolve-options.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type Host } from '../runtime/host.js';
import { nodeFileSystem } from '../script/file-system.js';
import { folderTexts } from '../script/folder-texts.js';
import { type MigratedDatabaseOptions } from './migrated-database.js';
import { clusterText } from '../rehearsal/pglite-cluster.js';

/** The options of {@link migratedDatabase}, checked and with every default filled in. */
export interface DatabaseSetup {
  readonly engine: 'pglite' | 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
  /** The application's ORM options, without those that say where its own database is. */
  readonly orm: Partial<Options>;
  readonly migrations: MigrationModuleOptions;
  readonly services: ((em: SqlEntityManager) => Readonly<Record<string, unknown>>) | undefined;
  readonly host: Host;
  /** Everything that the database at head depends on, as hexadecimal digits. */
  readonly key: string;
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
export async function databaseSetup(options: MigratedDatabaseOptions<Partial<Options>>): Promise<DatabaseSetup> {
  const { orm: given, engine: wanted, services, key, ...migrations } = options;
  const driver = given.driver?.name ?? 'none';
  const own = ENGINES.find((name) => driver.toLowerCase().startsWith(name));
  const engine = wanted ?? own;
  if (engine === undefined) {
    throw new MigratedDatabaseError(`migratedDatabase() does not work with the driver ${driver}.`, {
      cure: 'Give it `orm` options whose driver is that of PostgreSQL, PGlite, MySQL, MariaDB or SQLite.',
    });
  }
  // a replica would be the application's own database
  const orm: Partial<Options> = { ...given, preferEnvVars: false, ensureDatabase: false, replicas: undefined };
  if (engine === 'pglite' && own !== 'pglite') {
    for (const option of SERVER) delete orm[option];
    orm.driver = await pgliteDriver();
  }
  const host = testHost();
  const base = given.baseDir ?? host.cwd;
  const folders = [migrations.directory ?? 'migrations', ...(migrations.versionLocations ?? [])];
  const hash = createHash('sha256').update(
    JSON.stringify([
      FORMAT,
      engine,
      Utils.getORMVersion(),
      { ...migrations, directory: undefined, versionLocations: undefined },
      [given.schema, given.timezone, given.charset, given.collate],
      engine === 'pglite' ? await clusterText(orm, host.cwd) : null,
      services === undefined ? null : String(services),
      key ?? null,
    ]),
  );
  for (const location of folders) {
    for (const { name, text } of await folderTexts(folder(location, base), nodeFileSystem)) {
      hash.update(JSON.stringify([name, text]));
    }
  }
  return { engine, orm, migrations, services, host, key: hash.digest('hex') };
}

/** To be raised when the library creates another database from the same revisions, or writes it another way. */
const FORMAT = 2;

async function pgliteDriver(): Promise<Options['driver']> {
  try {
    const { PgliteDriver } = await import('@mikro-orm/pglite');
    return PgliteDriver;
  } catch (cause) {
    throw new MigratedDatabaseError("migratedDatabase() with engine 'pglite' can't load @mikro-orm/pglite.", {
      cure: `Install it: npm install --save-dev @mikro-orm/pglite@${Utils.getORMVersion()}.`,
      cause,
    });
  }
}

function testHost(): Host {
  const { pid, env } = process;
  return {
    cwd: process.cwd(),
    env,
    execPath: process.execPath,
    pid,
    hostname: hostname(),
    user: '',
    activity: 'migratedDatabase()',
  };
}
