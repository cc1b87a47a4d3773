import { type ReadingSession } from '../../fingerprint/schema-description.js';
import { type DatabaseStatistics } from '../../statistics/statistics.js';

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly rows: string | number | null;
  readonly bytes: string | number | null;
  readonly index_bytes: string | number | null;
  readonly publications: readonly string[];
  readonly invalid_indexes: readonly string[];
  readonly counting_keys: readonly { readonly column: string; readonly last: number; readonly max: number }[];
}

/** A partitioned table has no rows of its own: what it is made of counts. */
const TABLES = `
  select n.nspname as schema, c.relname as name,
         (select case when bool_or(p.reltuples < 0) then null else sum(p.reltuples)::bigint end
            from pg_class p where p.oid = any (parts.oids)) as rows,
         (select sum(pg_table_size(p)) from unnest(parts.oids) p) as bytes,
         (select sum(pg_indexes_size(p)) from unnest(parts.oids) p) as index_bytes,
         array(select t.pubname::text from pg_publication_tables t
                where t.schemaname = n.nspname and t.tablename = c.relname order by 1) as publications,
         array(select i.indexrelid::regclass::text from pg_index i
                where i.indrelid = c.oid and not i.indisvalid and c.relkind <> 'p' order by 1) as invalid_indexes,
         (select coalesce(json_agg(json_build_object('column', a.attname, 'last', s.last, 'max', s.most) order by a.attnum), '[]')
            from pg_depend d
            join pg_sequence q on q.seqrelid = d.objid
            join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
           cross join lateral (
             select case when has_sequence_privilege(q.seqrelid, 'select,usage') then pg_sequence_last_value(q.seqrelid) end as last,
                    least(q.seqmax, case a.atttypid when 'int2'::regtype then 32767
                                                    when 'int4'::regtype then 2147483647 else q.seqmax end) as most
           ) s
           where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
             and d.deptype in ('a', 'i') and s.last is not null) as counting_keys
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
   cross join lateral (
     select case when c.relkind = 'p'
                 then array(select t.relid::oid from pg_partition_tree(c.oid) t where t.isleaf and t.relid <> c.oid)
                 else array[c.oid] end as oids
   ) parts
   where c.relkind in ('r', 'p', 'm')
     and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't'
   order by 1, 2`;

/** The sizes of all tables, as the server estimates them, and what they are part of. */
export async function readPostgresStatistics(
  session: ReadingSession,
  home: string,
): Promise<Omit<DatabaseStatistics, 'readAt'>> {
  const [server] = await session.query<{ version: string; replicas: number | string; seen: boolean }>(
    `select current_setting('server_version') as version,
            (select count(*) from pg_stat_replication) as replicas,
            pg_has_role('pg_read_all_stats', 'usage') as seen`,
  );
  const tables = await session.query<TableRow>(TABLES);
  return {
    server: `PostgreSQL ${server?.version.split(' ')[0] ?? ''}`,
    replicas: server?.seen === true ? Number(server.replicas) : null,
    maxRowVersions: null,
    tables: tables.map(
      ({ schema, name: table, rows, bytes, index_bytes, publications, invalid_indexes, counting_keys }) => ({
        ...(schema !== home && { schema }),
        table,
        rows: numberOrNull(rows),
        bytes: numberOrNull(bytes),
        indexBytes: numberOrNull(index_bytes),
        publications,
        invalidIndexes: invalid_indexes,
        rowVersions: null,
        countingKeys: counting_keys,
      }),
    ),
  };
}

function numberOrNull(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}
