/** The schema as a run has left it. */
export interface KeptSchema {
  /** The version table's rows then, as text. */
  readonly standing: string;
  /** The hash of its fingerprint. */
  readonly hash: string;
  /** The text of its fingerprint. */
  readonly told: string;
}

/** The statements that keep the schema of the last run, with names already quoted. The table has at most one row. */
export interface SchemaTableSql {
  /** The table's columns, one row each: `name`. No rows where the table does not exist. */
  readonly columns: string;
  readonly create: string;
  /** The row without the text, which may be long. */
  readonly select: string;
  readonly selectTold: string;
  readonly clear: string;
  insert(kept: KeptSchema): string;
}

/** The names of the columns without which a table keeps no schema. */
export const SCHEMA_COLUMNS: readonly string[] = ['standing', 'hash', 'told'];

/** The statements for an engine. */
export function schemaTableSql({
  table,
  columns,
  text,
  suffix = '',
  literal,
}: {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  readonly columns: string;
  /** The type of a text of any length. */
  readonly text: string;
  /** The text after the column list of `create table`. */
  readonly suffix?: string;
  readonly literal: (value: string) => string;
}): SchemaTableSql {
  return {
    columns,
    create: `create table ${table} (standing ${text} not null, hash varchar(64) not null, told ${text} not null)${suffix}`,
    select: `select standing, hash from ${table}`,
    selectTold: `select told from ${table}`,
    clear: `delete from ${table}`,
    insert: ({ standing, hash, told }) =>
      `insert into ${table} (standing, hash, told) values (${literal(standing)}, ${literal(hash)}, ${literal(told)})`,
  };
}
