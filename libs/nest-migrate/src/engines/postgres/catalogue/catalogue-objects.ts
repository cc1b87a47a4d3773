import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type QualifiedName, type Unreadable } from '../../../schema/schema-model.js';
import { postgresSql } from '../lexical-rules.js';
import { type ListedEnum, type ListedTable, type ListedView } from '../../catalogue/catalogue.js';

/** A condition that leaves out the objects of extensions. */
export const notOfAnExtension = (catalogue: string, oid: string): string =>
  `not exists (select 1 from pg_depend dep
    where dep.objid = ${oid} and dep.classid = ${postgresSql.text(catalogue)}::regclass and dep.deptype = 'e')`;

/** A condition for routines: written in a language with a source text, and no event trigger. */
export const isReadable = `l.lanname not in ('c', 'internal') and p.prorettype <> 'event_trigger'::regtype`;

/** The schemas that are read: all but MikroORM's exceptions and those of the configuration. */
export interface SchemaScope {
  /** The connection's own schema. */
  readonly home: string;
  readonly ignored: readonly string[];
}

const foreignSchemas = ['information_schema', 'tiger', 'topology'];
const foreignPrefixes = '^(pg_|crdb_|_timescaledb_)';

export function inScope({ ignored }: SchemaScope): string {
  const names = [...foreignSchemas, ...ignored].map((name) => postgresSql.text(name));
  return `n.nspname !~ '${foreignPrefixes}' and n.nspname not in (${names.join(', ')})`;
}

/** The opposite of {@link inScope}, for a schema that the entities name. */
export function isOutOfScope(schema: string, { ignored }: Pick<SchemaScope, 'ignored'>): boolean {
  return new RegExp(foreignPrefixes).test(schema) || [...foreignSchemas, ...ignored].includes(schema);
}

/** The name of the extension that an object belongs to. */
export const extensionOf = (catalogue: string, oid: string): string =>
  `(select e.extname from pg_depend dep join pg_extension e on e.oid = dep.refobjid
    where dep.objid = ${oid} and dep.classid = ${postgresSql.text(catalogue)}::regclass and dep.deptype = 'e'
      and dep.refclassid = 'pg_extension'::regclass)`;

interface TableRow {
  readonly schema_name: string;
  readonly table_name: string;
  readonly comment: string | null;
  readonly kind: string;
  readonly is_partition: boolean;
  readonly parent: string | null;
  readonly extension: string | null;
  readonly has_children: boolean;
  readonly has_foreign_children: boolean;
  readonly has_divided_partitions: boolean;
  readonly has_foreign_partitions: boolean;
}

const HAS_CHILDREN = 'has children by inheritance';

function whyUnreadable(row: TableRow): Unreadable | undefined {
  if (row.extension !== null) return { why: `belongs to the extension ${row.extension}`, partOf: 'extension' };
  if (row.is_partition) return { why: `is a partition of ${row.parent}`, partOf: 'partitionedTable' };
  if (row.kind === 'f') return { why: 'is a foreign table', partOf: 'server' };
  if (row.parent !== null) return { why: `inherits from ${row.parent}` };
  // an extension that makes children changes them and their parent in its own way, as TimescaleDB does
  if (row.has_foreign_children) return { why: HAS_CHILDREN };
  if (row.has_divided_partitions) return { why: 'has partitions of partitions' };
  return row.has_foreign_partitions ? { why: 'has foreign tables as partitions' } : undefined;
}

/** The tables, including foreign tables and partitions, but no views. */
export async function listPostgresTables(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
): Promise<readonly ListedTable[]> {
  const hasChild = (condition: string): string =>
    `exists (select 1 from pg_inherits i join pg_class child on child.oid = i.inhrelid
        join pg_namespace n on n.oid = child.relnamespace
      where i.inhparent = c.oid and ${condition})`;
  const rows = await connection.execute<TableRow[]>(
    `select n.nspname as schema_name, c.relname as table_name, obj_description(c.oid, 'pg_class') as comment,
        c.relkind as kind, c.relispartition as is_partition, ${extensionOf('pg_class', 'c.oid')} as extension,
        (select parent.relname from pg_inherits i join pg_class parent on parent.oid = i.inhparent
          where i.inhrelid = c.oid order by i.inhseqno limit 1) as parent,
        ${hasChild('not child.relispartition')} as has_children,
        ${hasChild(`not child.relispartition and not (${inScope(scope)})`)} as has_foreign_children,
        ${hasChild(`child.relispartition and child.relkind = 'p'`)} as has_divided_partitions,
        ${hasChild(`child.relispartition and child.relkind = 'f'`)} as has_foreign_partitions
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't' and ${inScope(scope)}
      order by n.nspname, c.relname`,
  );
  return rows.map((row) => {
    const unreadable = whyUnreadable(row);
    return {
      ...place(row.table_name, row.schema_name, scope),
      ...(row.comment !== null && row.comment !== '' && { comment: row.comment }),
      ...(unreadable && { unreadable }),
      ...(row.has_children && { staysBecause: HAS_CHILDREN }),
    };
  });
}

/** The views, including materialized ones. */
export async function listPostgresViews(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
): Promise<readonly ListedView[]> {
  interface Row {
    readonly schema_name: string;
    readonly name: string;
    readonly materialized: boolean;
    readonly definition: string;
    readonly extension: string | null;
  }
  const rows = await connection.execute<Row[]>(
    `select n.nspname as schema_name, c.relname as name, c.relkind = 'm' as materialized,
        pg_get_viewdef(c.oid, true) as definition, ${extensionOf('pg_class', 'c.oid')} as extension
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('v', 'm') and c.relpersistence <> 't' and ${inScope(scope)}
      order by n.nspname, c.relname`,
  );
  return rows.map(({ schema_name, name, materialized, definition, extension }) => ({
    ...place(name, schema_name, scope),
    materialized,
    definition: definition.trim().replace(/;$/, ''),
    ...(extension !== null && {
      unreadable: { why: `belongs to the extension ${extension}`, partOf: 'extension' as const },
    }),
  }));
}

/** The native enum types. */
export async function listPostgresEnums(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
): Promise<readonly ListedEnum[]> {
  interface Row {
    readonly schema_name: string;
    readonly name: string;
    readonly items: readonly string[] | string;
    readonly used_by: readonly UsingRelation[] | string;
    readonly extension: string | null;
  }
  type UsingRelation = readonly [schema: string, name: string];
  const rows = await connection.execute<Row[]>(
    `select n.nspname as schema_name, t.typname as name, ${extensionOf('pg_type', 't.oid')} as extension,
        coalesce(json_agg(e.enumlabel order by e.enumsortorder) filter (where e.oid is not null), '[]') as items,
        (select coalesce(json_agg(distinct jsonb_build_array(un.nspname, uc.relname)), '[]')
          from pg_attribute ua
          join pg_class uc on uc.oid = ua.attrelid and uc.relkind in ('r', 'p', 'v', 'm', 'f')
          join pg_namespace un on un.oid = uc.relnamespace
          where ua.atttypid in (t.oid, t.typarray) and not ua.attisdropped
            -- what a child inherits and a view reads follows its table
            and ua.attinhcount = 0 and not exists (
              select from pg_rewrite r
              join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
              join pg_attribute ra on ra.attrelid = d.refobjid and ra.attnum = d.refobjsubid and ra.attrelid <> uc.oid
              where r.ev_class = uc.oid and uc.relkind in ('v', 'm') and ra.atttypid in (t.oid, t.typarray))) as used_by
      from pg_type t
      join pg_namespace n on n.oid = t.typnamespace
      left join pg_enum e on e.enumtypid = t.oid
      where t.typtype = 'e' and ${inScope(scope)}
      group by n.nspname, t.typname, t.oid, t.typarray
      order by n.nspname, t.typname`,
  );
  return rows.map((row) => ({
    ...place(row.name, row.schema_name, scope),
    items: listOf(row.items),
    usedBy: listOf<UsingRelation>(row.used_by).map(([schema, name]) => place(name, schema, scope)),
    ...(row.extension !== null && {
      unreadable: { why: `belongs to the extension ${row.extension}`, partOf: 'extension' as const },
    }),
  }));
}

/** Those of the sequences that the server does not find, by the name that a default gives them. */
export async function missingPostgresSequences(
  connection: AbstractSqlConnection,
  sequences: readonly QualifiedName[],
): Promise<readonly QualifiedName[]> {
  if (sequences.length === 0) return [];
  const names = sequences.map(({ schema, name }) => postgresSql.text(postgresSql.quote(schema, name)));
  const rows = await connection.execute<{ position: number }[]>(
    `select position::int from unnest(array[${names.join(', ')}]) with ordinality as wanted (name, position)
      where to_regclass(wanted.name) is null`,
  );
  const missing = new Set(rows.map(({ position }) => Number(position)));
  return sequences.filter((_, index) => missing.has(index + 1));
}

/** The schemas, without the connection's own. */
export async function listPostgresSchemas(connection: AbstractSqlConnection): Promise<readonly string[]> {
  const rows = await connection.execute<{ name: string }[]>(
    'select nspname as name from pg_namespace order by nspname',
  );
  return rows.map(({ name }) => name);
}

/**
 * The schemas that hold something other than tables, views, enum types and routines: aggregates, separate sequences,
 * domains.
 */
export async function listOccupiedPostgresSchemas(connection: AbstractSqlConnection): Promise<readonly string[]> {
  const rows = await connection.execute<{ name: string }[]>(
    `select n.nspname as name from pg_namespace n
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and (
        exists (select 1 from pg_class c where c.relnamespace = n.oid and (c.relkind in ('f', 'c')
          or c.relkind = 'S' and not exists (select 1 from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))))
        or exists (select 1 from pg_proc p join pg_language l on l.oid = p.prolang
          where p.pronamespace = n.oid and not (p.prokind in ('f', 'p') and ${isReadable}
            and ${notOfAnExtension('pg_proc', 'p.oid')}))
        or exists (select 1 from pg_type t where t.typnamespace = n.oid and t.typtype in ('d', 'r')))
      order by n.nspname`,
  );
  return rows.map(({ name }) => name);
}

/** Some drivers parse JSON, others return its text. */
function listOf<T = string>(json: readonly T[] | string): readonly T[] {
  return typeof json === 'string' ? (JSON.parse(json) as T[]) : json;
}

export function place(
  name: string,
  schema: string,
  { home }: SchemaScope,
): { readonly name: string; readonly schema?: string } {
  return schema === home ? { name } : { name, schema };
}
