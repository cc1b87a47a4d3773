import { MigrationError, type MigrationErrorOptions } from './migration.error.js';
import { command, worded } from './wording.js';

/** Thrown by `merge` where the symbols denote fewer than two revisions. */
export class NothingToMergeError extends MigrationError {
  readonly code = 'NOTHING_TO_MERGE';

  constructor(
    /** The ids that the symbols denote: one or none. */
    readonly revisions: readonly string[],
  ) {
    super(
      revisions.length === 0
        ? 'There is nothing to merge.'
        : `There is nothing to merge '${revisions.join("', '")}' with.`,
      { cure: worded`A merge takes two revisions or more; ${command('heads')} lists what can be merged.` },
    );
  }
}

/** Thrown by `edit` for `current` where nothing is applied. */
export class NoCurrentRevisionsError extends MigrationError {
  readonly code = 'NO_CURRENT_REVISIONS';

  constructor() {
    super('No current revisions: nothing is applied to the database.', {
      cure: worded`Name the revision: ${command('history')} lists them.`,
    });
  }
}

/** Thrown by `edit` where the symbol denotes no revision: base, or the head of a project without revisions. */
export class NoRevisionFilesError extends MigrationError {
  readonly code = 'NO_REVISION_FILES';

  constructor(
    /** The symbol, as the caller wrote it. */
    readonly symbol: string,
  ) {
    super(`No revision files indicated by symbol '${symbol}'.`, {
      cure: worded`${command('history')} lists what there is.`,
    });
  }
}

/** Thrown by `db edit` where the editor was not found, could not be started, or reported a failure. */
export class EditorFailedError extends MigrationError {
  readonly code = 'EDITOR_FAILED';

  constructor(reason: string, options: MigrationErrorOptions = {}) {
    super(`Error executing editor (${reason}).`, options);
  }
}
