/** The statements that keep the version table, with names already quoted. */
export interface VersionTableSql {
  /** One row: `present` is whether the table exists, `schema_present` whether its schema does. */
  readonly exists: string;
  /**
   * What the column `version_num` can hold; no row where the table has no such column. `max_length` is in characters,
   * null without a limit. `collation_name` is null where different texts are always different. `data_type` is the
   * engine's name of the type, and `is_text` is whether it holds any text unchanged.
   */
  readonly column: string;
  /** Makes the column of a table that another tool created as wide and as exact as in this tool's own table. */
  readonly widen: string;
  /** What to do where the schema is missing. */
  readonly createSchema: string;
  readonly create: string;
  readonly select: string;
  /** @param onlyIf A condition without which nothing is written. */
  insert(revision: string, onlyIf?: string): string;
  delete(revision: string, onlyIf?: string): string;
  /** Deletes every row, including rows that no other statement could name. */
  readonly clear: string;
  update(from: string, to: string, onlyIf?: string): string;
}

/** The differences between engines in the version table. */
export interface VersionTableNames {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  /** A query with one row: `present` is whether the table exists, `schema_present` whether its schema does. */
  readonly exists: string;
  /** As {@link VersionTableSql.column}. */
  readonly column: string;
  /** As {@link VersionTableSql.widen}. */
  readonly widen: string;
  /** As {@link VersionTableSql.createSchema}. */
  readonly createSchema: string;
  /** The text after the column list of `create table`. */
  readonly suffix?: string;
  readonly literal: (value: string) => string;
}

/** The version table's statements: one column of 255 characters, so that ids written by hand fit as well. */
export function versionTableSql(names: VersionTableNames): VersionTableSql {
  const { table, exists, column, widen, createSchema, suffix = '', literal } = names;
  const row = (revision: string, onlyIf?: string): string =>
    `where version_num = ${literal(revision)}${onlyIf === undefined ? '' : ` and ${onlyIf}`}`;
  return {
    exists,
    column,
    widen,
    createSchema,
    create: `create table if not exists ${table} (version_num varchar(255) not null primary key)${suffix}`,
    select: `select version_num from ${table} order by version_num`,
    insert: (revision, onlyIf) => insertion(table, { version_num: literal(revision) }, onlyIf),
    delete: (revision, onlyIf) => `delete from ${table} ${row(revision, onlyIf)}`,
    clear: `delete from ${table}`,
    update: (from, to, onlyIf) => `update ${table} set version_num = ${literal(to)} ${row(from, onlyIf)}`,
  };
}

/** The statement that adds a row of expressions, by the names of their columns. */
export function insertion(table: string, row: Readonly<Record<string, string>>, onlyIf?: string): string {
  const values = Object.values(row).join(', ');
  const given = onlyIf === undefined ? `values (${values})` : `select ${values} where ${onlyIf}`;
  return `insert into ${table} (${Object.keys(row).join(', ')}) ${given}`;
}

/** What to do where a schema is missing, on an engine that can create one; the name is quoted. */
export function createSchema(schema: string): string {
  return `Create it (create schema ${schema})`;
}

/** The version table's name in messages. */
export function displayName(table: string, schema: string | undefined): string {
  return schema === undefined ? table : `${schema}.${table}`;
}
