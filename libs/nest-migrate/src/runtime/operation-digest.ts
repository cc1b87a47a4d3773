import { createHash } from 'node:crypto';
import { backfillText } from '../operations/backfill.js';
import { type Operation } from '../operations/operation.js';
import { type OperationsContext } from '../operations/operations-builder.js';
import { type OperationSink } from '../operations/verbs.js';
import { operationsText } from './operations-text.js';
import { withoutDatabase } from './recorded-operations.js';
import { type RevisionFunction } from './revision-data.js';

/**
 * Collects what a revision does, operation by operation, into one digest. The digest does not depend on how the
 * revision is written: TypeScript, the output of a compiler or a minifier, and every kind of line ending give the same.
 */
export class OperationDigest {
  readonly #hash = createHash('sha256');
  #isImperative = false;

  /** SHA-256, in hexadecimal; `null` where the effect of the revision depends on more than its text. */
  get value(): string | null {
    return this.#isImperative ? null : this.#hash.copy().digest('hex');
  }

  add(operations: readonly Operation[]): void {
    // one by one: whether the operations of a table are combined depends on the engine
    for (const operation of operations) this.#note(operationsText([operation]));
  }

  /** Marks that the revision queries the database, or runs code whose effects are rows. */
  markImperative(): void {
    this.#isImperative = true;
  }

  /** Returns a sink that adds each operation to the digest and passes it to `sink`. */
  around<Data>(sink: OperationSink<Data>): OperationSink<Data> {
    return {
      apply: (operation) => {
        this.add([operation]);
        return sink.apply(operation);
      },
      ...(sink.applyTogether !== undefined && {
        applyTogether: async (operations, existing) => {
          this.add(operations);
          await sink.applyTogether?.(operations, existing);
        },
      }),
      query: (sql, params) => {
        this.markImperative();
        return sink.query(sql, params);
      },
      transaction: (work) => {
        this.markImperative();
        return sink.transaction(work);
      },
      backfill: (backfill) => {
        if ('rows' in backfill.work) this.markImperative();
        this.#note(backfillText(backfill));
        return sink.backfill(backfill);
      },
      autocommitBlock: async (block) => {
        this.#note('autocommit');
        await sink.autocommitBlock(block);
        this.#note('end of autocommit');
      },
    };
  }

  /**
   * Watches the values that belong to the call and not to the revision. A revision that reads one does something else
   * in another call.
   */
  watching(about: OperationsContext): OperationsContext {
    const imperative = (): void => this.markImperative();
    return {
      ...about,
      get tag() {
        imperative();
        return about.tag;
      },
      get xArguments() {
        imperative();
        return about.xArguments;
      },
    };
  }

  #note(text: string): void {
    this.#hash.update(`${text.length} ${text}\n`);
  }
}

/**
 * Runs an `upgrade` or a `downgrade` without a database and returns the digest of what it would do. Returns `null`
 * where that depends on more than the revision (on rows, on the arguments of the call, on the clock), and where the
 * function does not end within ten seconds.
 *
 * @throws whatever the function throws.
 */
export async function recordedDigest(run: RevisionFunction, about: OperationsContext): Promise<string | null> {
  const first = await record(run, about);
  return first !== null && first === (await record(run, about)) ? first : null;
}

async function record(run: RevisionFunction, about: OperationsContext): Promise<string | null> {
  const digest = new OperationDigest();
  try {
    if (!(await withoutDatabase(run, digest.watching(about), (sink) => digest.around(sink)))) return null;
  } catch (error) {
    if (digest.value !== null) throw error;
  }
  return digest.value;
}
