import { MigrationError } from './migration.error.js';
import { oneLine, reasonIn } from './runtime.errors.js';
import { UsageError } from './usage.errors.js';
import { type Wording, worded } from './wording.js';

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

/**
 * Thrown where a revision fills rows in a way that a script cannot: by a function (`rows`), along a key that only a database
 * could tell (`key`), or on an engine without loops (`loops`). Nothing was written.
 */
export class OfflineBackfillError extends MigrationError {
  readonly code = 'OFFLINE_BACKFILL';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
    /** The function of the revision that calls it. */
    readonly direction: 'upgrade' | 'downgrade',
    /** The table that is filled. */
    readonly table: string,
    /** What a script lacks. */
    readonly reason: 'rows' | 'key' | 'loops',
  ) {
    const why = {
      rows: "by a function, and a script has none: op.backfill needs 'set'",
      key: "along a key that it does not name, and a script has no database to ask: op.backfill needs 'key'",
      loops: 'in batches, and a script for SQLite has no loops',
    }[reason];
    const cure =
      reason === 'key'
        ? "Name the columns of the primary key: key: ['id']."
        : 'Leave it out with `if (!op.offline)`, or write it as one update for op.execute.';
    super(`The ${direction} of ${revision} fills '${oneLine(table, 60)}' ${why}.`, { cure });
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
    super(worded`The ${direction} of ${name} can't be written as SQL: ${reasonIn(cause)}.`, {
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
