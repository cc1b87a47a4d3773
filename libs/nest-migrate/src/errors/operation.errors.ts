import { MigrationError } from './migration.error.js';

/** A verb was called with arguments that cannot be meant. Nothing of it reached the database. */
export class InvalidOperationError extends MigrationError {
  readonly code = 'INVALID_OPERATION';

  constructor(
    /** The verb that was called, such as `addColumn`. */
    readonly operation: string,
    problem: string,
    cure?: string,
    cause?: unknown,
  ) {
    super(`${operation}: ${problem}`, { cure, cause });
  }
}

/** The engine of this connection has no such thing. */
export class UnsupportedOperationError extends MigrationError {
  readonly code = 'UNSUPPORTED_OPERATION';

  constructor(
    readonly operation: string,
    /** The engine, as `op.dialect` says it. */
    readonly dialect: string,
    reason: string,
    cure?: string,
  ) {
    super(`${operation} is not supported on ${dialect}: ${reason}`, { cure });
  }
}

/** An operation cannot be turned round, since it does not hold what was there before. */
export class IrreversibleOperationError extends MigrationError {
  readonly code = 'IRREVERSIBLE_OPERATION';

  constructor(
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

/** Why an `op` refused a verb: it belongs to another part of the revision, or to none any more. */
export type MisplacedOperationReason =
  'insideBlock' | 'insideTransaction' | 'insideOperation' | 'afterBlock' | 'afterRevision';

/** A verb was called on an `op` that must not be used at that point; run there it would wait for itself for ever. */
export class MisplacedOperationError extends MigrationError {
  readonly code = 'MISPLACED_OPERATION';

  constructor(
    readonly operation: string,
    readonly reason: MisplacedOperationReason,
    problem: string,
    cure: string,
  ) {
    super(`${operation} ${problem}`, { cure });
  }
}
