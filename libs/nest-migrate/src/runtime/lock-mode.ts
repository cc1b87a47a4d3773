import { type MikroORM } from '@mikro-orm/sql';
import { type Engine } from '../engines/engine.js';
import { type TransactionLock } from '../engines/session/transaction-lock.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { nativePool } from './native-pool.js';

/** What the migration lock belongs to: the session that sends the statements, or a transaction beside it. */
export type LockMode = 'session' | 'transaction';

/**
 * The lock of `lock: 'transaction'`; `null` in the other mode.
 *
 * @throws InvalidOptionError where the engine has no such lock.
 */
export function transactionLockOf(
  { locks }: Pick<Engine, 'locks'>,
  mode: LockMode,
  { versionTable, versionTableSchema }: { readonly versionTable: string; readonly versionTableSchema?: string },
): TransactionLock | null {
  if (mode === 'session') return null;
  const lock = locks.ofTransaction?.(versionTable, versionTableSchema) ?? null;
  if (lock !== null) return lock;
  throw new InvalidOptionError(
    'lock',
    "can't be 'transaction' on this engine",
    "It is for PostgreSQL behind a connection pooler; leave it out, or use 'session'.",
  );
}

/**
 * Refuses a pool of one connection, which would wait forever for a second one. The ORM has to be connected.
 *
 * @throws InvalidOptionError
 */
export async function checkPoolOfTwo(orm: MikroORM): Promise<void> {
  const pool = await nativePool<{ readonly options?: { readonly max?: number } }>(orm.em.getConnection());
  const max = pool?.options?.max;
  if (max === undefined || max > 1) return;
  throw new InvalidOptionError(
    'lock',
    "can't be 'transaction' with a pool of one connection",
    "It takes a second one, which holds the lock: set MikroORM's pool.max to 2 or more.",
  );
}

/**
 * Refuses a pool of one connection on a cluster: the run's connection may be busy for hours, and the pulse of the lock
 * is moved on another one.
 *
 * @throws InvalidOptionError
 */
export function checkPulse(orm: MikroORM): void {
  if (orm.config.get('pool').max !== 1) return;
  throw new InvalidOptionError(
    'pool.max',
    "can't be 1 on a cluster",
    "The run takes a second connection, which shows the other members that it lives: set MikroORM's pool.max to 2 or more.",
  );
}
