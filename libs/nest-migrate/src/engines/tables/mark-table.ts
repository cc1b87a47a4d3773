/** The statements that keep the mark of a database, with names already quoted. The table has at most one row. */
export interface MarkTableSql {
  /** The table's columns, one row each: `name`. No rows where the table does not exist. */
  readonly columns: string;
  readonly create: string;
  readonly select: string;
  readonly clear: string;
  /** Marks the database as production. */
  readonly insert: string;
}

/** The names of the columns without which a table keeps no mark. */
export const MARK_COLUMNS: readonly string[] = ['mark'];

/** The statements for an engine. */
export function markTableSql({
  table,
  columns,
  suffix = '',
}: {
  /** The table's name, quoted and qualified. */
  readonly table: string;
  readonly columns: string;
  /** The text after the column list of `create table`. */
  readonly suffix?: string;
}): MarkTableSql {
  return {
    columns,
    create: `create table ${table} (mark varchar(64) not null)${suffix}`,
    select: `select mark from ${table}`,
    clear: `delete from ${table}`,
    insert: `insert into ${table} (mark) values ('production')`,
  };
}
