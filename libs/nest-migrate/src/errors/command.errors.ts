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

/**
 * Thrown by `db edit` where the editor was not found, could not be started, or reported a failure.
 *
 * @remarks Set `$VISUAL` or `$EDITOR` to an editor that can be started, with its arguments.
 */
export class EditorFailedError extends MigrationError {
  readonly code = 'EDITOR_FAILED';

  constructor(reason: string, options: MigrationErrorOptions = {}) {
    super(`Error executing editor (${reason}).`, options);
  }
}

/** Thrown by `squash` where it is not known what revisions do to rows. Nothing was written. */
export class SquashDataError extends MigrationError {
  readonly code = 'SQUASH_DATA';

  /** The ids of the revisions. */
  readonly revisions: readonly string[];

  /** @param obstacles For each revision, what it does instead: `asks the database`. */
  constructor(obstacles: readonly (readonly [revision: string, obstacle: string])[]) {
    const named = obstacles.map(([revision, obstacle]) => `'${revision}' ${obstacle}`).join(', ');
    super(`A squash can't carry over what these revisions do to rows: ${named}.`, {
      cure: worded`Where a database that takes the squash needs none of it, say so: ${command('squash', '--elide')} and the id, or export const elidable = true in the revision. Else leave it out of the range.`,
    });
    this.revisions = obstacles.map(([revision]) => revision);
  }
}

/** Thrown by `squash` where a revision can't be proven to be a squash. Nothing was written. */
export class SquashUnprovableError extends MigrationError {
  readonly code = 'SQUASH_UNPROVABLE';

  constructor(
    /** The id of the revision. */
    readonly revision: string,
  ) {
    super(`There is nothing to compare '${revision}' with.`, {
      cure: 'It has to be a squash, with the files of all that it replaces beside it, none of which asks for services.',
    });
  }
}

/** Thrown by `squash` where the range has one revision or none. Nothing was written. */
export class NothingToSquashError extends MigrationError {
  readonly code = 'NOTHING_TO_SQUASH';

  constructor(
    /** The ids of the revisions in the range. */
    readonly revisions: readonly string[],
  ) {
    const [only] = revisions;
    super(only === undefined ? 'There is no revision to squash.' : `There is only '${only}' in the range.`, {
      cure: 'Choose a range with two revisions or more.',
    });
  }
}

/** Thrown where nothing tells which branch is the published one. */
export class BaseUnknownError extends MigrationError {
  readonly code = 'BASE_UNKNOWN';

  constructor() {
    super("Git knows no default branch of 'origin' to compare with.", {
      cure: 'Name the base: --base main. Or let git ask the remote: git remote set-head origin --auto.',
    });
  }
}

/** Thrown by `rebase` where revisions can't be moved. Nothing was written. */
export class RebaseRefusedError extends MigrationError {
  readonly code = 'REBASE_REFUSED';

  constructor(
    /** The ids of the revisions that are in the way. */
    readonly revisions: readonly string[],
    reason: string,
    cure: string,
  ) {
    super(`Nothing was moved: '${revisions.join("', '")}' ${reason}.`, { cure });
  }
}
