import { type ForeignKeyDefinition, type Rule } from '../../../operations/operation.js';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Named } from '../../../schema/schema-model.js';
import { type ListedForeignKey } from '../../catalogue/catalogue.js';
import { inScope, place, type SchemaScope } from './catalogue-objects.js';

export interface ForeignKeyRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly name: string;
  readonly columns: readonly string[] | string;
  readonly referenced_schema: string;
  readonly referenced_table: string;
  readonly referenced_columns: readonly string[] | string;
  readonly delete_rule: string;
  readonly update_rule: string;
  readonly deferrable: boolean;
  readonly deferred: boolean;
}

export function foreignKeyQuery(filter: string): string {
  const names = (keys: string, table: string): string =>
    `(select json_agg(a.attname order by k.n) from unnest(con.${keys}) with ordinality as k(num, n)
      join pg_attribute a on a.attrelid = con.${table} and a.attnum = k.num)`;
  return `select n.nspname as schema_name, c.relname as table_name, con.conname as name,
      ${names('conkey', 'conrelid')} as columns, rn.nspname as referenced_schema, rc.relname as referenced_table,
      ${names('confkey', 'confrelid')} as referenced_columns, con.confdeltype as delete_rule,
      con.confupdtype as update_rule, con.condeferrable as deferrable, con.condeferred as deferred
    from pg_constraint con
    join pg_class c on c.oid = con.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_class rc on rc.oid = con.confrelid
    join pg_namespace rn on rn.oid = rc.relnamespace
    where ${filter} and con.contype = 'f' and con.conparentid = 0
    order by n.nspname, c.relname, con.conname`;
}

/** The foreign keys of all tables, compared or not. */
export async function listPostgresForeignKeys(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
): Promise<readonly ListedForeignKey[]> {
  const rows = await connection.execute<ForeignKeyRow[]>(foreignKeyQuery(inScope(scope)));
  return rows.map((row) => ({
    table: place(row.table_name, row.schema_name, scope),
    key: catalogueForeignKey(row, scope.home),
  }));
}

const rules: Readonly<Record<string, Rule>> = { r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' };

export function catalogueForeignKey(row: ForeignKeyRow, home: string): Named<ForeignKeyDefinition> {
  const deleteRule = rules[row.delete_rule];
  const updateRule = rules[row.update_rule];
  return {
    name: row.name,
    columns: listOf(row.columns),
    referencedTable: row.referenced_table,
    ...(row.referenced_schema !== home && { referencedSchema: row.referenced_schema }),
    referencedColumns: listOf(row.referenced_columns),
    ...(deleteRule && { deleteRule }),
    ...(updateRule && { updateRule }),
    ...(row.deferrable && { deferMode: row.deferred ? ('deferred' as const) : ('immediate' as const) }),
  };
}

function listOf(names: readonly string[] | string): readonly string[] {
  return typeof names === 'string' ? (JSON.parse(names) as string[]) : names;
}
