import { setTimeout as pause } from 'node:timers/promises';
import { type MikroORM } from '@mikro-orm/sql';
import { type SideSession, type WayToServer } from '../engines/session/lock.js';
import { nativePool } from './native-pool.js';

/**
 * How long to wait for a connection, or for a reply on it, in milliseconds. It is for what hangs: on a busy machine both
 * can take many seconds.
 */
const PATIENCE_MS = 30_000;

/** The members of a `pg` client that are used here. */
interface NativeClient {
  /** The number of its session, as the server (or a pooler) reported it. */
  readonly processID?: number | null;
  connect(): Promise<unknown>;
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<void>;
  on(event: 'error', listener: () => void): unknown;
}

/** The members of a `pg` pool that are used here. */
interface NativePool {
  readonly options?: object;
  readonly Client?: new (options: object) => NativeClient;
  readonly _clients?: readonly NativeClient[];
}

/** How the ORM's connections reach the server. `patience`: milliseconds to wait for a reply on a separate one. */
export function wayToServer(orm: MikroORM, patience = PATIENCE_MS): WayToServer {
  return {
    leadsTo: (pid) => leadsTo(orm, pid),
    openBeside: () => openBeside(orm, patience),
    pause: (milliseconds) => pause(milliseconds, undefined, { ref: false }),
  };
}

/**
 * Whether one of the pool's connections leads directly to that server session; `false` also where that cannot be known.
 */
async function leadsTo(orm: MikroORM, pid: number): Promise<boolean> {
  const clients = (await nativePool<NativePool>(orm.em.getConnection()))?._clients ?? [];
  return clients.some(({ processID }) => processID === pid);
}

/** Opens a connection like those of the pool but outside of it; `undefined` where that fails. */
async function openBeside(orm: MikroORM, patience: number): Promise<SideSession | undefined> {
  const { Client, options = {} } = (await nativePool<NativePool>(orm.em.getConnection())) ?? {};
  if (Client === undefined) return undefined;
  const client = new Client({
    ...options,
    password: (options as { readonly password?: unknown }).password, // not enumerable, so the spread misses it
    connectionTimeoutMillis: patience,
    query_timeout: patience,
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
