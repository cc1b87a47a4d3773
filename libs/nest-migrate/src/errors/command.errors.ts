import { MigrationError } from './migration.error.js';

/** A merge was asked for, of fewer than two revisions. */
export class NothingToMergeError extends MigrationError {
  readonly code = 'NOTHING_TO_MERGE';

  constructor(readonly revisions: readonly string[]) {
    super(
      revisions.length === 0
        ? 'There is nothing to merge.'
        : `There is nothing to merge '${revisions.join("', '")}' with.`,
      { cure: 'A merge takes two revisions or more; db heads lists what can be merged.' },
    );
  }
}
