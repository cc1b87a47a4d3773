import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type ChangingParts } from '../../operations/operation.js';
import { type QualifiedName } from '../../schema/schema-model.js';
import { type DependentObject } from '../catalogue/catalogue.js';
import { place, type SchemaScope } from './catalogue/catalogue-objects.js';
import { postgresSql } from './lexical-rules.js';
import { hasExpression, plainText, plainTextVariables, probeOf } from './plain-text.js';

/**
 * What PostgreSQL refuses to keep while the parts change, and what hangs on that: the deepest first, as it has to be
 * dropped. `pg_depend` knows it of views, rules, triggers, policies, routines with a parsed body, and publications with a
 * condition or a list of columns; and of parts of tables, for columns that are rebuilt.
 */
export async function readPostgresDependents(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
  parts: ChangingParts,
): Promise<readonly DependentObject[]> {
  if ((parts.columns ?? []).length + (parts.types ?? []).length === 0) return [];
  const [server] = await connection.execute<{ version: number }[]>(
    `select current_setting('server_version_num')::int as version`,
  );
  const rows = await connection.execute<{ kind: string; schema_name: string; owner_name: string; name: string }[]>(
    `select kind, schema_name, owner_name, name from (${dependentQuery(parts, scope.home, Number(server?.version) >= FILTERED_PUBLICATIONS, `'%'`)}) x`,
  );
  return rows.map(({ kind, schema_name, owner_name, name }) => ({
    kind,
    place: place(owner_name, schema_name, scope),
    name,
  }));
}

/** The version from which on publications have conditions and lists of columns. */
const FILTERED_PUBLICATIONS = 150000;

/** Drops the dependents, and keeps the statements that create them again in a setting of the session. */
export function dropDependents(parts: ChangingParts, home: string): string {
  const kept = (publications: boolean): string =>
    `select coalesce(json_agg(json_build_array(found.drop, found."create", found.extras,
        ${probeOf('found', publications)}) order by found.position), '[]')
      into kept from (select x.*, row_number() over () as position from (${dependentQuery(parts, home, publications, `'%::%'`)}) x) found;`;
  return `do $dependents$
declare
  kept json;
  dependent json;
  dropped jsonb := '[]';
  ${plainTextVariables}
begin
  if current_setting('server_version_num')::int >= ${FILTERED_PUBLICATIONS} then
    ${kept(true)}
  else
    ${kept(false)}
  end if;
  -- all are asked about before the first is gone
  for dependent in select value from json_array_elements(kept) loop
    ${plainText('dependent->1->>0', 'dependent->3')}
    dropped := dropped || jsonb_build_array(dependent::jsonb || jsonb_build_array(plain));
  end loop;
  for dependent in select value from json_array_elements(kept) loop
    execute dependent->>0;
  end loop;
  -- behind those of an earlier call that are not restored yet
  perform set_config('nest_migrate.dependents', (coalesce(nullif(current_setting('nest_migrate.dependents', true), ''),
    '[]')::jsonb || dropped)::text, true);
end $dependents$`;
}

/** Creates again what {@link dropDependents} has dropped, in the reverse order. */
export const restoreDependents = `do $dependents$
declare
  dependent json;
  statement text;
  number int;
begin
  for dependent in
    select kept.value from json_array_elements(coalesce(nullif(current_setting('nest_migrate.dependents', true), ''), '[]')::json)
      with ordinality as kept (value, position) order by position desc
  loop
    for statement, number in select * from json_array_elements_text(dependent->1) with ordinality loop
      begin
        execute case when number = 1 then coalesce(dependent->>4, statement) else statement end;
      exception when others then
        -- the plain text may be valid with the old type only
        execute statement;
      end;
    end loop;
    for statement in select value from json_array_elements_text(dependent->2) loop
      execute statement;
    end loop;
  end loop;
  perform set_config('nest_migrate.dependents', '', true);
end $dependents$`;

function dependentQuery(
  { columns = [], types = [], except = [] }: ChangingParts,
  home: string,
  publications: boolean,
  expressions: string,
): string {
  const text = (value: string): string => postgresSql.text(value);
  const askedColumns = columns.map(
    ({ table, schema = home, column, rebuilt = false }) =>
      `(${text(schema)}, ${text(table)}, ${text(column)}, ${String(rebuilt)})`,
  );
  const askedTypes = types.map(({ name, schema = home }: QualifiedName) => `(${text(schema)}, ${text(name)})`);
  const asked = (list: readonly string[], empty: string): string =>
    list.length === 0 ? `select ${empty} where false` : `values ${list.join(', ')}`;
  const pair = 'null::text, null::text';
  return `with recursive asked (classid, objid, objsubid, rebuilt, whole) as (
      select 'pg_class'::regclass::oid, c.oid, a.attnum::int, x.rebuilt, x.rebuilt
        from (${asked(askedColumns, `${pair}, null::text, false`)}) as x (schema_name, table_name, column_name, rebuilt)
        join pg_namespace n on n.nspname = x.schema_name
        join pg_class c on c.relnamespace = n.oid and c.relname = x.table_name
        join pg_attribute a on a.attrelid = c.oid and a.attname = x.column_name
      union all
      select 'pg_type'::regclass::oid, unnest(array[t.oid, t.typarray]), 0, true, false
        from (${asked(askedTypes, pair)}) as x (schema_name, type_name)
        join pg_namespace n on n.nspname = x.schema_name
        join pg_type t on t.typnamespace = n.oid and t.typname = x.type_name
    ),
    dependent (classid, objid, depth) as (
      select d.classid, d.objid, 1 from pg_depend d join asked on d.refclassid = asked.classid
          and d.refobjid = asked.objid and d.refobjsubid = asked.objsubid
        where d.classid in (${classes}) or d.classid in (${partClasses}) and (asked.rebuilt or ${hasExpression('d.classid', 'd.objid', expressions)})
      union
      select d.classid, d.objid, dependent.depth + 1
        from dependent
        -- on a view hangs what hangs on its relation; on a computed column and a key, parts of tables as well
        cross join lateral (
          select dependent.classid, dependent.objid, null::int, false
          union all select 'pg_class'::regclass, r.ev_class, null, false
            from pg_rewrite r where dependent.classid = 'pg_rewrite'::regclass and r.oid = dependent.objid and r.rulename = '_RETURN'
          union all select 'pg_class'::regclass, ad.adrelid, ad.adnum, true
            from pg_attrdef ad join pg_attribute a on a.attrelid = ad.adrelid and a.attnum = ad.adnum and a.attgenerated <> ''
            where dependent.classid = 'pg_attrdef'::regclass and ad.oid = dependent.objid
          union all select 'pg_class'::regclass, k.conindid, null, true
            from pg_constraint k
            where dependent.classid = 'pg_constraint'::regclass and k.oid = dependent.objid and k.contype in ('p', 'u')
        ) as standing (classid, objid, objsubid, has_parts)
        join pg_depend d on d.refclassid = standing.classid and d.refobjid = standing.objid
          and d.refobjsubid = coalesce(standing.objsubid, d.refobjsubid)
        where (d.classid in (${classes}) or standing.has_parts and d.classid in (${partClasses}))
          and d.objid is distinct from dependent.objid and dependent.depth < 50
    ),
    ranked as (select classid, objid, max(depth) as depth from dependent group by classid, objid)
    select kind, schema_name, owner_name, name, "drop", "create", extras from (
      ${viewQuery} union all ${ruleQuery} union all ${triggerQuery} union all ${policyQuery}
      union all ${routineQuery}${publications ? ` union all ${publicationQuery}` : ''}
      union all ${constraintQuery} union all ${indexQuery} union all ${columnQuery} union all ${statisticsQuery}
    ) found
    where not (kind in ('constraint', 'index', 'column') and name = any (array[${except.map(text).join(', ')}]::text[]))
    order by depth desc, case kind when 'constraint' then 0 when 'column' then 2 else 1 end,
      schema_name, owner_name, name`;
}

const classes = `'pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
  'pg_publication_rel'::regclass, 'pg_attrdef'::regclass`;
/** What is part of a table. PostgreSQL adapts it to another type, and drops it with a column. */
const partClasses = `'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_statistic_ext'::regclass`;

/** `grant` statements for an access list. */
const grants = (acl: string, kind: string, target: string, column = `''`): string =>
  `(select json_agg(format('grant %s%s on ${kind} %s to %s%s', g.privilege_type, ${column}, ${target},
      case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' with grant option' else '' end) order by g.grantee, g.privilege_type)
    from aclexplode(${acl}) g)`;

/** Joins lists of statements, of which each may be null. */
const joined = (...lists: readonly string[]): string =>
  `(select coalesce(json_agg(value), '[]') from (${lists
    .map((list) => `select json_array_elements_text(coalesce(${list}, '[]'::json)) as value`)
    .join(' union all ')}) all_statements where value is not null)`;

const comment = (what: string, text: string): string => `json_build_array(${what} || ' is ' || quote_literal(${text}))`;

const owned = (kind: string, target: string, owner: string): string =>
  `case when ${owner} <> (select oid from pg_roles where rolname = current_user)
    then json_build_array(format('alter ${kind} %s owner to %I', ${target}, pg_get_userbyid(${owner}))) end`;

const viewQuery = `select case when c.relkind = 'm' then 'materializedView' else 'view' end as kind,
    n.nspname as schema_name, c.relname as owner_name, c.relname as name,
    format('drop %s %s', case when c.relkind = 'm' then 'materialized view' else 'view' end, c.oid::regclass) as drop,
    ${joined(
      `json_build_array(format('create %s %s as %s%s', case when c.relkind = 'm' then 'materialized view' else 'view' end,
        c.oid::regclass, rtrim(pg_get_viewdef(c.oid, true), ';'),
        case when c.relkind = 'm' and not c.relispopulated then ' with no data' else '' end))`,
      `(select json_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid) from pg_index i where i.indrelid = c.oid)`,
    )} as create,
    ${joined(
      `case when c.reloptions is not null then json_build_array(format('alter %s %s set (%s)',
        case when c.relkind = 'm' then 'materialized view' else 'view' end, c.oid::regclass,
        (select string_agg(option, ', ') from unnest(c.reloptions) option))) end`,
      owned(`%s`, `case when c.relkind = 'm' then 'materialized view' else 'view' end, c.oid::regclass`, 'c.relowner'),
      grants('c.relacl', 'table', 'c.oid::regclass'),
      `(select json_agg(statement) from pg_attribute a, lateral (select json_array_elements_text(coalesce(${grants(
        'a.attacl',
        'table',
        'c.oid::regclass',
        `format(' (%I)', a.attname)`,
      )}, '[]'::json)) as statement) s where a.attrelid = c.oid and a.attacl is not null)`,
      comment(
        `format('comment on %s %s', case when c.relkind = 'm' then 'materialized view' else 'view' end, c.oid::regclass)`,
        `obj_description(c.oid, 'pg_class')`,
      ),
      `(select json_agg(format('comment on column %s.%I is %L', c.oid::regclass, a.attname,
          col_description(c.oid, a.attnum)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and col_description(c.oid, a.attnum) is not null)`,
      `(select json_agg(format('comment on index %s is %L', i.indexrelid::regclass,
          obj_description(i.indexrelid, 'pg_class')))
        from pg_index i where i.indrelid = c.oid and obj_description(i.indexrelid, 'pg_class') is not null)`,
    )} as extras, ranked.depth
  from ranked
  join pg_rewrite r on ranked.classid = 'pg_rewrite'::regclass and r.oid = ranked.objid and r.rulename = '_RETURN'
  join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace`;

const ruleQuery = `select 'rule', n.nspname, c.relname, r.rulename,
    format('drop rule %I on %s', r.rulename, c.oid::regclass),
    json_build_array(rtrim(pg_get_ruledef(r.oid, true), ';')),
    ${joined(
      comment(
        `format('comment on rule %I on %s', r.rulename, c.oid::regclass)`,
        `obj_description(r.oid, 'pg_rewrite')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_rewrite r on ranked.classid = 'pg_rewrite'::regclass and r.oid = ranked.objid and r.rulename <> '_RETURN'
  join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace`;

const triggerQuery = `select 'trigger', n.nspname, c.relname, t.tgname,
    format('drop trigger %I on %s', t.tgname, c.oid::regclass), json_build_array(pg_get_triggerdef(t.oid, true)),
    ${joined(
      `case when t.tgenabled <> 'O' then json_build_array(format('alter table %s %s trigger %I', c.oid::regclass,
        case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, t.tgname)) end`,
      comment(
        `format('comment on trigger %I on %s', t.tgname, c.oid::regclass)`,
        `obj_description(t.oid, 'pg_trigger')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_trigger t on ranked.classid = 'pg_trigger'::regclass and t.oid = ranked.objid and not t.tgisinternal
  join pg_class c on c.oid = t.tgrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const policyQuery = `select 'policy', n.nspname, c.relname, p.polname,
    format('drop policy %I on %s', p.polname, c.oid::regclass),
    json_build_array(format('create policy %I on %s as %s for %s to %s%s%s', p.polname, c.oid::regclass,
      case when p.polpermissive then 'permissive' else 'restrictive' end,
      case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      (select string_agg(case when role = 0 then 'public' else quote_ident(pg_get_userbyid(role)) end, ', ')
        from unnest(p.polroles) role),
      ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
      ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')),
    ${joined(
      comment(
        `format('comment on policy %I on %s', p.polname, c.oid::regclass)`,
        `obj_description(p.oid, 'pg_policy')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_policy p on ranked.classid = 'pg_policy'::regclass and p.oid = ranked.objid
  join pg_class c on c.oid = p.polrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const routineKind = `case when p.prokind = 'p' then 'procedure' else 'function' end`;

const routineQuery = `select 'routine', n.nspname, p.proname, p.proname,
    format('drop %s %s', ${routineKind}, p.oid::regprocedure), json_build_array(rtrim(pg_get_functiondef(p.oid))),
    ${joined(
      owned(`%s`, `${routineKind}, p.oid::regprocedure`, 'p.proowner'),
      `case when p.proacl is not null and not exists (select 1 from aclexplode(p.proacl) g where g.grantee = 0)
        then json_build_array(format('revoke execute on routine %s from public', p.oid::regprocedure)) end`,
      grants('p.proacl', 'routine', 'p.oid::regprocedure'),
      comment(`format('comment on %s %s', ${routineKind}, p.oid::regprocedure)`, `obj_description(p.oid, 'pg_proc')`),
    )}, ranked.depth
  from ranked
  join pg_proc p on ranked.classid = 'pg_proc'::regclass and p.oid = ranked.objid and p.prokind in ('f', 'p')
  join pg_namespace n on n.oid = p.pronamespace`;

const publicationQuery = `select 'publication', n.nspname, c.relname, pub.pubname,
    format('alter publication %I drop table %s', pub.pubname, c.oid::regclass),
    json_build_array(format('alter publication %I add table %s%s%s', pub.pubname, c.oid::regclass,
      (select format(' (%s)', string_agg(quote_ident(a.attname), ', ' order by a.attnum)) from pg_attribute a
        where pr.prattrs is not null and a.attrelid = c.oid and a.attnum = any (pr.prattrs::int2[])),
      ' where (' || pg_get_expr(pr.prqual, c.oid) || ')')),
    '[]'::json, ranked.depth
  from ranked
  join pg_publication_rel pr on ranked.classid = 'pg_publication_rel'::regclass and pr.oid = ranked.objid
    and (pr.prqual is not null or pr.prattrs is not null)
  join pg_publication pub on pub.oid = pr.prpubid
  join pg_class c on c.oid = pr.prrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const constraintQuery = `select 'constraint', n.nspname, c.relname, con.conname,
    format('alter table %s drop constraint %I', c.oid::regclass, con.conname),
    json_build_array(format('alter table %s add constraint %I %s', c.oid::regclass, con.conname,
      pg_get_constraintdef(con.oid, true))),
    ${joined(
      comment(
        `format('comment on constraint %I on %s', con.conname, c.oid::regclass)`,
        `obj_description(con.oid, 'pg_constraint')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_constraint con on ranked.classid = 'pg_constraint'::regclass and con.oid = ranked.objid
    and con.contype in ('c', 'f', 'u', 'x', 'p')
  join pg_class c on c.oid = con.conrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const indexQuery = `select 'index', n.nspname, c.relname, i.relname, format('drop index %s', i.oid::regclass),
    json_build_array(case i.relkind when 'I' then regexp_replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ')
      else pg_get_indexdef(i.oid) end),
    ${joined(
      comment(`format('comment on index %s', i.oid::regclass)`, `obj_description(i.oid, 'pg_class')`),
      `case when ix.indisreplident then json_build_array(format('alter table %s replica identity using index %I',
        c.oid::regclass, i.relname)) end`,
      `case when ix.indisclustered then json_build_array(format('alter table %s cluster on %I',
        c.oid::regclass, i.relname)) end`,
    )}, ranked.depth
  from ranked
  join pg_class i on ranked.classid = 'pg_class'::regclass and i.oid = ranked.objid and i.relkind in ('i', 'I')
  join pg_index ix on ix.indexrelid = i.oid
  join pg_class c on c.oid = ix.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  where not exists (select 1 from pg_constraint con where con.conindid = i.oid and con.contype in ('p', 'u', 'x'))
    and not exists (select 1 from pg_inherits h where h.inhrelid = i.oid)`;

const columnQuery = `select 'column', n.nspname, c.relname, a.attname,
    format('alter table %s drop column %I', c.oid::regclass, a.attname),
    json_build_array(format('alter table %s add column %I %s generated always as (%s) stored%s', c.oid::regclass,
      a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(ad.adbin, ad.adrelid),
      case when a.attnotnull then ' not null' else '' end)),
    ${joined(
      comment(`format('comment on column %s.%I', c.oid::regclass, a.attname)`, `col_description(c.oid, a.attnum)`),
    )}, ranked.depth
  from ranked
  join pg_attrdef ad on ranked.classid = 'pg_attrdef'::regclass and ad.oid = ranked.objid
  join pg_attribute a on a.attrelid = ad.adrelid and a.attnum = ad.adnum and a.attgenerated = 's'
  join pg_class c on c.oid = ad.adrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const statisticsQuery = `select 'statistics', n.nspname, c.relname, st.stxname,
    format('drop statistics %I.%I', sn.nspname, st.stxname), json_build_array(pg_get_statisticsobjdef(st.oid)),
    ${joined(
      comment(
        `format('comment on statistics %I.%I', sn.nspname, st.stxname)`,
        `obj_description(st.oid, 'pg_statistic_ext')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_statistic_ext st on ranked.classid = 'pg_statistic_ext'::regclass and st.oid = ranked.objid
  join pg_namespace sn on sn.oid = st.stxnamespace
  join pg_class c on c.oid = st.stxrelid
  join pg_namespace n on n.oid = c.relnamespace`;
