import { type LockingTransaction } from '../dialects/dialect.js';
import { acquire, type LockWait } from './migration-lock.js';
import { type PinnedSession } from './pinned-session.js';
import { type HeldLock } from './transaction-lock.js';

/** The transactions of a run, which on some engines are the migration lock as well. */
export class RunTransactions {
  constructor(
    private readonly session: PinnedSession,
    /** Set where a transaction is the only lock there is. */
    private readonly locking: LockingTransaction | undefined,
    private readonly wait: LockWait,
    /** Set where the migration lock is in a transaction of its own. */
    private readonly held?: HeldLock,
    /** Statements that run in every transaction, first of all. */
    private readonly first: readonly string[] = [],
  ) {}

  /** Whether others may have moved rows until a transaction has begun, so that what is left to do shows only inside. */
  get decidesInside(): boolean {
    return this.locking !== undefined || this.held !== undefined;
  }

  get isOpen(): boolean {
    return this.session.inTransaction;
  }

  async begin(): Promise<void> {
    const { locking, held, session } = this;
    if (locking !== undefined) await this.#beginLocking(locking);
    else if (held !== undefined) await this.#beginBeside(held);
    else await session.begin();
    try {
      await session.fence?.move(session);
      for (const statement of this.first) await session.execute(statement);
    } catch (error) {
      await this.rollback().catch(() => undefined);
      throw error;
    }
  }

  /** The lock that is held elsewhere says nothing about transactions of runs that lost it. */
  async #beginBeside(held: HeldLock): Promise<void> {
    const { session } = this;
    const turn = { tryAcquire: () => held.tryBegin(session), holder: () => held.workHolder(session) };
    await acquire(turn, session, this.wait);
  }

  async #beginLocking(locking: LockingTransaction): Promise<void> {
    const { session } = this;
    await locking.prepare(session);
    try {
      await acquire({ tryAcquire: () => this.#tryBegin(locking), holder: async () => null }, session, this.wait);
      await locking.begun(session);
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async commit(): Promise<void> {
    await this.locking?.beforeCommit(this.session);
    await this.held?.check();
    await this.session.commit();
    await this.locking?.ended(this.session);
  }

  async rollback(): Promise<void> {
    try {
      await this.session.rollback();
    } finally {
      await this.locking?.ended(this.session);
    }
  }

  /** Does the work in a transaction of its own. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    await this.begin();
    return this.orRollback(async () => {
      const result = await work();
      await this.commit();
      return result;
    });
  }

  /** Does the work, and rolls the open transaction back where it fails. */
  async orRollback<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.rollback().catch(() => undefined);
      throw error;
    }
  }

  async #tryBegin({ begin, isBusy }: LockingTransaction): Promise<boolean> {
    try {
      await this.session.begin(begin);
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }
}
