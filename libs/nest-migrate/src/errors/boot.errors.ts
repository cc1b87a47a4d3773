import { MigrationError } from './migration.error.js';
import { command, worded } from './wording.js';

/** Thrown by `onBootstrap: 'verify'` where revisions are not applied. The application does not start. */
export class DatabaseBehindError extends MigrationError {
  readonly code = 'DATABASE_BEHIND';

  constructor(
    /** The ids of those revisions, in the order in which they would be applied. */
    readonly pending: readonly string[],
    /** The version table's rows. */
    readonly rows: readonly string[],
  ) {
    const at = rows.length === 0 ? 'at base' : `at ${rows.join(', ')}`;
    super(`The database is behind this application: it is ${at}, and ${countOf(pending)} not applied.`, {
      cure: worded`Run ${command('upgrade')} first, or let the application do it: onBootstrap: 'upgrade'.`,
    });
  }
}

/** Thrown by `onBootstrap: 'wait'` where no other process has upgraded the database in time. */
export class UpgradeAwaitedError extends MigrationError {
  readonly code = 'UPGRADE_AWAITED';

  constructor(
    /** How long this process waited, in milliseconds. */
    readonly waitedMs: number,
    /** The ids of the revisions that are not applied yet, in order. */
    readonly pending: readonly string[],
  ) {
    super(`The database was not upgraded within ${waitedMs} ms: ${countOf(pending)} not applied.`, {
      cure: worded`Look at the job that runs ${command('upgrade')}, or raise waitTimeout.`,
    });
  }
}

/**
 * Thrown where the database holds revisions that this application has no scripts for, and the application must not
 * start on it.
 */
export class DatabaseAheadError extends MigrationError {
  readonly code = 'DATABASE_AHEAD';

  constructor(
    /** The version table's rows that no script has. */
    readonly unknown: readonly string[],
    {
      isProven,
      missing,
    }: {
      /** Whether the history shows that they stand on all that this application needs. */
      readonly isProven: boolean;
      /** What the application needs and nothing shows to be applied. */
      readonly missing: readonly string[];
    },
  ) {
    const names = unknown.join(', ');
    const problem = isProven
      ? `The database is ahead of this application: a newer version of it has applied ${names}, and whenAhead is 'refuse'.`
      : `The database holds ${names}, which no script of this application has, and its history does not show that ${
          missing.length === 0 ? 'they stand on revisions of this application' : `${missing.join(', ')} is applied`
        }.`;
    super(problem, {
      cure: isProven
        ? 'Start a version of the application that has them, or set NEST_MIGRATE_WHEN_AHEAD=start.'
        : 'Is it the right database? NEST_MIGRATE_WHEN_AHEAD=start starts all the same.',
    });
  }
}

function countOf(pending: readonly string[]): string {
  const [next = ''] = pending;
  return pending.length === 1 ? `revision ${next} is` : `${pending.length} revisions (${next} is next) are`;
}
