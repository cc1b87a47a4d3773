import { MikroORM, type Options } from '@mikro-orm/sql';
import { type SqlSession } from '../engines/session/sql-session.js';
import { NotOnScratchError } from '../errors/rehearsal.errors.js';
import { type Coordinates, COORDINATES } from './scratch-place.js';

/** Options that lead nowhere and do nothing by themselves. Each is named, since an environment variable could set it. */
function leadingOnlyTo(coordinates: Coordinates): Partial<Options> {
  const given = Object.fromEntries(COORDINATES.map((option) => [option, coordinates[option]])) as Partial<Options>;
  return {
    ...given,
    driverOptions: given.driverOptions ?? {},
    preferEnvVars: false,
    ensureDatabase: false,
    ensureIndexes: false,
    replicas: undefined,
    onCreateConnection: undefined,
    onReserveConnection: undefined,
  };
}

/** An ORM without entities, which is only used to send SQL. It is closed afterwards. */
export async function withPlainOrm<T>(coordinates: Coordinates, work: (orm: MikroORM) => Promise<T>): Promise<T> {
  const orm = (await MikroORM.init({
    ...leadingOnlyTo(coordinates),
    entities: [],
    entitiesTs: [],
    extensions: [],
    discovery: { warnWhenNoEntities: false },
    debug: false,
    pool: { min: 0, max: 1 },
  })) as MikroORM;
  try {
    return await work(orm);
  } finally {
    await orm.close(true);
  }
}

/** Runs `work` on one connection of an ORM. */
export async function onOneConnection<T>(orm: MikroORM, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const connection = orm.em.getConnection();
  await connection.connect({ skipOnConnect: true });
  const silent = { enabled: false };
  return connection
    .getClient<unknown>()
    .connection()
    .execute((pinned) =>
      work({
        query: (sql, params = []) => connection.execute(sql, [...params], 'all', pinned, silent),
        execute: async (sql, params = []) =>
          (await connection.execute<{ affectedRows: number }>(sql, [...params], 'run', pinned, silent)).affectedRows,
      }),
    );
}

/** What each session of a scratch database begins with. */
export interface SessionStart {
  /** What it is told. */
  readonly statements: readonly string[];
  /** How to ask for the name of its database, and the right one; absent where no other database is within reach. */
  readonly database?: { readonly query: string; readonly name: string };
}

/**
 * An ORM with the application's entities and options on another database. What the application's options would do by
 * themselves is off: replicas, hooks of connections, subscribers, a cache of results. Connects to nothing.
 */
export async function scratchOrm(live: MikroORM, coordinates: Coordinates, start: SessionStart): Promise<MikroORM> {
  const { pool: _pool, extensions = [], ...own } = live.config.getAll() as Partial<Options>;
  const orm = (await MikroORM.init({
    ...own,
    ...leadingOnlyTo(coordinates),
    extensions: [...extensions],
    pool: { min: 0, max: 4 },
    subscribers: [],
    resultCache: {},
    attachDatabases: undefined,
    sessionContext: undefined,
    // by this name MikroORM finds the EntityManager of a request or a transaction, which would be the application's
    contextName: `scratch of ${own.contextName ?? 'default'}`,
    context: () => undefined,
    onCreateConnection: async (connection: unknown) => begin(connection as DriverConnection, start),
  })) as MikroORM;
  // discovery has bound the classes of the entities to the new ORM
  live.getMetadata().decorate(live.em);
  return orm;
}

/** The member of Kysely's connections that is used here. */
interface DriverConnection {
  executeQuery(query: object): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/** @throws NotOnScratchError where an option or a server has led the session to another database. */
async function begin(connection: DriverConnection, { statements, database }: SessionStart): Promise<void> {
  const send = (sql: string): ReturnType<DriverConnection['executeQuery']> =>
    connection.executeQuery({ sql, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: 'scratch' } });
  if (database !== undefined) {
    const { rows } = await send(database.query);
    const name = String(rows[0]?.['name']);
    if (name !== database.name) throw new NotOnScratchError(database.name, name);
  }
  for (const sql of statements) await send(sql);
}
