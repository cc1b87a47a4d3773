import { MisplacedOperationError } from '../errors/operation.errors.js';

/** The first thing that went wrong in a revision; shared by the queues of all its blocks. */
export interface Outcome {
  failure?: { readonly error: unknown };
  /** True once the revision is over, and with it whoever could be told of a failure. */
  ended?: boolean;
}

/** What occupies a queue while it runs: a block with an `op` of its own, or data work without one. */
export type Occupation = 'autocommitBlock' | 'batchAlterTable' | 'transaction';

/**
 * Runs verbs one after the other in the order in which they were called, awaited or not. After a failure nothing that
 * was queued behind it runs.
 */
export class VerbQueue {
  #tail: Promise<void> = Promise.resolve();
  #occupation: Occupation | undefined;
  #closed = false;

  constructor(
    private readonly outcome: Outcome,
    private readonly scope: 'revision' | 'block',
  ) {}

  /** Queues `work`; the promise is marked handled, so that a verb that nobody awaits ends no process. */
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

  /** As `run`, for work that hands out something else to call verbs on: until it is done this queue takes none. */
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
   * Waits for everything that was queued, also for what is queued meanwhile, and takes nothing more.
   *
   * @throws whatever failed first, also where the revision caught it.
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
    // a verb after the end of the revision has nobody left to fail: it stays unhandled, and so is heard
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
    if (this.#occupation === 'transaction') {
      const problem = 'was called on op while op.transaction is running.';
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
