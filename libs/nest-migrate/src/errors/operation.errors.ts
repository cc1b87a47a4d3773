import { MigrationError } from './migration.error.js';
import { type Wording } from './wording.js';

/**
 * Thrown where a verb is called with arguments that cannot be meant. Nothing of the call has reached the database.
 *
 * @remarks Correct the call of the verb that the message names.
 */
export class InvalidOperationError extends MigrationError {
  readonly code = 'INVALID_OPERATION';

  constructor(
    /** The verb that was called, such as `addColumn`. */
    readonly operation: string,
    problem: string,
    cure?: string | Wording,
    cause?: unknown,
  ) {
    super(`${operation}: ${problem}`, { cure, cause });
  }
}

/**
 * Thrown where the engine of the connection cannot do what an operation asks for.
 *
 * @remarks Write the change in another way for this engine, with `op.execute` where no verb does it.
 */
export class UnsupportedOperationError extends MigrationError {
  readonly code = 'UNSUPPORTED_OPERATION';

  constructor(
    /** The verb, such as `createSequence`, or what the engine lacks, such as `type 'interval'`. */
    readonly operation: string,
    /** The engine, as `op.dialect` has it. */
    readonly dialect: string,
    reason: string,
    cure?: string,
  ) {
    super(`${operation} is not supported on ${dialect}: ${reason}`, { cure });
  }
}

/** Thrown where an operation cannot be reversed, since it does not hold what was there before. */
export class IrreversibleOperationError extends MigrationError {
  readonly code = 'IRREVERSIBLE_OPERATION';

  constructor(
    /** The `kind` of the operation, such as `dropTable`. */
    readonly operation: string,
    /** What the operation would have to hold, such as `previous`; `null` where nothing makes it reversible. */
    readonly missing: string | null,
    reason: string,
  ) {
    super(`${operation} cannot be reversed: ${reason}`, {
      cure: missing === null ? 'Write the other direction by hand.' : `Give it '${missing}'.`,
    });
  }
}

/**
 * Where a verb was called that must not be called there:
 *
 * - `insideBlock`: on the outer `op` while a block runs, which has an `op` of its own, or in a block that cannot hold it;
 * - `insideTransaction`: while `op.transaction` or `op.backfill` runs, or in `onVersionApply`;
 * - `insideOperation`: in the definition of a registered operation;
 * - `afterBlock`: on the `op` of a block that has ended;
 * - `afterRevision`: after the function of the revision has ended.
 */
export type MisplacedOperationReason =
  'insideBlock' | 'insideTransaction' | 'insideOperation' | 'afterBlock' | 'afterRevision';

/**
 * Thrown where a verb is called on an `op` that must not be used at that point. Run there, the verb would wait for
 * itself for ever.
 */
export class MisplacedOperationError extends MigrationError {
  readonly code = 'MISPLACED_OPERATION';

  constructor(
    /** The verb that was called. */
    readonly operation: string,
    /** Where it was called. */
    readonly reason: MisplacedOperationReason,
    problem: string,
    cure: string,
  ) {
    super(`${operation} ${problem}`, { cure });
  }
}
