import { MigrationError } from './migration.error.js';

/** Thrown by `repair` where the option `history` is false, so that there is no history. */
export class HistoryDisabledError extends MigrationError {
  readonly code = 'HISTORY_DISABLED';

  constructor() {
    super('There is no history that could be repaired: the option `history` is false.', {
      cure: 'Nothing needs to be accepted: without a history nothing is compared.',
    });
  }
}

/**
 * Thrown where the schema of the version table does not exist: on MySQL and MariaDB the database, on SQLite the
 * attached file. No command creates it.
 */
export class VersionTableSchemaMissingError extends MigrationError {
  readonly code = 'VERSION_TABLE_SCHEMA_MISSING';

  constructor(
    /** The schema, quoted as in SQL. */
    readonly schema: string,
    /** The name of the version table, without its schema. */
    readonly versionTable: string,
    createSchema: string,
  ) {
    super(`There is no schema ${schema} for the version table ${versionTable}, or this user may not see it.`, {
      cure: `${createSchema} or correct versionTableSchema.`,
    });
  }
}

/**
 * Thrown where the session has no schema in which it would create a table, so that there is no place to look for the
 * version table.
 */
export class NoSchemaError extends MigrationError {
  readonly code = 'NO_SCHEMA';

  constructor(
    /** The name of the version table, without its schema. */
    readonly versionTable: string,
  ) {
    super(
      `No schema has been selected for the version table ${versionTable}: of those in the connection's search_path none exists, or this role may use none.`,
      { cure: 'Create one of them, grant usage on it, or set versionTableSchema.' },
    );
  }
}

/** Thrown where the table that is named as the version table is another table: it has no column `version_num`. */
export class VersionTableColumnMissingError extends MigrationError {
  readonly code = 'VERSION_TABLE_COLUMN_MISSING';

  constructor(
    /** The name of that table, without its schema. */
    readonly versionTable: string,
    cause: unknown,
  ) {
    super(`The table ${versionTable} is no version table: it has no column version_num.`, {
      cure: 'Correct versionTable.',
      cause,
    });
  }
}

/** Thrown where a table has the name of the tool's journal, history or lock table and is another table. It was left as it is. */
export class OwnTableColumnMissingError extends MigrationError {
  readonly code = 'OWN_TABLE_COLUMN_MISSING';

  constructor(
    /** The name of that table, without its schema. */
    readonly table: string,
    /** What the tool keeps under that name. */
    kind: 'history' | 'journal' | 'lock' | 'mark' | 'schema',
    /** The columns that it lacks. */
    readonly columns: readonly string[],
  ) {
    const names = columns.length === 1 ? `column ${columns.join()}` : `columns ${columns.join(', ')}`;
    super(`The table ${table} is no ${kind} of nest-migrate: it lacks the ${names}.`, {
      cure: "Rename it, or give versionTable another name, after which the tool's other tables are named.",
    });
  }
}

/**
 * Thrown where the column of the version table does not hold text: an id would be refused, or would come back as
 * another one.
 */
export class VersionTableColumnTypeError extends MigrationError {
  readonly code = 'VERSION_TABLE_COLUMN_TYPE';

  constructor(
    /** The name of the version table, without its schema. */
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
 * Thrown where an id is longer than the version table's column. It is thrown before anything runs: PostgreSQL would
 * refuse the id after the revision's own statements, and MySQL without strict mode would cut it.
 */
export class RevisionIdTooLongError extends MigrationError {
  readonly code = 'REVISION_ID_TOO_LONG';

  constructor(
    /** The id that is too long. */
    readonly revision: string,
    /** How many characters the column holds. */
    readonly length: number,
    /** The name of the version table, without its schema. */
    readonly versionTable: string,
    /** The SQL statement that makes the column longer. */
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

/** Thrown where two ids that the version table would have to hold at once are the same to its column's collation. */
export class IndistinctRevisionsError extends MigrationError {
  readonly code = 'INDISTINCT_REVISIONS';

  constructor(
    /** Those two ids. */
    readonly revisions: readonly [string, string],
    /** The name of the version table, without its schema. */
    readonly versionTable: string,
    /** The name of the column's collation. */
    readonly collation: string,
    /** The SQL statement that makes the column exact. */
    readonly widen: string,
  ) {
    const [first, second] = revisions;
    super(
      `The version table ${versionTable} can't tell '${first}' and '${second}' apart: its collation is ${collation}.`,
      { cure: `Run: ${widen}.` },
    );
  }
}

/** Thrown where another run has moved the version rows since this run was planned. Nothing of the revision was run. */
export class RowsMovedError extends MigrationError {
  readonly code = 'VERSION_CONFLICT';

  constructor(
    /** The id of the revision that was about to run. */
    readonly revision: string,
    /** The name of the version table, without its schema. */
    readonly versionTable: string,
    /** The rows that the run was planned from. */
    readonly planned: readonly string[],
    /** The rows that the version table holds now. */
    readonly rows: readonly string[],
  ) {
    const [was, is] = [planned, rows].map((ids) => (ids.length === 0 ? 'no row' : ids.join(', ')));
    super(
      `Another run has moved the version table ${versionTable} meanwhile: it held ${was} and holds ${is}. Nothing of ${revision} was run.`,
      { cure: 'Run the command again.' },
    );
  }
}
