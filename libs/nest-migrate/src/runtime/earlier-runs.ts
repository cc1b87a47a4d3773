import { DROP_OF_FRESH, stepName } from '../errors/interrupted.errors.js';
import { type ExecutableStep } from './executable-step.js';
import { type ExecutionOptions } from './execution-options.js';
import { type InterruptedRevision, statementsDone } from './interrupted-revision.js';
import { type LockWait } from './migration-lock.js';
import { type RunPorts } from './ports.js';
import { type RunTransactions } from './run-transactions.js';
import { type HeldLock } from './held-lock.js';

/** The position of a run that asks what an earlier run has left of a step. */
export interface StepAt {
  readonly steps: readonly ExecutableStep[];
  readonly index: number;
  /** The version table's rows that the steps were planned from. */
  readonly rows: readonly string[];
  /** Whether this is a further try of the step. */
  readonly isRetry: boolean;
}

/** What earlier runs have left unfinished, and how a run deals with it. */
export class EarlierRuns {
  #found: readonly InterruptedRevision[] = [];

  constructor(
    private readonly ports: Pick<RunPorts, 'session' | 'tables'>,
    private readonly transactions: RunTransactions,
    private readonly options: Pick<ExecutionOptions, 'begun' | 'emit'>,
  ) {}

  /**
   * Waits for the statements that earlier runs were executing, where the lock does not belong to the session that
   * executes. A statement of a dead run may not be judged before it ends.
   */
  async statementsEnded(steps: readonly ExecutableStep[], held: HeldLock, wait: LockWait): Promise<void> {
    const { begun } = this.options;
    const found = await this.#read();
    const concerned = found.filter((notes) => begun.areForgotten || steps.some((step) => isOf(notes, step)));
    for (const notes of concerned) await held.statementsEnded(this.ports.session, notes, wait);
  }

  /**
   * Deals with earlier runs where this run has no steps. Such a run may be the stamp that declares their leftovers
   * settled.
   */
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
   * What an earlier run has left of the revision of a step. An unfinished revision must be among the steps, unless a
   * stamp declares it settled.
   */
  async leftOf(
    step: ExecutableStep,
    { steps, index, rows, isRetry }: StepAt,
  ): Promise<InterruptedRevision | undefined> {
    const { begun } = this.options;
    // an earlier try may have left a note of something that it could not clean up
    if (index === 0 || isRetry || this.transactions.decidesInside) this.#found = await this.#read();
    if (index === 0) {
      if (begun.areForgotten) this.#tellForgotten();
      else begun.admit(this.#found, rows, steps);
    }
    const notes = this.#found.find((found) => isOf(found, step));
    const done = notes === undefined ? 0 : statementsDone(notes);
    if (notes !== undefined && done > 0) {
      const first = done === 1 ? 'statement' : `${done} statements`;
      this.#warn(`The ${notes.direction} of ${notes.revision} was interrupted: continuing after its first ${first}.`);
    }
    return notes;
  }

  /** Whether earlier runs have left anything of a revision, in either direction. */
  includes(revision: string | null): boolean {
    return this.#found.some((notes) => notes.revision === revision);
  }

  /**
   * How many statements of a step are done now that the step has failed. That may be more than earlier runs had done.
   */
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
      const done = notes.revision === DROP_OF_FRESH ? '' : `, ${statementsDone(notes)} statements of it are done`;
      this.#warn(
        `The ${stepName(notes)} was interrupted${done}: forgotten, since the stamp says where the database is.`,
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
