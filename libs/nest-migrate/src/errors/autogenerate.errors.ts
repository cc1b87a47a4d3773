import { MigrationError } from './migration.error.js';

/** Revisions wait to be applied, so a difference with the database would repeat what they do. */
export class DatabaseNotAtHeadError extends MigrationError {
  readonly code = 'DATABASE_NOT_AT_HEAD';

  constructor(
    /** The revisions that are not applied yet, in the order in which they would be. */
    readonly waiting: readonly string[],
  ) {
    const [first = ''] = waiting;
    super('Target database is not up to date.', {
      cure:
        waiting.length === 1
          ? `The revision ${first} is not applied: run db upgrade.`
          : `${waiting.length} revisions are not applied, the first is ${first}: run db upgrade.`,
    });
  }
}

/** An answer to a rename question names something that did not appear or disappear. */
export class RenameNotFoundError extends MigrationError {
  readonly code = 'RENAME_NOT_FOUND';

  constructor(
    /** The answer as it was given. */
    readonly rename: string,
    /** What could have been answered. */
    readonly possible: readonly string[],
  ) {
    super(`There is nothing to rename in '${rename}'.`, {
      cure:
        possible.length === 0
          ? 'No table and no column disappeared while another one appeared.'
          : `Possible are: ${possible.join(', ')}.`,
    });
  }
}
