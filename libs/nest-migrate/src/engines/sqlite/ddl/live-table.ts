import { sqliteSql } from '../lexical-rules.js';
import { type Postcondition } from '../../../operations/operation.js';
import { type SqlSession } from '../../session/sql-session.js';
import { quoteQualified } from '../../sql/quoting.js';
import { parseTable, type TableSource } from './table-source.js';

/** A part of a table that has its own `create` statement. */
export interface PartSource {
  readonly name: string;
  readonly sql: string;
}

/** A table with everything that is dropped with it. */
export interface WholeTable {
  readonly source: TableSource;
  readonly indexes: readonly PartSource[];
  readonly triggers: readonly PartSource[];
}

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

/** The table as it is now, from `sqlite_schema`, which is complete; `undefined` where it does not exist. */
export async function readTable(
  session: SqlSession,
  table: string,
  schema: string | undefined,
): Promise<WholeTable | undefined> {
  const rows = await session.query<SchemaRow>(
    `select type, name, tbl_name, sql from ${catalogue(schema)} where tbl_name = ${text(table)} collate nocase order by rowid`,
  );
  const sql = rows.find(({ type }) => type === 'table')?.sql ?? undefined;
  const source = sql === undefined ? undefined : parseTable(sql);
  if (source === undefined) return undefined;
  const parts = (wanted: string): readonly PartSource[] =>
    rows.flatMap((row) => (row.type === wanted && row.sql !== null ? [{ name: row.name, sql: row.sql }] : []));
  return { source, indexes: parts('index'), triggers: parts('trigger') };
}

/** Statements that compile only if the views and triggers that name the table can still be used. */
export async function dependents(
  session: SqlSession,
  table: string,
  schema: string | undefined,
): Promise<readonly { readonly kind: string; readonly name: string; readonly attempts: readonly string[] }[]> {
  const rows = await session.query<SchemaRow>(
    `select type, name, tbl_name, sql from ${catalogue(schema)} where type in ('view', 'trigger') order by rowid`,
  );
  return rows
    .filter(({ sql, tbl_name }) => sql !== null && (tbl_name === table || sqliteSql.mentions(sql, table)))
    .map(({ type: kind, name, tbl_name }) => {
      const at = quoteQualified([schema, tbl_name], '`');
      const view = `explain select * from ${quoteQualified([schema, name], '`')}`;
      // SQLite compiles a trigger together with any statement that may fire it
      const trigger = [`explain insert into ${at} default values`, `explain delete from ${at}`];
      return { kind, name, attempts: kind === 'view' ? [view] : trigger };
    });
}

export function catalogue(schema: string | undefined): string {
  return quoteQualified([schema, 'sqlite_master'], '`');
}

export function text(value: string): string {
  return sqliteSql.text(value);
}

/** The postcondition that a view or a trigger exists in the file, or that it does not, by `present`. */
export function objectExists(
  type: 'view' | 'trigger',
  schema: string | undefined,
  name: string,
  present: boolean,
): Postcondition {
  const named = `type = ${text(type)} and name = ${text(name)}`;
  return { query: `select count(*) = ${present ? 1 : 0} as present from ${catalogue(schema)} where ${named}` };
}
