import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { type Emit } from './events.js';
import { nativePool } from './native-pool.js';

/** After how many milliseconds without a connection that is told. */
const TELL_AFTER_MS = 5_000;

interface WithStream {
  readonly stream?: { destroy(): unknown };
}

/** The members of a client that are used here: `pg`'s, `mysql2`'s. */
interface NativeClient extends WithStream {
  /** `pg`: whether the server has let it in. */
  readonly _connected?: boolean;
  readonly connection?: WithStream;
  /** `mysql2`: the same. */
  readonly authorized?: boolean;
  /** `mysql2`: takes it out of its pool. */
  destroy?(): void;
}

/** The members of a pool that are used here. */
interface NativePool {
  /** `pg` */
  readonly _clients?: readonly NativeClient[];
  /** `mysql2` */
  readonly _allConnections?: { toArray(): readonly NativeClient[] };
}

/** How a wait for a connection is told, and ended. */
export interface ConnectingParts {
  readonly connection: AbstractSqlConnection;
  /** Where the server is, for messages. */
  readonly where: string;
  readonly signal: AbortSignal | undefined;
  readonly emit: Emit;
}

/**
 * Waits until a pool has given a connection and the work on it is done. A server that gives no reply keeps a driver
 * waiting for minutes, or for ever, so that the wait is told, and the signal ends it.
 *
 * @param use Takes a connection, and calls `begun` with it at hand: `false` where the wait was ended meanwhile.
 * @throws RunAbortedError where the signal fired before there was a connection.
 */
export async function whileConnecting<T>(
  { connection, where, signal, emit }: ConnectingParts,
  use: (begun: () => boolean) => Promise<T>,
): Promise<T> {
  const pool = await nativePool<NativePool>(connection);
  const before = new Set(clientsOf(pool));
  const told = setTimeout(() => {
    const message = `Waiting for a connection to the database at ${where}: there is no reply, or all of the pool's are in use.`;
    emit({ type: 'warning', message });
  }, TELL_AFTER_MS);
  let stop = (): void => undefined;
  let isEnded = false;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      isEnded = true;
      reject(new RunAbortedError(signal?.reason, 'before there was a connection: it has changed nothing'));
      // the pool could never be closed while it connects
      for (const client of clientsOf(pool)) {
        if (before.has(client) || (client._connected ?? client.authorized) !== false) continue;
        client.destroy?.();
        (client.connection ?? client).stream?.destroy();
      }
    };
  });
  const settle = (): void => {
    clearTimeout(told);
    signal?.removeEventListener('abort', stop);
  };
  signal?.addEventListener('abort', stop, { once: true });
  const begun = (): boolean => {
    settle();
    return !isEnded;
  };
  try {
    return await Promise.race([use(begun), stopped]);
  } finally {
    settle();
  }
}

function clientsOf(pool: NativePool | undefined): readonly NativeClient[] {
  return pool?._clients ?? pool?._allConnections?.toArray() ?? [];
}
