import { type ExecutableStep } from './executable-step.js';
import { type ExecutionOptions } from './execution-options.js';
import { type InterruptedRevision, statementsDone } from './interrupted-revision.js';
import { type LockWait } from './migration-lock.js';
import { type RunPorts } from './ports.js';
import { type RunTransactions } from './run-transactions.js';
import { type HeldLock } from './transaction-lock.js';

/** Where a run is when it asks what an earlier one has left of a step. */
export interface StepAt {
  readonly steps: readonly ExecutableStep[];
  readonly index: number;
  /** The version table's rows that the steps were planned from. */
  readonly rows: readonly string[];
  /** Whether the step is begun again. */
  readonly isRetry: boolean;
}

/** What earlier runs have left unfinished, as a run deals with it. */
export class EarlierRuns {
  #found: readonly InterruptedRevision[] = [];

  constructor(
    private readonly ports: Pick<RunPorts, 'session' | 'tables'>,
    private readonly transactions: RunTransactions,
    private readonly options: Pick<ExecutionOptions, 'begun' | 'emit'>,
  ) {}

  /**
   * Waits for the statements that earlier runs were at, where the lock does not belong to the session that executes: what a
   * dead run was at may not be judged before it ends.
   */
  async statementsEnded(steps: readonly ExecutableStep[], held: HeldLock, wait: LockWait): Promise<void> {
    const { begun } = this.options;
    const found = await this.#read();
    const concerned = found.filter((notes) => begun.areForgotten || steps.some((step) => isOf(notes, step)));
    for (const notes of concerned) await held.statementsEnded(this.ports.session, notes, wait);
  }

  /** A run that has nothing to do may be the one that says that what earlier ones have left is dealt with. */
  async withoutSteps(rows: readonly string[]): Promise<void> {
    const { begun } = this.options;
    this.#found = await this.#read();
    if (!begun.areForgotten) return begun.admit(this.#found, rows, []);
    if (this.#found.length === 0) return;
    this.#tellForgotten();
    const { tables, session } = this.ports;
    await this.transactions.within(() => tables.journal.clear(session));
  }

  /**
   * What an earlier run has left of the revision of a step. It has to be among the steps, unless a stamp says that it is
   * dealt with.
   */
  async leftOf(
    step: ExecutableStep,
    { steps, index, rows, isRetry }: StepAt,
  ): Promise<InterruptedRevision | undefined> {
    const { begun } = this.options;
    // a try before may have left a note of what it could not clean up
    if (index === 0 || isRetry || this.transactions.decidesInside) this.#found = await this.#read();
    if (index === 0) {
      if (begun.areForgotten) this.#tellForgotten();
      else begun.admit(this.#found, rows, steps);
    }
    const notes = this.#found.find((found) => isOf(found, step));
    const done = notes === undefined ? 0 : statementsDone(notes);
    if (notes !== undefined && done > 0) {
      const first = done === 1 ? 'statement' : `${done} statements`;
      this.#warn(`The ${notes.direction} of ${notes.revision} was interrupted: going on behind its first ${first}.`);
    }
    return notes;
  }

  /** Whether they have left something of a revision, in either direction. */
  includes(revision: string | null): boolean {
    return this.#found.some((notes) => notes.revision === revision);
  }

  /** What is left of a step now that it was stopped, which may be more than earlier runs have left. */
  async leftNow(step: ExecutableStep): Promise<number> {
    const unfinished = await this.#read().catch(() => []);
    const notes = unfinished.find((found) => isOf(found, step));
    return notes === undefined ? 0 : statementsDone(notes);
  }

  #read(): Promise<readonly InterruptedRevision[]> {
    return this.ports.tables.journal.interrupted(this.ports.session);
  }

  #tellForgotten(): void {
    for (const notes of this.#found) {
      this.#warn(
        `The ${notes.direction} of ${notes.revision} was interrupted, ${statementsDone(notes)} statements of it are done: forgotten, since the stamp says where the database is.`,
      );
    }
  }

  #warn(message: string): void {
    this.options.emit({ type: 'warning', message });
  }
}

function isOf(
  { isReadable, revision, direction }: InterruptedRevision,
  step: Pick<ExecutableStep, 'revision' | 'direction'>,
): boolean {
  return isReadable && step.revision === revision && step.direction === direction;
}
