import { type LockHolder, type TransactionLock } from '../engines/dialect.js';
import { LockLostError, LockTimeoutError } from '../errors/runtime.errors.js';
import { describeHolder } from './describe-holder.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type LockWait } from './migration-lock.js';
import { type Session } from './ports.js';
import { waitUntil } from './wait-until.js';

/** Runs work on one connection of the pool, which goes back to it afterwards. */
export type Pin<S extends Session> = <T>(work: (session: S) => Promise<T>) => Promise<T>;

/** The migration lock in a transaction on a connection beside the run's own. */
export class HeldLock {
  #lost: LockLostError | undefined;

  constructor(
    private readonly holding: Session,
    private readonly lock: TransactionLock,
  ) {}

  /**
   * Makes sure that the lock is still held; to be asked before each transaction and each statement. It costs a round trip:
   * the driver would tell of a closed connection only once it reads of it, and not of a transaction that ended behind a
   * pooler.
   *
   * @throws LockLostError
   */
  async check(): Promise<void> {
    if (this.#lost === undefined) {
      try {
        await this.holding.query('select 1');
        return;
      } catch (cause) {
        this.#lost = new LockLostError(cause);
      }
    }
    throw this.#lost;
  }

  /**
   * Begins a transaction, unless one of another run is still open. That run is dead or has lost the lock, and what the
   * server executes for it is waited for.
   */
  async tryBegin(session: Session): Promise<boolean> {
    await this.check();
    await session.begin();
    try {
      if (await this.lock.tryAcquireWork(session)) return true;
    } catch (error) {
      await session.rollback().catch(() => undefined);
      throw error;
    }
    await session.rollback();
    return false;
  }

  /** Whose transaction {@link tryBegin} came upon. */
  workHolder(session: Session): Promise<LockHolder | null> {
    return this.lock.workHolder(session);
  }

  /**
   * Waits until no session executes a statement any more that an earlier run was at: until then nobody can say whether it
   * took effect. (A lock of the session that executes it would say so, which a pooler has no use for.)
   *
   * @throws LockTimeoutError naming the session that still executes it.
   */
  async statementsEnded(
    session: Session,
    interrupted: InterruptedRevision,
    { timeout, signal, emit, clock }: LockWait,
  ): Promise<void> {
    for (const { sql } of interrupted.rows.filter(({ state }) => state === 'running')) {
      let runner: LockHolder | null = null;
      const { isSo, waitedMs } = await waitUntil(
        async () => {
          await this.check();
          runner = await this.lock.runner(session, sql);
          return runner === null;
        },
        {
          timeout,
          signal,
          clock,
          awaited: 'the end of a statement of an interrupted run',
          announce: async () => {
            const message = `Waiting for a statement of an interrupted run that the server still executes: ${describeHolder(runner)}.`;
            emit({ type: 'warning', message });
          },
        },
      );
      if (!isSo) throw new LockTimeoutError(waitedMs, describeHolder(runner));
    }
  }
}

/**
 * Runs `work` on one connection while a transaction on another one holds the lock. Between tries no transaction stays
 * open, and no connection is kept: whoever holds the lock may want one of the same pool.
 *
 * @throws LockTimeoutError when the lock did not come free in time; `work` has not run then.
 */
export async function withTransactionLock<T, S extends Session>(
  lock: TransactionLock,
  pin: Pin<S>,
  { timeout, signal, emit, clock }: LockWait,
  work: (session: S, held: HeldLock) => Promise<T>,
): Promise<T> {
  let done: { readonly result: T } | undefined;
  const { waitedMs } = await waitUntil(
    () =>
      pin(async (holding) => {
        await holding.begin();
        try {
          await lock.prepare(holding);
          if (!(await lock.tryAcquire(holding))) return false;
          emit({ type: 'lockAcquired' });
          try {
            done = { result: await pin((session) => work(session, new HeldLock(holding, lock))) };
          } finally {
            emit({ type: 'lockReleased' });
          }
          return true;
        } finally {
          // a failure here hides nothing: the lock ends with its transaction, however that ends
          await holding.rollback().catch(() => undefined);
        }
      }),
    {
      timeout,
      signal,
      clock,
      awaited: 'the migration lock',
      announce: () => pin(async (session) => emit({ type: 'lockWaiting', holder: await lock.holder(session) })),
    },
  );
  if (done !== undefined) return done.result;
  throw new LockTimeoutError(waitedMs, await pin(async (session) => describeHolder(await lock.holder(session))));
}
