import { type MikroORM, NodeSqliteDialect, type Options, Utils } from '@mikro-orm/sql';
import { type Engine } from '../engines/engine.js';
import { type ScratchServer } from '../engines/scratch/scratch.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { ScratchPlaceMissingError } from '../errors/rehearsal.errors.js';
import { type ScratchPlace } from './scratch-settings.js';

/** The options of an ORM that say where its database is and how it is reached. None of the application's is left. */
export type Coordinates = Readonly<Partial<Record<(typeof COORDINATES)[number], unknown>>>;

/** Where a scratch database is created. */
export type Place =
  ServerPlace | { readonly kind: 'file' } | { readonly kind: 'memory'; readonly coordinates: Coordinates };

/** A server on which scratch databases are created. */
export interface ServerPlace {
  readonly kind: 'server';
  readonly server: ScratchServer;
  readonly coordinates: Coordinates;
  /** The database from which they are created and dropped. The application's own one is not needed for it. */
  readonly management: string;
}

/** Everything by which an ORM's options lead to a database. An environment variable could fill one that is missing. */
export const COORDINATES = [
  'driver',
  'clientUrl',
  'host',
  'port',
  'user',
  'password',
  'dbName',
  'driverOptions',
  'multipleStatements',
] as const;

/**
 * Decides where a scratch database is created.
 *
 * @param wanted `pglite` asks for PGlite whatever the options say; `same` for the application's own engine.
 * @throws ScratchPlaceMissingError | InvalidOptionError
 */
export async function placeOf(
  orm: MikroORM,
  engine: Engine,
  on: ScratchPlace | undefined,
  wanted: 'same' | 'pglite' | undefined,
): Promise<Place> {
  const { server } = await engine.scratch();
  const own = orm.config.getAll() as Partial<Options>;
  const isPostgres = engine.name === 'postgres';
  if (wanted === 'pglite' || (isPostgres && isPglite(on))) {
    if (isPostgres) return { kind: 'memory', coordinates: await inMemory(isPglite(on) ? on : own) };
    throw new InvalidOptionError(
      'scratch',
      `can't be PGlite for ${PRODUCTS[engine.name]}`,
      'PGlite stands in for PostgreSQL.',
    );
  }
  if (engine.name === 'sqlite') return { kind: 'file' };
  if (server === undefined) return { kind: 'memory', coordinates: await inMemory(own) };
  if (on === undefined && isPostgres && wanted !== 'same') {
    const coordinates = await inMemory({}).catch(() => undefined);
    if (coordinates !== undefined) return { kind: 'memory', coordinates };
  }
  if (on === undefined)
    throw new ScratchPlaceMissingError(PRODUCTS[engine.name], cureFor(isPostgres && wanted !== 'same'));
  const { dbName, ...coordinates } = onServer(on, own);
  const ofOwn = on === 'same server' ? own.schemaGenerator?.managementDbName : databaseOf(coordinates.clientUrl);
  const management = typeof dbName === 'string' ? dbName : (ofOwn ?? server.management);
  return { kind: 'server', server, coordinates, management };
}

const PRODUCTS = { postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB', sqlite: 'SQLite' } as const;

function cureFor(mayBePglite: boolean): string {
  const option =
    "MigrationModule.forRoot({ scratch: '<url>' }) for a server that has nothing to do with production, or scratch: 'same server'";
  if (!mayBePglite) return `Write ${option}.`;
  return `Install PGlite: npm install --save-dev @mikro-orm/pglite@${Utils.getORMVersion()}; or write ${option}.`;
}

function isPglite(on: ScratchPlace | undefined): on is Partial<Options> {
  return typeof on === 'object' && /pglite/i.test(on.driver?.name ?? '');
}

/** A PGlite of its own. Options that are a PGlite's, such as its extensions, are the same there. */
async function inMemory(options: Partial<Options>): Promise<Coordinates> {
  const given = isPglite(options) ? driverOptionsOf(options) : {};
  const { pglite: _pglite, dataDir: _dataDir, ...driverOptions } = given;
  const driver = isPglite(options) ? options.driver : (await import('@mikro-orm/pglite')).PgliteDriver;
  return { driver, dbName: 'memory://', driverOptions: { ...driverOptions, ...smallCluster(driverOptions) } };
}

/**
 * PGlite fills its buffers with zeros each time that it is opened, and a snapshot of it holds its log: 128 MB and 16 MB
 * unless told, a third of the time to open one. What the application tells comes last, which is what PostgreSQL takes.
 */
function smallCluster({ postgresqlconf, initDbStartParams }: Readonly<Record<string, unknown>>): object {
  const given = postgresqlconf === undefined ? [] : [postgresqlconf].flat();
  return {
    postgresqlconf: ['shared_buffers = 16MB', ...given],
    initDbStartParams: initDbStartParams ?? ['--wal-segsize=1'],
  };
}

/** The way to the server of an ORM's options, to any database of it; `undefined` where its driver's own options decide that. */
export function ownServer(own: Partial<Options>): Coordinates | undefined {
  const { driver, clientUrl, host, port, user, password, multipleStatements } = own;
  const driverOptions = driverOptionsOf(own);
  if (isDialect(driverOptions) || 'connectionString' in driverOptions) return undefined;
  return {
    driver,
    clientUrl,
    host,
    port,
    user,
    password,
    multipleStatements,
    driverOptions: without(driverOptions, DATABASE),
  };
}

/**
 * The way to another file of SQLite.
 *
 * @throws InvalidOptionError where only the application's own file can be opened.
 */
export function onFile(own: Partial<Options>, dbName: string): Coordinates {
  const { driver } = own;
  const driverOptions = driverOptionsOf(own);
  // its own name does not count where a dialect opens the file
  if (driverOptions.constructor === NodeSqliteDialect)
    return { driver, dbName, driverOptions: new NodeSqliteDialect(dbName) };
  if (!isDialect(driverOptions)) return { driver, dbName, driverOptions: without(driverOptions, DATABASE) };
  throw new InvalidOptionError(
    'scratch',
    "can't be a file beside the application's, since MikroORM's driverOptions decide which one is opened",
    'Use @mikro-orm/sqlite, or new NodeSqliteDialect(…) of @mikro-orm/sql.',
  );
}

function onServer(on: ScratchPlace, own: Partial<Options>): Coordinates {
  const { driver } = own;
  if (on === 'same server') {
    const same = ownServer(own);
    if (same !== undefined) return same;
    throw new InvalidOptionError(
      'scratch',
      "can't be 'same server', since MikroORM's driverOptions decide which database is opened",
      "Write scratch: '<url>'.",
    );
  }
  const behaviour = without(driverOptionsOf(own), CONNECTING);
  if (typeof on === 'string') return { driver, clientUrl: readable(on), driverOptions: behaviour };
  const { clientUrl, host, port, user, password, dbName, multipleStatements } = on;
  const driverOptions = { ...behaviour, ...without(driverOptionsOf(on), DATABASE) };
  return {
    driver: on.driver ?? driver,
    clientUrl,
    host,
    port,
    user,
    password,
    dbName,
    multipleStatements,
    driverOptions,
  };
}

/** The keys of a driver's own options that name a database. */
const DATABASE = new Set(['database', 'dbName']);

/** Those that say how a server is reached. The others, such as a character set, say how values are read. */
const CONNECTING = new Set([
  ...DATABASE,
  'connectionString',
  'host',
  'max',
  'min',
  'password',
  'password1',
  'port',
  'socketPath',
  'ssl',
  'stream',
  'uri',
  'user',
]);

function driverOptionsOf({ driverOptions }: Partial<Options>): Readonly<Record<string, unknown>> {
  const given: unknown = typeof driverOptions === 'function' ? (driverOptions as () => unknown)() : driverOptions;
  return (given ?? {}) as Readonly<Record<string, unknown>>;
}

/** Whether it is a dialect or an instance of Kysely, and no set of options. */
function isDialect(options: object): boolean {
  return 'createDriver' in options || 'getExecutor' in options;
}

function without(options: Readonly<Record<string, unknown>>, keys: ReadonlySet<string>): Record<string, unknown> {
  if (isDialect(options)) return {};
  return Object.fromEntries(Object.entries(options).filter(([key]) => !keys.has(key)));
}

/** The database that a URL names, if any. */
function databaseOf(clientUrl: unknown): string | undefined {
  const name = typeof clientUrl === 'string' ? decodeURIComponent(new URL(clientUrl).pathname.slice(1)) : '';
  return name === '' ? undefined : name;
}

/** The URL is in no message, since it holds a password. */
function readable(url: string): string {
  if (URL.canParse(url)) return url;
  throw new InvalidOptionError(
    'scratch',
    'is no URL that can be read',
    "Write 'same server' or a URL whose user and password are percent-encoded.",
  );
}
