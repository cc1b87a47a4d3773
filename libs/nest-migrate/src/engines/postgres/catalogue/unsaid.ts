import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type UnsaidPart } from '../../catalogue/catalogue.js';
import { inScope, place, type SchemaScope } from './catalogue-objects.js';

/** The parts of tables that have something an operation has no words for, and what that is. */
export async function listPostgresUnsaid(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
): Promise<readonly UnsaidPart[]> {
  interface Row {
    readonly schema_name: string;
    readonly table_name: string;
    readonly name: string;
    readonly what: string;
  }
  const rows = await connection.execute<Row[]>(
    `select n.nspname as schema_name, c.relname as table_name, part.name, part.what
      from (
        select con.conrelid as relid, con.conname as name, concat_ws(', ',
            case when def like '%NULLS NOT DISTINCT%' then 'nulls not distinct' end,
            case when con.contype in ('c', 'f') and not con.convalidated then 'not valid' end,
            case when con.contype = 'c' and con.connoinherit then 'no inherit' end,
            case when con.contype = 'f' and con.confmatchtype = 'f' then 'match full' end,
            lower(substring(def from 'ON DELETE (SET (?:NULL|DEFAULT) \\(.*?\\))'))) as what
          from pg_constraint con, pg_get_constraintdef(con.oid) as def where con.conrelid <> 0
        union all select ix.indrelid, i.relname, array_to_string(i.reloptions, ', ')
          from pg_index ix join pg_class i on i.oid = ix.indexrelid
        union all select tg.tgrelid, tg.tgname,
            case tg.tgenabled when 'D' then 'disabled' when 'R' then 'enable replica' when 'A' then 'enable always' end
          from pg_trigger tg where not tg.tgisinternal
        union all select t.oid, t.relname, concat_ws(', ', array_to_string(t.reloptions, ', '),
            case t.relreplident when 'f' then 'replica identity full' when 'i' then 'replica identity using index' end)
          from pg_class t where t.relkind in ('r', 'p')
      ) part
      join pg_class c on c.oid = part.relid
      join pg_namespace n on n.oid = c.relnamespace
      where part.what <> '' and ${inScope(scope)}`,
  );
  return rows.map(({ schema_name, table_name, name, what }) => ({
    table: place(table_name, schema_name, scope),
    name,
    what,
  }));
}
