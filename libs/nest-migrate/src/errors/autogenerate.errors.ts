import { MigrationError } from './migration.error.js';
import { command, worded } from './wording.js';

/** Thrown where revisions wait to be applied. A difference with the database would repeat what they do. */
export class DatabaseNotAtHeadError extends MigrationError {
  readonly code = 'DATABASE_NOT_AT_HEAD';

  constructor(
    /** The revisions that are not applied yet, in the order in which they would be. */
    readonly waiting: readonly string[],
    /** True where the version table holds nothing: the database may have the schema all the same. */
    readonly unstamped = false,
  ) {
    const [first = ''] = waiting;
    const what =
      waiting.length === 1
        ? `The revision ${first} is not applied`
        : `${waiting.length} revisions are not applied, the first is ${first}`;
    super('Target database is not up to date.', {
      cure: unstamped
        ? worded`${what}: run ${command('upgrade')}, or ${command('stamp')} where the database has their changes already.`
        : worded`${what}: run ${command('upgrade')}.`,
    });
  }
}

/** Thrown where a revision with the whole schema is asked for, and other revisions come before it. */
export class SchemaNotFirstError extends MigrationError {
  readonly code = 'SCHEMA_NOT_FIRST';

  constructor(
    /** The ids of the revisions that it would follow. */
    readonly downRevision: readonly string[],
    /** How many revisions there are. */
    readonly count: number,
  ) {
    super(
      `A revision with the whole schema can't follow ${downRevision.join(' and ')}: it would make once more what ${count === 1 ? 'that revision makes' : 'those before it make'}.`,
      { cure: 'Leave --from-empty away, or begin another history beside this one with --head base.' },
    );
  }
}

/** Thrown where a revision that was just written does not do what it should. Its file is not there any more. */
export class WrittenRevisionWrongError extends MigrationError {
  readonly code = 'WRITTEN_REVISION_WRONG';

  constructor(
    /** What is wrong, in sentences. */
    readonly problems: readonly string[],
    /** The lines of the schema that differ: `- ` there should be, `+ ` there is. */
    readonly schema: readonly string[],
    /** A file with all that is needed to find the error; `null` where it is not one of the tool. */
    readonly report: string | null,
  ) {
    super(`The new revision is wrong, and its file was removed. ${problems.join(' ')}`, {
      cure:
        report === null
          ? worded`The database is not what its revisions make, so that nothing follows from it: look at it with ${command('drift')}.`
          : `This is an error of nest-migrate, or of a hook that has a part in writing revisions. Please report it with this file: ${report}.`,
    });
  }
}

/** Thrown where a revision that was written from the live database makes something else than the database has. */
export class RevisionNotOfDatabaseError extends MigrationError {
  readonly code = 'REVISION_NOT_OF_DATABASE';

  constructor(
    /** The lines of the schema that differ: `- ` the database has it, `+ ` the revision makes it. */
    readonly schema: readonly string[],
    /** What failed; absent where the revision ran. */
    failure?: string,
  ) {
    const differs = schema.slice(0, 10).join('; ');
    super(
      failure === undefined
        ? `The revision makes something else than the database has, and its file was removed: ${differs}.`
        : `The revision fails on an empty database, and its file was removed. ${failure}`,
      {
        cure: worded`What no operation can say, such as an extension, is added by hand: write it without --verify, and let ${command('drift')} tell what is missing.`,
      },
    );
  }
}

/** Thrown where a rename that was asked for names something that did not appear or disappear. */
export class RenameNotFoundError extends MigrationError {
  readonly code = 'RENAME_NOT_FOUND';

  constructor(
    /** The rename, as the caller gave it. */
    readonly rename: string,
    /** The renames that are possible. */
    readonly possible: readonly string[],
  ) {
    super(`There is nothing to rename in '${rename}'.`, {
      cure:
        possible.length === 0
          ? 'No table, no column and no value of an enum disappeared while another one appeared.'
          : `Possible are: ${possible.join(', ')}.`,
    });
  }
}
