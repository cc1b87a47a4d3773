import { MigrationError } from './migration.error.js';
import { oneLine, reasonOf } from './runtime.errors.js';
import { UsageError } from './usage.errors.js';
import { type Wording } from './wording.js';

/** Thrown where a revision asks the database in a run that only writes SQL. Nothing was written. */
export class OfflineVerbError extends MigrationError {
  readonly code = 'OFFLINE_VERB';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The function of the revision that asks. */
    readonly direction: 'upgrade' | 'downgrade',
    /** The verb that was called: `query` or `transaction`. */
    readonly verb: string,
  ) {
    super(`The ${direction} of ${revision} calls op.${verb}, and with --sql there is no database to ask.`, {
      cure: 'Write it as SQL for op.execute, or leave it out with `if (!op.offline)` and run it by hand.',
    });
  }
}

/** Thrown where a revision can't be written as SQL. Nothing was written. */
export class SqlNotWrittenError extends MigrationError {
  readonly code = 'SQL_NOT_WRITTEN';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The function of the revision that failed. */
    readonly direction: 'upgrade' | 'downgrade',
    message: string,
    cause: unknown,
  ) {
    const name = `${revision}${message === '' ? '' : ` (${oneLine(message, 60)})`}`;
    super(`The ${direction} of ${name} can't be written as SQL: ${oneLine(reasonOf(cause), 500)}.`, {
      cure: 'No SQL was written.',
      cause,
    });
  }
}

/**
 * Thrown where a `<from>:<to>` of a run that only writes SQL lacks an end, or has an end that only a database could
 * tell.
 */
export class OfflineRangeError extends UsageError {
  override readonly code = 'OFFLINE_RANGE';

  constructor(
    /**
     * What was written: the range or the end of it that is refused; for `stamp` all symbols where their starts differ.
     */
    readonly range: string,
    problem: string,
    cure: string | Wording,
  ) {
    super(problem, { cure });
  }
}

/** Thrown for `stamp --purge` with `--sql`. It deletes the rows that it finds, which only the database tells. */
export class OfflinePurgeError extends UsageError {
  override readonly code = 'OFFLINE_PURGE';

  constructor() {
    super("Can't use --purge with --sql mode: which rows to delete is known to the database alone.", {
      cure: 'Say where the database stands: stamp <from>:<to> --sql.',
    });
  }
}
