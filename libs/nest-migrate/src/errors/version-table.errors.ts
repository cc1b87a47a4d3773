import { MigrationError } from './migration.error.js';

/** What was asked for is in the history, which the options switch off. */
export class HistoryDisabledError extends MigrationError {
  readonly code = 'HISTORY_DISABLED';

  constructor() {
    super('There is no history that could be repaired: the option `history` is false.', {
      cure: 'Nothing needs to be accepted either: without a history nobody compares.',
    });
  }
}

/**
 * The schema (on MySQL and MariaDB the database, on SQLite the attached file) of the version table is not there. It is
 * never created in passing.
 */
export class VersionTableSchemaMissingError extends MigrationError {
  readonly code = 'VERSION_TABLE_SCHEMA_MISSING';

  constructor(
    /** The schema, quoted as SQL wants it. */
    readonly schema: string,
    readonly versionTable: string,
    createSchema: string,
  ) {
    super(`There is no schema ${schema} for the version table ${versionTable}, or this user may not see it.`, {
      cure: `${createSchema} or correct versionTableSchema.`,
    });
  }
}

/** The session has no schema that it would make a table in, so that there is no place to look for the version table. */
export class NoSchemaError extends MigrationError {
  readonly code = 'NO_SCHEMA';

  constructor(readonly versionTable: string) {
    super(
      `No schema has been selected for the version table ${versionTable}: of those in the connection's search_path none exists, or this role may use none.`,
      { cure: 'Create one of them, grant usage on it, or set versionTableSchema.' },
    );
  }
}

/** The table that was named as the version table is something else. */
export class VersionTableColumnMissingError extends MigrationError {
  readonly code = 'VERSION_TABLE_COLUMN_MISSING';

  constructor(
    readonly versionTable: string,
    cause: unknown,
  ) {
    super(`The table ${versionTable} is no version table: it has no column version_num.`, {
      cure: 'Correct versionTable.',
      cause,
    });
  }
}

/** The column of the version table holds something else than text: an id would be refused, or come back as another. */
export class VersionTableColumnTypeError extends MigrationError {
  readonly code = 'VERSION_TABLE_COLUMN_TYPE';

  constructor(
    readonly versionTable: string,
    /** The column's type, as the engine calls it. */
    readonly type: string,
  ) {
    super(`The column version_num of ${versionTable} has the type ${type}, which does not hold the ids of revisions.`, {
      cure: 'Change it to varchar(255), or correct versionTable.',
    });
  }
}

/**
 * An id is longer than the version table's column. Told before anything runs: PostgreSQL would refuse it after the
 * revision's own statements, MySQL without strict mode would cut it.
 */
export class RevisionIdTooLongError extends MigrationError {
  readonly code = 'REVISION_ID_TOO_LONG';

  constructor(
    readonly revision: string,
    /** What the column holds, in characters. */
    readonly length: number,
    readonly versionTable: string,
    /** The statement that makes room. */
    readonly widen: string,
  ) {
    super(
      `The id '${revision}' does not fit into the version table ${versionTable}, which holds ${length} characters.`,
      {
        cure: `Give the revision a shorter id${length < 255 ? `, or run: ${widen}` : ''}.`,
      },
    );
  }
}

/** Two ids that the version table would have to hold at once are the same to its column's collation. */
export class IndistinctRevisionsError extends MigrationError {
  readonly code = 'INDISTINCT_REVISIONS';

  constructor(
    readonly revisions: readonly [string, string],
    readonly versionTable: string,
    readonly collation: string,
    /** The statement that makes the column exact. */
    readonly widen: string,
  ) {
    const [first, second] = revisions;
    super(
      `The version table ${versionTable} can't tell '${first}' and '${second}' apart: its collation is ${collation}.`,
      { cure: `Run: ${widen}.` },
    );
  }
}

/** Another run has moved the version rows since this one was planned: nothing of the revision was run. */
export class RowsMovedError extends MigrationError {
  readonly code = 'VERSION_CONFLICT';

  constructor(
    readonly revision: string,
    readonly versionTable: string,
    /** The rows that the run was planned from. */
    readonly planned: readonly string[],
    readonly rows: readonly string[],
  ) {
    const [was, is] = [planned, rows].map((ids) => (ids.length === 0 ? 'no row' : ids.join(', ')));
    super(
      `Another run has moved the version table ${versionTable} meanwhile: it held ${was} and holds ${is}. Nothing of ${revision} was run.`,
      { cure: 'Run the command again.' },
    );
  }
}
