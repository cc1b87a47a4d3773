import { MigrationError } from './migration.error.js';
import { errorText } from './thrown.js';
import { command, worded } from './wording.js';

/** Thrown by `lint` where the file of statistics can't be read. */
export class StatisticsInvalidError extends MigrationError {
  readonly code = 'STATISTICS_INVALID';

  constructor(
    /** The absolute path of the file. */
    readonly path: string,
    cause: unknown,
  ) {
    super(worded`The statistics ${path} can't be read: ${errorText(cause).replace(/\.$/, '')}.`, {
      cure: worded`Write them with ${command('stats')}, and redirect the output into the file.`,
      cause,
    });
  }
}

/** Thrown by `upgrade` where the file of a plan can't be read. */
export class PlanFileInvalidError extends MigrationError {
  readonly code = 'PLAN_FILE_INVALID';

  constructor(
    /** The absolute path of the file. */
    readonly path: string,
    cause: unknown,
  ) {
    super(worded`The plan ${path} can't be read: ${errorText(cause).replace(/\.$/, '')}.`, {
      cure: worded`Write it with ${command('plan', '--out', 'plan.json')}.`,
      cause,
    });
  }
}

/** Thrown by `upgrade` where something is no longer as it was when the upgrade was planned. Nothing was done. */
export class PlanOutdatedError extends MigrationError {
  readonly code = 'PLAN_OUTDATED';

  constructor(
    /** The absolute path of the plan. */
    readonly path: string,
    /** What differs, a sentence each. */
    readonly differences: readonly string[],
  ) {
    super(worded`This is not the upgrade of the plan ${path}. ${differences.join(' ')}`, {
      cure: worded`Look at the difference, and plan again: ${command('plan', '--out', 'plan.json')}.`,
    });
  }
}

/** Thrown at the boot where `onBootstrap` is `'upgrade'`, and the plan of the upgrade has what the options refuse. */
export class PlanRefusedError extends MigrationError {
  readonly code = 'PLAN_REFUSED';

  constructor(
    /** The level from which the options refuse. */
    readonly level: string,
    /** What was found, a sentence each. */
    readonly findings: readonly string[],
  ) {
    super(worded`The application does not upgrade the database by itself: ${findings.join(' ')}`, {
      cure: worded`Run ${command('upgrade')} when it fits, or let the revision accept the finding. ${command('plan')} tells more.`,
    });
  }
}

/** Thrown by a dry run where a query of a revision would let its session write. It was not sent. */
export class ReadOnlyUndoneError extends MigrationError {
  readonly code = 'READ_ONLY_UNDONE';

  constructor(
    /** The SQL of the query. */
    readonly sql: string,
  ) {
    super(`A dry run only reads, and this query would let it write: ${sql.replace(/\s+/g, ' ').trim()}.`, {
      cure: 'Take the setting out of the revision.',
    });
  }
}
