import { MisplacedOperationError } from '../errors/operation.errors.js';

/** The first failure of a revision. The queues of all its blocks share it. */
export interface Outcome {
  failure?: { readonly error: unknown };
  /** True once the revision is over. A failure can be reported to no one then. */
  ended?: boolean;
}

/** What occupies a queue while it runs: a block with an `op` of its own, or data work without one. */
export type Occupation = 'autocommitBlock' | 'backfill' | 'batchAlterTable' | 'transaction';

/**
 * Runs verbs one after the other in the order in which they were called, awaited or not. After a failure, verbs that
 * are later in the queue do not run.
 */
export class VerbQueue {
  #tail: Promise<void> = Promise.resolve();
  #occupation: Occupation | undefined;
  #closed = false;

  constructor(
    private readonly outcome: Outcome,
    private readonly scope: 'revision' | 'block',
  ) {}

  /** Queues `work`. The promise is marked as handled, so that a verb that is not awaited ends no process. */
  run<T>(verb: string, work: () => Promise<T>): Promise<T> {
    const misplaced = this.#misplaced(verb);
    if (misplaced !== undefined) return this.#reject(misplaced);
    const result = this.#tail.then(async () => {
      if (this.outcome.failure !== undefined) throw this.outcome.failure.error;
      return this.#noting(work);
    });
    this.#tail = result.then(ignore, ignore);
    return result;
  }

  /** As `run`, for work that has other verbs to call. Until it is done, this queue refuses verbs. */
  occupy(occupation: Occupation, work: () => Promise<void>): Promise<void> {
    return this.run(occupation, async () => {
      this.#occupation = occupation;
      try {
        await work();
      } finally {
        this.#occupation = undefined;
      }
    });
  }

  /**
   * Waits for everything in the queue, including what is added while it waits, and then refuses verbs.
   *
   * @throws the first failure, even where the revision caught it.
   */
  async close(): Promise<void> {
    let awaited: Promise<void> | undefined;
    while (awaited !== this.#tail) {
      awaited = this.#tail;
      await awaited;
    }
    this.#closed = true;
    if (this.scope === 'revision') this.outcome.ended = true;
    if (this.outcome.failure !== undefined) throw this.outcome.failure.error;
  }

  async #noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.outcome.failure ??= { error };
      throw error;
    }
  }

  #reject(error: MisplacedOperationError): Promise<never> {
    const rejected = Promise.reject<never>(error);
    // a verb after the end of the revision can fail no run: its rejection stays unhandled, and is therefore reported
    if (this.outcome.ended === true) return rejected;
    this.outcome.failure ??= { error };
    rejected.catch(ignore);
    return rejected;
  }

  #misplaced(verb: string): MisplacedOperationError | undefined {
    if (this.outcome.ended === true) {
      const problem = 'was called after the revision had ended.';
      return new MisplacedOperationError(verb, 'afterRevision', problem, 'Await every function that uses op.');
    }
    if (this.#closed) {
      const problem = "was called on a block's op after the block had ended.";
      return new MisplacedOperationError(verb, 'afterBlock', problem, 'Use the op outside of the block again.');
    }
    if (this.#occupation === undefined) return undefined;
    if (this.#occupation === 'transaction' || this.#occupation === 'backfill') {
      const problem = `was called on op while op.${this.#occupation} is running.`;
      const cure = 'Use em or kysely in there, and call verbs before or after it.';
      return new MisplacedOperationError(verb, 'insideTransaction', problem, cure);
    }
    const problem = `was called on the outer op while op.${this.#occupation} is running.`;
    return new MisplacedOperationError(verb, 'insideBlock', problem, 'Use the op that the block receives.');
  }
}

function ignore(): void {
  // the failure is kept in the outcome
}
