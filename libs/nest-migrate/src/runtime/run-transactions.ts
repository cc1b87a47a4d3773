import { type LockingTransaction, type TransactionMark } from '../engines/session/transaction.js';
import { type SessionSettings } from '../engines/session/settings.js';
import { TransactionEndedError } from '../errors/runtime.errors.js';
import { acquire, type LockWait } from './migration-lock.js';
import { type Session } from './ports.js';
import { SessionBaseline } from './session-baseline.js';
import { type HeldLock } from './held-lock.js';

/** The state of a transaction that was begun: `unknown` where it has ended and the server does not tell how. */
export type TransactionFate = 'none' | 'open' | 'committed' | 'rolled back' | 'unknown';

/** It is gone as soon as its transaction has ended, however that came. */
const SAVEPOINT = 'nest_migrate_begun';

/** How the transactions of a run begin, and how their state is checked. */
export interface TransactionOptions {
  /** Set where a transaction is the only lock there is. */
  readonly locking?: LockingTransaction;
  /** Set where the migration lock is in a transaction of its own. */
  readonly held?: HeldLock;
  /** Statements that run first in every transaction. */
  readonly first?: readonly string[];
  readonly mark?: TransactionMark;
  /** Whether a savepoint is the mark, since statements regularly end transactions. */
  readonly savepoint?: boolean;
  /** Set where each transaction begins with its own settings, or on its own session. */
  readonly settings?: SessionSettings;
}

/** The transactions of a run. On some engines they are the migration lock as well. */
export class RunTransactions {
  #mark: string | null = null;
  #baseline: SessionBaseline | undefined;

  constructor(
    private readonly session: Session,
    private readonly wait: LockWait,
    private readonly options: TransactionOptions,
  ) {}

  /**
   * Whether another run may move rows until a transaction has begun, so that only inside it is known what is left to
   * do.
   */
  get decidesInside(): boolean {
    return this.options.locking !== undefined || this.options.held !== undefined;
  }

  get isOpen(): boolean {
    return this.session.inTransaction;
  }

  /** The settings that the open transaction began with, where they are tracked. */
  get baseline(): SessionBaseline | undefined {
    return this.isOpen ? this.#baseline : undefined;
  }

  /** Whether other runs may work between two transactions of this run, as no lock lasts longer. */
  get areShared(): boolean {
    return this.options.locking !== undefined;
  }

  async begin(): Promise<void> {
    const { session } = this;
    const { locking, held } = this.options;
    const { plainBegin } = this;
    if (plainBegin !== undefined) {
      this.#baseline = undefined;
      this.#mark = await session.beginAsking(plainBegin);
      return;
    }
    if (locking !== undefined) await this.#beginLocking(locking);
    else if (held !== undefined) await this.#beginBeside(held);
    else await session.begin();
    await this.#begun(this.options);
  }

  /** What is asked when a transaction begins, where that is all that has to be done; else `undefined`. */
  get plainBegin(): string | undefined {
    const { locking, held, mark, first = [], settings, savepoint } = this.options;
    const isPlain = locking === undefined && held === undefined && this.session.fence === undefined;
    return isPlain && first.length === 0 && settings === undefined && savepoint !== true ? mark?.begun : undefined;
  }

  /** Whether a transaction is open of which the server itself knows all that has to be known when it is committed. */
  get isOpenPlainly(): boolean {
    return this.isOpen && this.#mark !== null && this.plainBegin !== undefined;
  }

  /** Whether nothing has to be done when a transaction is committed but to commit it. */
  get endsPlainly(): boolean {
    return this.options.locking === undefined && this.options.held === undefined;
  }

  /** A condition that is true as long as the transaction that was begun is open; absent where none tells. */
  get isOpenCondition(): string | undefined {
    return this.#mark === null ? undefined : this.options.mark?.isOpen?.(this.#mark);
  }

  /**
   * Does work that changes only rows in a transaction of its own. Where a transaction is the lock, the engine enforces
   * foreign keys in it as in any other: what is done about them for changes of the schema reads all tables.
   *
   * @param isolation A statement that is sent before, where the engine needs one.
   */
  async withinRows<T>(isolation: string | undefined, work: () => Promise<T>): Promise<T> {
    const { session } = this;
    const { locking, held, first, savepoint } = this.options;
    if (locking === undefined) {
      if (isolation !== undefined && held === undefined) await session.execute(isolation);
      return this.within(work);
    }
    await acquire({ tryAcquire: () => this.#tryBegin(locking), holder: async () => null }, session, this.wait);
    await this.#begun({ first, savepoint });
    try {
      const result = await work();
      await session.commit();
      return result;
    } catch (error) {
      await session.rollback().catch(() => undefined);
      throw error;
    }
  }

  async #begun({
    first = [],
    mark,
    settings,
    savepoint = false,
  }: Pick<TransactionOptions, 'first' | 'mark' | 'settings' | 'savepoint'>): Promise<void> {
    const { session } = this;
    try {
      await session.fence?.move(session);
      for (const statement of first) await session.execute(statement);
      this.#baseline = undefined;
      if (settings !== undefined) this.#baseline = await SessionBaseline.of(session, settings);
      if (savepoint) await session.execute(`savepoint ${SAVEPOINT}`);
      this.#mark = mark === undefined ? null : await session.value(mark.begun);
    } catch (error) {
      await this.rollback().catch(() => undefined);
      throw error;
    }
  }

  /** Waits for open transactions of earlier runs that have lost the lock: holding the lock says nothing about those. */
  async #beginBeside(held: HeldLock): Promise<void> {
    const { session } = this;
    const turn = { tryAcquire: () => held.tryBegin(session), holder: () => held.workHolder(session) };
    await acquire(turn, session, this.wait);
  }

  async #beginLocking(locking: LockingTransaction): Promise<void> {
    const { session } = this;
    try {
      await locking.prepare(session);
      await acquire({ tryAcquire: () => this.#tryBegin(locking), holder: async () => null }, session, this.wait);
      await locking.begun(session);
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  /** The state of the transaction that was begun. It may be a failed transaction, which accepts no query. */
  async fate(): Promise<TransactionFate> {
    const { mark } = this.options;
    if (!this.isOpen) return 'none';
    if (this.options.savepoint === true) return (await this.#hasSavepoint()) ? 'open' : 'unknown';
    if (mark === undefined || this.#mark === null) return 'open';
    try {
      if ((await this.session.value(mark.now)) === this.#mark) return 'open';
      const fate = mark.fate === undefined ? null : await this.session.value(mark.fate(this.#mark));
      if (fate === 'committed') return 'committed';
      return fate === 'aborted' ? 'rolled back' : 'unknown';
    } catch {
      // a failed transaction runs no query until it is rolled back
      return 'open';
    }
  }

  /** @throws TransactionEndedError where the open transaction is not the one that was begun. */
  async checkOpen(): Promise<void> {
    if (this.options.savepoint === true) return;
    const fate = await this.fate();
    if (fate !== 'open' && fate !== 'none') throw new TransactionEndedError();
  }

  /** @param isKnownOpen Whether the last statement has told that the transaction is the one that was begun. */
  async commit(isKnownOpen = false): Promise<void> {
    const { locking, held } = this.options;
    if (!isKnownOpen) await this.checkOpen();
    await locking?.beforeCommit(this.session);
    await held?.check();
    await this.session.commit();
    await locking?.ended(this.session);
  }

  async rollback(): Promise<void> {
    try {
      await this.session.rollback();
    } finally {
      await this.options.locking?.ended(this.session);
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

  async #hasSavepoint(): Promise<boolean> {
    return this.session.execute(`release savepoint ${SAVEPOINT}`).then(
      () => true,
      () => false,
    );
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
