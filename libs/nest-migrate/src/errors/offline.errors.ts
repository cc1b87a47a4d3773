import { MigrationError } from './migration.error.js';
import { oneLine, reasonOf } from './runtime.errors.js';
import { UsageError } from './usage.errors.js';
import { type Wording } from './wording.js';

/** A revision asks the database in a run that only writes SQL. Nothing was written. */
export class OfflineVerbError extends MigrationError {
  readonly code = 'OFFLINE_VERB';

  constructor(
    readonly revision: string,
    readonly direction: 'upgrade' | 'downgrade',
    /** `query` or `transaction`. */
    readonly verb: string,
  ) {
    super(`The ${direction} of ${revision} calls op.${verb}, and with --sql there is no database that could answer.`, {
      cure: 'Write it as SQL for op.execute, or leave it out with `if (!op.offline)` and run it by hand.',
    });
  }
}

/** A revision can't be written as SQL. Nothing was written. */
export class SqlNotWrittenError extends MigrationError {
  readonly code = 'SQL_NOT_WRITTEN';

  constructor(
    readonly revision: string,
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

/** A `<from>:<to>` of a run that only writes SQL lacks an end, or has one that only a database could tell. */
export class OfflineRangeError extends UsageError {
  override readonly code = 'OFFLINE_RANGE';

  constructor(
    readonly range: string,
    problem: string,
    cure: string | Wording,
  ) {
    super(problem, { cure });
  }
}

/** `stamp --purge` deletes the rows that it finds, which a run that only writes SQL never does. */
export class OfflinePurgeError extends UsageError {
  override readonly code = 'OFFLINE_PURGE';

  constructor() {
    super("Can't use --purge with --sql mode: which rows to delete is known to the database alone.", {
      cure: 'Say where the database stands: stamp <from>:<to> --sql.',
    });
  }
}
