import { type MigrationLock, type WayToServer } from '../engines/session/lock.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { LockTimeoutError } from '../errors/runtime.errors.js';
import { describeHolder } from './describe-holder.js';
import { type Emit } from './events.js';
import { type Clock } from './ports.js';
import { waitUntil } from './wait-until.js';

/** How a run waits for the lock. */
export interface LockWait {
  /** Milliseconds after which the run stops waiting. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

const LET_GO =
  'The migration lock was let go of before this run has ended, so that another one may have worked beside it: a revision ' +
  'lets go of all locks of the session (discard all, pg_advisory_unlock_all, release_all_locks).';

/**
 * Runs `work` while this session holds the lock. The lock is taken by polling: a session that waits inside PostgreSQL's
 * lock function holds a snapshot, and the holder's `create index concurrently` would wait for that snapshot in turn.
 *
 * A failure to release the lock never hides a failure of `work`. It is harmless, since the lock ends with its session.
 *
 * @throws LockTimeoutError when the lock was not released in time; `work` has not run then.
 * @throws SessionNotKeptError where the lock would belong to a server session that other clients use as well.
 */
export async function withMigrationLock<T>(
  lock: MigrationLock | null,
  session: SqlSession,
  { way, ...wait }: LockWait & { readonly way: WayToServer },
  work: () => Promise<T>,
): Promise<T> {
  if (lock === null) return work();
  await lock.prepare?.(session, way);
  await acquire(lock, session, wait);
  await lock.confirm?.(session, way);
  wait.emit({ type: 'lockAcquired' });
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await lock.release(session, way).catch(() => undefined);
    wait.emit({ type: 'lockReleased' });
    throw error;
  }
  if (!(await lock.release(session, way))) wait.emit({ type: 'warning', message: LET_GO });
  wait.emit({ type: 'lockReleased' });
  return result;
}

/**
 * Takes the lock, by polling.
 *
 * @throws LockTimeoutError when the lock was not released in time.
 */
export async function acquire(
  lock: Pick<MigrationLock, 'tryAcquire' | 'holder'>,
  session: SqlSession,
  { timeout, signal, emit, clock }: LockWait,
): Promise<void> {
  const { isSo, waitedMs } = await waitUntil(() => lock.tryAcquire(session), {
    timeout,
    signal,
    clock,
    awaited: 'the migration lock',
    announce: async () => emit({ type: 'lockWaiting', holder: await lock.holder(session) }),
  });
  if (!isSo) throw new LockTimeoutError(waitedMs, describeHolder(await lock.holder(session)));
}
