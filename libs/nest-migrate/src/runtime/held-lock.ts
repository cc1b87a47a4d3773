import { type LockHolder } from '../engines/session/lock.js';
import { type TransactionLock } from '../engines/session/transaction-lock.js';
import { LockLostError, LockTimeoutError } from '../errors/runtime.errors.js';
import { describeHolder } from './describe-holder.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type LockWait } from './migration-lock.js';
import { type Session } from './ports.js';
import { waitUntil } from './wait-until.js';

/** Runs work on one connection of the pool, and returns the connection afterwards. */
export type Pin<S extends Session> = <T>(work: (session: S) => Promise<T>) => Promise<T>;

/** The migration lock, held by a transaction on a connection beside the run's own. */
export class HeldLock {
  #lost: LockLostError | undefined;

  constructor(
    private readonly holding: Session,
    private readonly lock: TransactionLock,
  ) {}

  /**
   * Checks that the lock is still held. To be called before each transaction and each statement. It costs a round trip:
   * the driver reports a closed connection only when it reads from it, and never reports a transaction that ended
   * behind a pooler.
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
   * Begins a transaction, unless one of another run is still open. That run is dead or has lost the lock, so the caller
   * waits for what the server still executes for it.
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

  /** The holder of the transaction that kept {@link tryBegin} from beginning. */
  workHolder(session: Session): Promise<LockHolder | null> {
    return this.lock.workHolder(session);
  }

  /**
   * Waits until no session still executes a statement of an earlier run. Before that, it is unknown whether the
   * statement took effect. (A lock of the executing session would tell, but behind a pooler there is no such lock.)
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
 * open and no connection is kept, since the holder of the lock may need a connection of the same pool.
 *
 * @throws LockTimeoutError when the lock was not released in time; `work` has not run then.
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
          // a failure is harmless: the lock ends with its transaction, however that ends
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
