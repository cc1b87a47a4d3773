/**
 * A fresh database for a test, on any engine:
 *
 *     describe.each(engines)('%s', engine => {
 *       let database: TestDatabase;
 *       beforeAll(async () => { database = await createDatabase(engine); });
 *       afterAll(() => database.drop());
 *       it('works', async () => {
 *         const orm = await MikroORM.init({ ...database.options, entities: [Author] });
 *
 * The servers are those of this run (`jest.config.mjs`, project `database`); PGlite and SQLite need none.
 */
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { engineNames, serverEngines, type Engine, type ServerEngine } from './engines.ts';
import { temporaryFolder } from './projects.ts';
import { cached } from './servers/cache.ts';
import { drivers, query, type DriverClass, type Row } from './servers/query.ts';
import { type ServerCoordinates } from './servers/server.ts';

export { allEngines, engines, engineNames, serverEngines, type Engine, type ServerEngine } from './engines.ts';
export { type Row } from './servers/query.ts';
export { type ServerCoordinates } from './servers/server.ts';

/** Where the coordinates of the run's servers travel from jest's global setup to its workers. */
export const SERVERS_VARIABLE = 'TEST_SERVERS';

/** The part of MikroORM's options that says where the database is; add `entities` and what the test is about. */
export interface DatabaseOptions {
  readonly driver: DriverClass;
  /** PGlite: the folder; SQLite: the file. */
  readonly dbName: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** Connecting must never create a database. */
  readonly ensureDatabase: false;
}

export interface TestDatabase {
  readonly engine: Engine;
  /** PGlite: the folder; SQLite: the file. */
  readonly name: string;
  readonly options: DatabaseOptions;
  /** DB_ENGINE, DB_NAME, and for a server DB_HOST, DB_PORT, DB_USER, DB_PASSWORD: for child processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Servers only: the same as a URL, its parts encoded. */
  readonly url?: string;
  /** Cuts what is still connected. Of PGlite and SQLite close every ORM first: the folder is removed under it. */
  drop(): Promise<void>;
}

export interface CreateDatabaseOptions {
  /** Part of the name, for names that need quoting: `order "1"`. Letters, digits and `_` by default. */
  readonly prefix?: string;
  /** Another server than the run's, from `startPostgres({ durable: true })` or its sisters. */
  readonly server?: ServerCoordinates;
}

/** The run's server of that engine. */
export function serverOf(engine: ServerEngine): ServerCoordinates {
  const published = process.env[SERVERS_VARIABLE];
  if (published === undefined) {
    throw new Error(
      `No ${engineNames[engine]} server runs for this test: put the spec into test/integration, test/acceptance or test/contract, or start one with startServers().`,
    );
  }
  const servers = JSON.parse(published) as readonly ServerCoordinates[];
  const found = servers.find((server) => server.engine === engine);
  if (!found) throw new Error(`${SERVERS_VARIABLE} names no ${engineNames[engine]} server.`);
  return found;
}

/**
 * Runs SQL as the server's own administrator, in its home database unless told: for pg_stat_activity,
 * information_schema, locks. `?` stands for a parameter, `??` for a quoted name.
 */
export async function adminQuery(
  engine: ServerEngine,
  sql: string,
  parameters: readonly unknown[] = [],
  options: { readonly database?: string; readonly server?: ServerCoordinates } = {},
): Promise<readonly Row[]> {
  return query(options.server ?? serverOf(engine), sql, parameters, options.database);
}

function isServerEngine(engine: Engine): engine is ServerEngine {
  return serverEngines.some((name) => name === engine);
}

function uniqueName(prefix: string): string {
  return `${prefix}_${process.pid}_${randomBytes(4).toString('hex')}`;
}

function quoted(engine: ServerEngine, name: string): string {
  return engine === 'postgres' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
}

const schemes = { postgres: 'postgresql', mysql: 'mysql', mariadb: 'mariadb' } as const;

async function onServer(engine: ServerEngine, options: CreateDatabaseOptions): Promise<TestDatabase> {
  const server = options.server ?? serverOf(engine);
  const name = uniqueName(options.prefix ?? 'test');
  const identifier = quoted(engine, name);
  // by way of its log, as it does unless told, PostgreSQL takes three times as long
  const copied = engine === 'postgres' && options.server === undefined && Number.parseInt(server.version) >= 15;
  await query(server, `create database ${identifier}${copied ? ' strategy file_copy' : ''}`);
  const { host, port, user, password } = server;
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return {
    engine,
    name,
    options: { driver: await drivers[engine](), dbName: name, host, port, user, password, ensureDatabase: false },
    env: {
      DB_ENGINE: engine,
      DB_HOST: host,
      DB_PORT: String(port),
      DB_USER: user,
      DB_PASSWORD: password,
      DB_NAME: name,
    },
    url: `${schemes[engine]}://${credentials}@${host}:${port}/${encodeURIComponent(name)}`,
    drop: async () => {
      const force = engine === 'postgres' ? ' with (force)' : '';
      await query(server, `drop database if exists ${identifier}${force}`);
    },
  };
}

function pgliteVersion(): string {
  // resolved from the driver, whose dependency it is; its own package.json is not among its exports
  const driver = createRequire(import.meta.url).resolve('@mikro-orm/pglite/package.json');
  const entry = createRequire(driver).resolve('@electric-sql/pglite');
  const packageFile = join(dirname(entry), '..', 'package.json');
  const { version } = createRequire(import.meta.url)(packageFile) as { readonly version: string };
  return version;
}

/**
 * An initialised, empty folder: copying it takes a fraction of the two seconds that making one takes. What a larger
 * database needs is left small, since every test pays for it: 15 MB of empty log, and 128 MB of buffers to fill with
 * zeros each time that the folder is opened. The files of `template1` and `template0` (oid 1 and 4), two thirds of all
 * files, are left out: PGlite is always in the database `postgres`, and creates no other.
 */
export async function pgliteTemplate(): Promise<string> {
  const folder = await cached(`data-pglite-${pgliteVersion()}-3`, async (draft) => {
    const data = join(draft, 'data');
    const orm = await MikroORM.init<AbstractSqlDriver, SqlEntityManager>({
      driver: await drivers.pglite(),
      dbName: data,
      driverOptions: { initDbStartParams: ['--wal-segsize=1'] },
      entities: [],
      discovery: { warnWhenNoEntities: false },
      ensureDatabase: false,
      preferEnvVars: false,
    });
    await orm.em.getConnection().execute('select 1');
    await orm.close(true);
    await appendFile(join(data, 'postgresql.conf'), 'shared_buffers = 4MB\n');
    for (const oid of ['1', '4']) await rm(join(data, 'base', oid), { recursive: true });
  });
  return join(folder, 'data');
}

async function inFolder(options: CreateDatabaseOptions): Promise<TestDatabase> {
  const template = await pgliteTemplate();
  const folder = await temporaryFolder(options.prefix ?? 'pglite', { on: 'memory' });
  const name = join(folder.path, 'data');
  // a thousand small files: the asynchronous copy takes five times the processor's time
  cpSync(template, name, { recursive: true });
  return {
    engine: 'pglite',
    name,
    options: { driver: await drivers.pglite(), dbName: name, ensureDatabase: false },
    env: { DB_ENGINE: 'pglite', DB_NAME: name },
    drop: () => folder.remove(),
  };
}

/** A file that is there and holds nothing, as a new one does. */
async function inFile(options: CreateDatabaseOptions): Promise<TestDatabase> {
  const folder = await temporaryFolder(options.prefix ?? 'sqlite', { on: 'memory' });
  const name = join(folder.path, 'data.db');
  await writeFile(name, '');
  return {
    engine: 'sqlite',
    name,
    options: { driver: await drivers.sqlite(), dbName: name, ensureDatabase: false },
    env: { DB_ENGINE: 'sqlite', DB_NAME: name },
    drop: () => folder.remove(),
  };
}

/** Each call makes another database, with a name of its own. */
export async function createDatabase(engine: Engine, options: CreateDatabaseOptions = {}): Promise<TestDatabase> {
  if (isServerEngine(engine)) return onServer(engine, options);
  return engine === 'pglite' ? inFolder(options) : inFile(options);
}
