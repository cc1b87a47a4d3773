import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type NamedObject, type RecreatedObjects } from '../../operations/operation.js';
import { type SchemaScope } from './catalogue/catalogue-objects.js';
import { dollarQuoted } from './ddl/dollar-quoted.js';
import { postgresSql } from './lexical-rules.js';
import {
  columnAttributes,
  columnComment,
  constraintAttributes,
  indexAttributes,
  joined,
  policyAttributes,
  routineAttributes,
  triggerAttributes,
  viewAttributes,
} from './object-attributes.js';

/**
 * Whether one of the objects has attributes beyond its create statement: of the parts of tables, those with one of the
 * names.
 */
export async function hasPostgresAttributes(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
  objects: RecreatedObjects,
  parts: readonly string[],
): Promise<boolean> {
  const names = parts.map((name) => postgresSql.text(name)).join(', ');
  const [row] = await connection.execute<{ present: boolean }[]>(
    `select exists (select 1 from (${namedQuery(objects, scope.home)}) found left join pg_class c on c.oid = found.owner
      where json_array_length(found.attributes) > 0
        and (c.oid is null or c.relkind in ('v', 'm') or found.name = any (array[${names}]::text[]))) as present`,
  );
  return row?.present === true;
}

/** Keeps the attributes of the objects in a setting of the transaction. */
export function keepAttributes(objects: RecreatedObjects, home: string): string {
  return `do ${dollarQuoted(`
begin
  -- behind those of an earlier call that are not restored yet
  perform set_config('nest_migrate.attributes', (coalesce(nullif(current_setting('nest_migrate.attributes', true), ''),
      '[]')::jsonb || (select coalesce(jsonb_agg(object), '[]') from (${namedQuery(objects, home)}) object
        where json_array_length(object.attributes) > 0))::text, true);
end `)}`;
}

/**
 * Gives the attributes that {@link keepAttributes} has kept to the objects that were dropped and created again. Those
 * are not the same to the catalogue, and have the same name in the same table, whatever that is called now.
 */
export const restoreAttributes = `do $attributes$
declare
  kept jsonb := coalesce(nullif(current_setting('nest_migrate.attributes', true), ''), '[]');
  statement text;
begin
  for statement in
    select replace(replace(attribute.value->>1, chr(1), coalesce(now.relation, '')), chr(2), coalesce(now.itself, ''))
      from jsonb_to_recordset(kept) as old (kind text, owner oid, place text, name text, identity text, attributes jsonb)
      left join pg_class c on c.oid = old.owner
      join (${attributesQuery(
        `select coalesce(c.oid, to_regclass(k.place)::oid)
          from jsonb_to_recordset(kept) as k (owner oid, place text) left join pg_class c on c.oid = k.owner`,
        `select p.oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          join jsonb_to_recordset(kept) as k (kind text, name text) on k.kind = 'routine' and k.name = ${signature()}`,
      )}) now on now.kind = old.kind and now.name = old.name
        and now.owner is not distinct from coalesce(c.oid, to_regclass(old.place)::oid)
      cross join jsonb_array_elements(old.attributes) with ordinality as attribute (value, position)
      where (now.identity <> old.identity or now.owner is distinct from old.owner)
        -- what the create statement gave it stays
        and (attribute.value->>0 = 'grant' or not exists (
          select 1 from json_array_elements(now.attributes) own where own->>0 = attribute.value->>0))
      order by old.kind = 'view' desc, old.place, old.kind, old.name, attribute.position
  loop
    execute statement;
  end loop;
  perform set_config('nest_migrate.attributes', '', true);
end $attributes$`;

function namedQuery({ tables = [], routines = [] }: RecreatedObjects, home: string): string {
  const named = (list: readonly NamedObject[]): string =>
    list.length === 0
      ? 'select null::text, null::text where false'
      : `values ${list.map(({ name, schema = home }) => `(${postgresSql.text(schema)}, ${postgresSql.text(name)})`).join(', ')}`;
  return attributesQuery(
    `with recursive family (oid) as (
        select c.oid from (${named(tables)}) as x (schema_name, name)
          join pg_namespace n on n.nspname = x.schema_name
          join pg_class c on c.relnamespace = n.oid and c.relname = x.name
        -- what a partition or a child inherits is dropped and created with that of its parent
        union select i.inhrelid from family join pg_inherits i on i.inhparent = family.oid)
      select oid from family`,
    `select p.oid from (${named(routines)}) as x (schema_name, name)
      join pg_namespace n on n.nspname = x.schema_name join pg_proc p on p.pronamespace = n.oid and p.proname = x.name`,
  );
}

/** A routine by its name and the types of its arguments. */
function signature(): string {
  return `format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes))`;
}

/**
 * The parts of relations and the routines, each with its attributes. In their statements, `chr(1)` stands for the
 * relation and `chr(2)` for the object itself, which may be called otherwise when the statements are executed.
 */
function attributesQuery(relations: string, routines: string): string {
  const [relation, itself] = ['chr(1)', 'chr(2)'];
  const part = (kind: string, name: string, identity: string, called: string, attributes: string): string =>
    `select ${postgresSql.text(kind)} as kind, c.oid as owner, format('%I.%I', n.nspname, c.relname) as place, ${name}::text as name,
      ${identity}::text as identity, c.oid::regclass::text as relation, ${called} as itself, ${attributes} as attributes
      from pg_class c join pg_namespace n on n.oid = c.relnamespace and c.oid in (select oid from asked)`;
  // an entity declares the comments on the columns of its table
  const ofColumn = joined(
    columnAttributes(relation),
    `case when c.relkind in ('v', 'm') then ${joined(columnComment(relation))} end`,
  );
  return `with asked (oid) as (${relations}), routine (oid) as (${routines}
      union select tgfoid from pg_trigger where not tgisinternal and tgrelid in (select oid from asked))
    ${part('view', 'c.relname', 'c.oid', 'null', viewAttributes(relation))} where c.relkind in ('v', 'm')
    union all ${part('column', 'a.attname', 'a.attnum', 'null', ofColumn)}
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid where c.relkind in ('r', 'p', 'v', 'm', 'f')
    union all ${part('constraint', 'con.conname', 'con.oid', 'null', constraintAttributes(relation))}
      join pg_constraint con on con.conrelid = c.oid
    union all ${part('index', 'i.relname', 'i.oid', 'i.oid::regclass::text', indexAttributes(relation, itself))}
      join pg_index ix on ix.indrelid = c.oid join pg_class i on i.oid = ix.indexrelid
    union all ${part('trigger', 'tg.tgname', 'tg.oid', 'null', triggerAttributes(relation))}
      join pg_trigger tg on tg.tgrelid = c.oid and not tg.tgisinternal
    union all ${part('policy', 'pol.polname', 'pol.oid', 'null', policyAttributes(relation))}
      join pg_policy pol on pol.polrelid = c.oid
    union all select 'routine', null, null, ${signature()}, p.oid::text, null, p.oid::regprocedure::text,
      ${routineAttributes(itself)}
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.oid in (select oid from routine) and p.prokind in ('f', 'p')`;
}
