import { type ChangingParts } from '../../operations/operation.js';
import { type QualifiedName } from '../../schema/schema-model.js';
import { postgresSql } from './lexical-rules.js';
import {
  columnAttributes,
  columnComment,
  commentOn,
  constraintAttributes,
  indexAttributes,
  joined,
  policyAttributes,
  routineAttributes,
  routineComment,
  routineKind,
  triggerAttributes,
  viewAttributes,
  viewKind,
} from './object-attributes.js';
import { hasExpression } from './plain-text.js';

/**
 * What hangs on the parts, the deepest first, with the statements that drop it, create it again, and give it its attributes.
 * What a partition or a child inherits is dropped and created with that of its parent.
 *
 * @param publications Whether publications have conditions and lists of columns.
 * @param expressions The pattern of expressions in parts of tables that count where a column gets another type.
 */
export function dependentQuery(
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
  return `with recursive family (relid, column_name, rebuilt) as (
      select c.oid, x.column_name, x.rebuilt
        from (${asked(askedColumns, `${pair}, null::text, false`)}) as x (schema_name, table_name, column_name, rebuilt)
        join pg_namespace n on n.nspname = x.schema_name
        join pg_class c on c.relnamespace = n.oid and c.relname = x.table_name
      union
      -- the column of a partition or a child changes with it
      select i.inhrelid, family.column_name, family.rebuilt from family join pg_inherits i on i.inhparent = family.relid
    ),
    asked (classid, objid, objsubid, rebuilt) as (
      select 'pg_class'::regclass::oid, a.attrelid, a.attnum::int, family.rebuilt
        from family join pg_attribute a on a.attrelid = family.relid and a.attname = family.column_name
      union all
      select 'pg_type'::regclass::oid, unnest(array[t.oid, t.typarray]), 0, true
        from (${asked(askedTypes, pair)}) as x (schema_name, type_name)
        join pg_namespace n on n.nspname = x.schema_name
        join pg_type t on t.typnamespace = n.oid and t.typname = x.type_name
    ),
    depends as not materialized (
      ${dependencies}
    ),
    dependent (classid, objid, depth) as (
      select d.classid, d.objid, 1 from depends d join asked on d.refclassid = asked.classid
          and d.refobjid = asked.objid and d.refobjsubid = asked.objsubid
        where d.classid in (${classes})
          -- what depends on a type as one of its columns is the table itself
          or d.classid in (${partClasses}) and d.objsubid = 0 and (asked.rebuilt or ${hasExpression('d.classid', 'd.objid', expressions)})
      union
      select d.classid, d.objid, dependent.depth + 1
        from dependent
        -- on a view hangs what hangs on its relation; on a computed column and a key, parts of tables as well
        cross join lateral (
          select dependent.classid, dependent.objid, null::int, false
          union all select 'pg_class'::regclass, r.ev_class, null, false
            from pg_rewrite r
            where dependent.classid = 'pg_rewrite'::regclass and r.oid = dependent.objid and r.rulename = '_RETURN'
          union all select 'pg_class'::regclass, ad.adrelid, ad.adnum, true
            from pg_attrdef ad
            join pg_attribute a on a.attrelid = ad.adrelid and a.attnum = ad.adnum and a.attgenerated <> ''
            where dependent.classid = 'pg_attrdef'::regclass and ad.oid = dependent.objid
          union all select 'pg_class'::regclass, k.conindid, null, true
            from pg_constraint k
            where dependent.classid = 'pg_constraint'::regclass and k.oid = dependent.objid and k.contype in ('p', 'u')
        ) as standing (classid, objid, objsubid, has_parts)
        join depends d on d.refclassid = standing.classid and d.refobjid = standing.objid
          and d.refobjsubid = coalesce(standing.objsubid, d.refobjsubid)
        where (d.classid in (${classes}) or standing.has_parts and d.classid in (${partClasses}))
          and d.objid is distinct from dependent.objid and dependent.depth < 50
    ),
    ranked as (select classid, objid, max(depth) as depth from dependent group by classid, objid)
    select kind, schema_name, owner_name, name, "drop", "create", extras from (
      ${viewQuery} union all ${ruleQuery} union all ${triggerQuery} union all ${policyQuery}
      union all ${routineQuery}${publications ? ` union all ${publicationQuery}` : ''}
      union all ${constraintQuery} union all ${indexQuery} union all ${columnQuery} union all ${statisticsQuery}
      union all ${sequenceQuery}
    ) found
    where not (kind in ('constraint', 'index', 'column') and name = any (array[${except.map(text).join(', ')}]::text[]))
    order by depth desc, case kind when 'constraint' then 0 when 'column' then 2 else 1 end,
      schema_name, owner_name, name`;
}

/** Before PostgreSQL 15 a computed column itself hangs on what it reads. Since then its expression does, as here on all of them. */
const dependencies = `select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
        from pg_depend d
        where not (d.classid = 'pg_class'::regclass and d.objsubid > 0 and d.deptype = 'a')
      union all
      select 'pg_attrdef'::regclass, ad.oid, 0, d.refclassid, d.refobjid, d.refobjsubid
        from pg_depend d
        join pg_attribute a on a.attrelid = d.objid and a.attnum = d.objsubid and a.attgenerated <> ''
        join pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
        where d.classid = 'pg_class'::regclass and d.objsubid > 0 and d.deptype = 'a'`;

const classes = `'pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
  'pg_publication_rel'::regclass, 'pg_attrdef'::regclass`;
/** What is part of a table. PostgreSQL adapts it to another type, and drops it with a column. */
const partClasses = `'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_statistic_ext'::regclass`;

const viewQuery = `select case when c.relkind = 'm' then 'materializedView' else 'view' end as kind,
    n.nspname as schema_name, c.relname as owner_name, c.relname as name,
    format('drop %s %s', ${viewKind}, c.oid::regclass) as drop,
    (select json_agg(statement) from (
      select format('create %s %s as %s%s', ${viewKind}, c.oid::regclass, rtrim(pg_get_viewdef(c.oid, true), ';'),
        case when c.relkind = 'm' and not c.relispopulated then ' with no data' else '' end) as statement
      union all (select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = c.oid order by i.indexrelid)
    ) statements) as create,
    ${joined(
      viewAttributes('c.oid::regclass'),
      `(select json_agg(pair order by a.attnum) from pg_attribute a join pg_type t on t.oid = a.atttypid,
          json_array_elements(${joined(columnAttributes('c.oid::regclass'), columnComment('c.oid::regclass'))}) pair
        where a.attrelid = c.oid and a.attnum > 0)`,
      `(select json_agg(pair order by i.oid) from pg_index ix join pg_class i on i.oid = ix.indexrelid,
          json_array_elements(${indexAttributes('c.oid::regclass', 'i.oid::regclass')}) pair where ix.indrelid = c.oid)`,
    )} as extras, ranked.depth
  from ranked
  join pg_rewrite r on ranked.classid = 'pg_rewrite'::regclass and r.oid = ranked.objid and r.rulename = '_RETURN'
  join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace`;

const ruleQuery = `select 'rule', n.nspname, c.relname, r.rulename,
    format('drop rule %I on %s', r.rulename, c.oid::regclass),
    json_build_array(rtrim(pg_get_ruledef(r.oid, true), ';')),
    ${joined(
      commentOn(
        `format('comment on rule %I on %s', r.rulename, c.oid::regclass)`,
        `obj_description(r.oid, 'pg_rewrite')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_rewrite r on ranked.classid = 'pg_rewrite'::regclass and r.oid = ranked.objid and r.rulename <> '_RETURN'
  join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace`;

const triggerQuery = `select 'trigger', n.nspname, c.relname, tg.tgname,
    format('drop trigger %I on %s', tg.tgname, c.oid::regclass), json_build_array(pg_get_triggerdef(tg.oid, true)),
    ${triggerAttributes('c.oid::regclass')}, ranked.depth
  from ranked
  join pg_trigger tg on ranked.classid = 'pg_trigger'::regclass and tg.oid = ranked.objid and not tg.tgisinternal
    and coalesce(to_jsonb(tg)->>'tgparentid', '0') = '0' -- there since PostgreSQL 13
  join pg_class c on c.oid = tg.tgrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const policyQuery = `select 'policy', n.nspname, c.relname, pol.polname,
    format('drop policy %I on %s', pol.polname, c.oid::regclass),
    json_build_array(format('create policy %I on %s as %s for %s to %s%s%s', pol.polname, c.oid::regclass,
      case when pol.polpermissive then 'permissive' else 'restrictive' end,
      case pol.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      (select string_agg(case when role = 0 then 'public' else quote_ident(pg_get_userbyid(role)) end, ', ')
        from unnest(pol.polroles) role),
      ' using (' || pg_get_expr(pol.polqual, pol.polrelid) || ')',
      ' with check (' || pg_get_expr(pol.polwithcheck, pol.polrelid) || ')')),
    ${policyAttributes('c.oid::regclass')}, ranked.depth
  from ranked
  join pg_policy pol on ranked.classid = 'pg_policy'::regclass and pol.oid = ranked.objid
  join pg_class c on c.oid = pol.polrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const routineQuery = `select 'routine', n.nspname, p.proname, p.proname,
    format('drop %s %s', ${routineKind}, p.oid::regprocedure), json_build_array(rtrim(pg_get_functiondef(p.oid))),
    ${joined(routineAttributes('p.oid::regprocedure'), routineComment('p.oid::regprocedure'))}, ranked.depth
  from ranked
  join pg_proc p on ranked.classid = 'pg_proc'::regclass and p.oid = ranked.objid and p.prokind in ('f', 'p')
  join pg_namespace n on n.oid = p.pronamespace`;

const publicationQuery = `select 'publication', n.nspname, c.relname, pub.pubname,
    format('alter publication %I drop table only %s', pub.pubname, c.oid::regclass),
    json_build_array(format('alter publication %I add table only %s%s%s', pub.pubname, c.oid::regclass,
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

/** The statements for the children in which a check holds that may not hold for rows of its own table. */
const validChildren = `(
    with recursive below (oid) as (
      select i.inhrelid from pg_inherits i where i.inhparent = c.oid
      union select i.inhrelid from below join pg_inherits i on i.inhparent = below.oid)
    select json_agg(json_build_array('validity',
        format('alter table %s validate constraint %I', child.conrelid::regclass, child.conname)))
      from below join pg_constraint child on child.conrelid = below.oid and child.conname = con.conname
      where child.contype = 'c' and child.coninhcount > 0 and child.convalidated and not con.convalidated)`;

const constraintQuery = `select 'constraint', n.nspname, c.relname, con.conname,
    format('alter table %s drop constraint %I', c.oid::regclass, con.conname),
    json_build_array(format('alter table %s add constraint %I %s', c.oid::regclass, con.conname,
      pg_get_constraintdef(con.oid, true))),
    ${joined(constraintAttributes('c.oid::regclass'), validChildren)}, ranked.depth
  from ranked
  join pg_constraint con on ranked.classid = 'pg_constraint'::regclass and con.oid = ranked.objid
    and con.contype in ('c', 'f', 'u', 'x', 'p') and con.coninhcount = 0 and con.conparentid = 0
  join pg_class c on c.oid = con.conrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const indexQuery = `select 'index', n.nspname, c.relname, i.relname, format('drop index %s', i.oid::regclass),
    json_build_array(case i.relkind when 'I' then regexp_replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ')
      else pg_get_indexdef(i.oid) end),
    ${indexAttributes('c.oid::regclass', 'i.oid::regclass')}, ranked.depth
  from ranked
  join pg_class i on ranked.classid = 'pg_class'::regclass and i.oid = ranked.objid and i.relkind in ('i', 'I')
  join pg_index ix on ix.indexrelid = i.oid
  join pg_class c on c.oid = ix.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  where not exists (select 1 from pg_constraint con where con.conindid = i.oid and con.contype in ('p', 'u', 'x'))
    and not exists (select 1 from pg_inherits h where h.inhrelid = i.oid)`;

const columnQuery = `select 'column', n.nspname, c.relname, a.attname,
    format('alter table %s drop column %I', c.oid::regclass, a.attname),
    json_build_array(format('alter table %s add column %I %s generated always as (%s) %s%s', c.oid::regclass,
      a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(ad.adbin, ad.adrelid),
      case a.attgenerated when 'v' then 'virtual' else 'stored' end, case when a.attnotnull then ' not null' else '' end)),
    ${joined(columnAttributes('c.oid::regclass'), columnComment('c.oid::regclass'))}, ranked.depth
  from ranked
  join pg_attrdef ad on ranked.classid = 'pg_attrdef'::regclass and ad.oid = ranked.objid
  join pg_attribute a on a.attrelid = ad.adrelid and a.attnum = ad.adnum and a.attgenerated <> ''
    and a.attinhcount = 0
  join pg_type t on t.oid = a.atttypid
  join pg_class c on c.oid = ad.adrelid
  join pg_namespace n on n.oid = c.relnamespace`;

const statisticsQuery = `select 'statistics', n.nspname, c.relname, st.stxname,
    format('drop statistics %I.%I', sn.nspname, st.stxname), json_build_array(pg_get_statisticsobjdef(st.oid)),
    ${joined(
      commentOn(
        `format('comment on statistics %I.%I', sn.nspname, st.stxname)`,
        `obj_description(st.oid, 'pg_statistic_ext')`,
      ),
    )}, ranked.depth
  from ranked
  join pg_statistic_ext st on ranked.classid = 'pg_statistic_ext'::regclass and st.oid = ranked.objid
  join pg_namespace sn on sn.oid = st.stxnamespace
  join pg_class c on c.oid = st.stxrelid
  join pg_namespace n on n.oid = c.relnamespace`;

/** Sequences that the column owns and does not draw from. They would be dropped with it. */
const sequenceQuery = `select 'sequence', n.nspname, c.relname, s.relname,
    format('alter sequence %s owned by none', s.oid::regclass),
    json_build_array(format('alter sequence %s owned by %s.%I', s.oid::regclass, c.oid::regclass, a.attname)),
    '[]'::json, ranked.depth
  from ranked
  join pg_class s on ranked.classid = 'pg_class'::regclass and s.oid = ranked.objid and s.relkind = 'S'
  join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.refclassid = 'pg_class'::regclass
    and d.deptype = 'a'
  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  where not exists (select 1 from pg_depend used join pg_attrdef def on def.oid = used.objid
    where used.classid = 'pg_attrdef'::regclass and used.refclassid = 'pg_class'::regclass and used.refobjid = s.oid
      and def.adrelid = c.oid and def.adnum = a.attnum)`;
