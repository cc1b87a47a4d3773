import { type MikroORM } from '@mikro-orm/sql';
import { type SideSession, type WayToServer } from '../engines/dialect.js';

/** How long a connection, or an answer on it, is waited for, in milliseconds. */
const PATIENCE_MS = 2_000;

/** What is needed of a client of `pg`. */
interface NativeClient {
  /** What the other side has said its session is. */
  readonly processID?: number | null;
  connect(): Promise<unknown>;
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

/** What is needed of a pool of `pg`. */
interface NativePool {
  readonly options?: object;
  readonly Client?: new (options: object) => NativeClient;
  readonly _clients?: readonly NativeClient[];
}

/** How the ORM's connections reach the server. */
export function wayToServer(orm: MikroORM): WayToServer {
  return { leadsTo: (pid) => leadsTo(orm, pid), openBeside: () => openBeside(orm) };
}

/** Whether one of the pool's connections leads to that server session itself; `false` also where nothing tells. */
async function leadsTo(orm: MikroORM, pid: number): Promise<boolean> {
  const clients = (await nativePool(orm))?._clients ?? [];
  return clients.some(({ processID }) => processID === pid);
}

/** A connection as those of the pool, but none of them; `undefined` where there is none to be had. */
async function openBeside(orm: MikroORM): Promise<SideSession | undefined> {
  const { Client, options = {} } = (await nativePool(orm)) ?? {};
  if (Client === undefined) return undefined;
  const client = new Client({
    ...options,
    password: (options as { readonly password?: unknown }).password, // which is not enumerable
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  return {
    async query<T>(sql: string): Promise<T[]> {
      return [...(await client.query(sql)).rows] as T[];
    },
    close: () => client.end().catch(() => undefined),
  };
}

async function nativePool(orm: MikroORM): Promise<NativePool | undefined> {
  const connection = orm.em.getConnection() as { getNativeClient?: () => Promise<NativePool> };
  try {
    return await connection.getNativeClient?.();
  } catch {
    return undefined; // an instance of Kysely that the application made
  }
}
