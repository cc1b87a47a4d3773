import { postgresSql } from '../lexical-rules.js';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type CheckDefinition } from '../../../operations/operation.js';
import { type Named, type QualifiedName } from '../../../schema/schema-model.js';
import { type CatalogueColumn, type CatalogueTable } from '../../catalogue/catalogue.js';
import { catalogueForeignKey, type ForeignKeyRow, foreignKeyQuery } from './catalogue-foreign-keys.js';
import { catalogueIndex, type IndexRow, indexQuery } from './catalogue-indexes.js';
import { readPartitioning } from './partitions.js';
import { readSecurity } from './policies.js';
import { catalogueTrigger, triggerQuery, type TriggerRow } from './triggers.js';

interface TableRow {
  readonly schema_name: string;
  readonly table_name: string;
}

interface ColumnRow extends TableRow {
  readonly column_name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default_sql: string | null;
  readonly identity: string;
  readonly generated: string;
  readonly comment: string | null;
  readonly collation: string | null;
  readonly enum_name: string | null;
  readonly enum_schema: string | null;
  readonly is_array: boolean;
}

interface CheckRow extends TableRow {
  readonly name: string;
  readonly kind: string;
  readonly definition: string;
}

/**
 * Tables, read directly from `pg_catalog`. `information_schema` hides what the role may not change (checks), and joins
 * by names without a schema, which mixes up tables with the same name in two schemas.
 */
export async function readPostgresCatalogue(
  connection: AbstractSqlConnection,
  tables: readonly QualifiedName[],
  home: string,
): Promise<readonly CatalogueTable[]> {
  if (tables.length === 0) return [];
  const pairs = tables.map(({ schema, name }) => `(${postgresSql.text(schema ?? home)}, ${postgresSql.text(name)})`);
  const filter = `(n.nspname, c.relname) in (${pairs.join(', ')})`;
  const columns = grouped(await connection.execute<ColumnRow[]>(columnQuery(filter)));
  const indexes = grouped(await connection.execute<IndexRow[]>(indexQuery(filter)));
  const foreignKeys = grouped(await connection.execute<ForeignKeyRow[]>(foreignKeyQuery(filter)));
  const checks = grouped(await connection.execute<CheckRow[]>(checkQuery(filter)));
  const triggers = grouped(await connection.execute<TriggerRow[]>(triggerQuery(filter)));
  const partitioning = await readPartitioning(connection, filter);
  const security = await readSecurity(connection, filter);
  return tables.map(({ schema, name }) => {
    const key = JSON.stringify([schema ?? home, name]);
    return {
      columns: (columns.get(key) ?? []).map((row) => catalogueColumn(row, home)),
      indexes: (indexes.get(key) ?? []).map(catalogueIndex),
      checks: (checks.get(key) ?? []).map(catalogueCheck),
      foreignKeys: (foreignKeys.get(key) ?? []).map((row) => catalogueForeignKey(row, home)),
      triggers: (triggers.get(key) ?? []).flatMap((row) => catalogueTrigger(row, home)),
      partitioning: partitioning.get(key),
      security: security.get(key),
    };
  });
}

function grouped<T extends TableRow>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.schema_name, row.table_name]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function columnQuery(filter: string): string {
  return `select n.nspname as schema_name, c.relname as table_name, a.attname as column_name,
      format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable,
      pg_get_expr(d.adbin, d.adrelid) as default_sql, a.attidentity as identity, a.attgenerated as generated,
      col_description(c.oid, a.attnum) as comment,
      case when a.attcollation <> t.typcollation then co.collname end as collation,
      case when e.typtype = 'e' then e.typname end as enum_name, en.nspname as enum_schema,
      t.typelem <> 0 and t.typlen = -1 as is_array
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    join pg_type e on e.oid = case when t.typelem <> 0 and t.typlen = -1 then t.typelem else t.oid end
    join pg_namespace en on en.oid = e.typnamespace
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_collation co on co.oid = a.attcollation
    where ${filter} and c.relkind in ('r', 'p')
    order by n.nspname, c.relname, a.attnum`;
}

function checkQuery(filter: string): string {
  return `select n.nspname as schema_name, c.relname as table_name, con.conname as name, con.contype as kind,
      pg_get_constraintdef(con.oid) as definition
    from pg_constraint con
    join pg_class c on c.oid = con.conrelid
    join pg_namespace n on n.oid = c.relnamespace
    where ${filter} and con.contype in ('c', 'x')
    order by n.nspname, c.relname, con.conname`;
}

function catalogueColumn(row: ColumnRow, home: string): CatalogueColumn {
  const defaultSql = row.default_sql ?? undefined;
  const counts = defaultSql?.startsWith('nextval(') === true;
  const identity = row.identity === 'd' ? 'by default as identity' : row.identity === 'a' ? 'identity' : undefined;
  const generated =
    row.generated === 's' ? `${defaultSql ?? ''} stored` : row.generated === 'v' ? defaultSql : identity;
  const isNull = defaultSql !== undefined && /^null(?:::|$)/i.test(defaultSql);
  return {
    name: row.column_name,
    type: row.type,
    nullable: row.nullable,
    defaultSql: counts || generated !== undefined || isNull ? undefined : defaultSql,
    autoincrement: counts,
    generated,
    comment: row.comment ?? undefined,
    collation: row.collation ?? undefined,
    nativeEnum:
      row.enum_name === null
        ? undefined
        : {
            name: row.enum_name,
            schema: row.enum_schema === home ? undefined : (row.enum_schema ?? undefined),
            array: row.is_array,
          },
  };
}

function catalogueCheck(row: CheckRow): Named<CheckDefinition> {
  // an exclusion constraint is declared as a check whose expression is the whole clause
  if (row.kind === 'x') return { name: row.name, expression: row.definition };
  const body = /^CHECK \((.*)\)(?: NO INHERIT)?(?: NOT VALID)?$/s.exec(row.definition)?.[1] ?? row.definition;
  return { name: row.name, expression: postgresSql.stripOuterParentheses(body) };
}
