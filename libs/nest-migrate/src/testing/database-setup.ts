import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { type Options, type SqlEntityManager, Utils } from '@mikro-orm/sql';
import { type MigrationModuleOptions } from '../commands/options.js';
import { folder } from '../commands/resolve-options.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type Host } from '../runtime/host.js';
import { isFileSystemError, nodeFileSystem } from '../script/file-system.js';
import { type MigratedDatabaseOptions } from './migrated-database.js';
import { clusterText } from '../rehearsal/pglite-cluster.js';

/** The options of {@link migratedDatabase}, checked and with every default filled in. */
export interface DatabaseSetup {
  readonly engine: 'pglite' | 'postgres';
  /** The application's ORM options, without those that say where its own database is. */
  readonly orm: Partial<Options>;
  readonly migrations: MigrationModuleOptions;
  readonly services: ((em: SqlEntityManager) => Readonly<Record<string, unknown>>) | undefined;
  readonly host: Host;
  /** Everything that the database at head depends on, as hexadecimal digits. */
  readonly key: string;
}

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
  const own = /pglite/i.test(driver) ? 'pglite' : /postgres/i.test(driver) ? 'postgres' : undefined;
  const engine = wanted ?? own;
  if (engine === undefined) {
    throw new MigratedDatabaseError(`migratedDatabase() does not work with the driver ${driver}.`, {
      cure: 'Give it `orm` options whose driver is PostgreSqlDriver or PgliteDriver.',
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
  for (const location of folders) await hashFolder(hash, folder(location, base));
  return { engine, orm, migrations, services, host, key: hash.digest('hex') };
}

/** To be raised when the library creates another database from the same revisions, or writes it another way. */
const FORMAT = 2;

/** Names and contents of a folder's files, with those that revisions read or import from beside them. */
async function hashFolder(hash: ReturnType<typeof createHash>, root: string): Promise<void> {
  const waiting = [root];
  const files: string[] = [];
  const seen = new Set<string>(); // links may form a cycle
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { name, kind } of await entriesOf(at)) {
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = join(at, name);
      const isFolder = kind === 'folder' || (kind === 'link' && (await nodeFileSystem.stat(path))?.kind === 'folder');
      if (!isFolder) {
        files.push(path);
        continue;
      }
      const real = await nodeFileSystem.realPath(path);
      if (!seen.has(real)) waiting.push(path);
      seen.add(real);
    }
  }
  for (const file of files.sort()) {
    hash.update(JSON.stringify([relative(root, file), await nodeFileSystem.readText(file)]));
  }
}

async function entriesOf(path: string): ReturnType<typeof nodeFileSystem.list> {
  try {
    return await nodeFileSystem.list(path);
  } catch (error) {
    if (isFileSystemError(error, 'ENOENT')) return []; // the upgrade reports it with a better message
    throw error;
  }
}

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
