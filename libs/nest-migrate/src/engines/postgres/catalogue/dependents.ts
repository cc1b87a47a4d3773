import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type ChangingParts, type DependentKind, type DependentObject } from '../../dependents.js';
import { place, type SchemaScope } from './catalogue-objects.js';

interface DependentRow {
  readonly kind: DependentKind;
  readonly schema_name: string;
  /** The object itself, or the table that it belongs to. */
  readonly owner_name: string;
  readonly name: string;
  readonly drop: string;
  readonly create: readonly string[] | string;
  readonly extras: readonly (string | null)[] | string;
}

/**
 * What PostgreSQL refuses to keep while the parts change, and what hangs on that: the deepest first, as it has to be
 * dropped. `pg_depend` knows it of views, rules, triggers, policies, routines with a parsed body, and publications with a
 * condition or a list of columns.
 */
export async function readPostgresDependents(
  connection: AbstractSqlConnection,
  scope: SchemaScope,
  { columns, types }: ChangingParts,
): Promise<readonly DependentObject[]> {
  if (columns.length === 0 && types.length === 0) return [];
  const { platform, home } = scope;
  const quote = (value: string): string => platform.quoteValue(value);
  const asked = columns.map(
    ({ table, schema = home, column }) => `(${quote(schema)}, ${quote(table)}, ${quote(column)})`,
  );
  const askedTypes = types.map(({ name, schema = home }) => `(${quote(schema)}, ${quote(name)})`);
  const [server] = await connection.execute<{ version: number }[]>(
    `select current_setting('server_version_num')::int as version`,
  );
  // conditions and lists of columns came with version 15
  const publications = Number(server?.version) >= 150000;
  const rows = await connection.execute<DependentRow[]>(dependentQuery(asked, askedTypes, publications));
  return rows.map((row) => {
    const at = place(row.owner_name, row.schema_name, scope);
    const isItself = row.kind === 'view' || row.kind === 'materializedView' || row.kind === 'routine';
    return {
      kind: row.kind,
      place: at,
      name: isItself ? at.name : row.name,
      drop: row.drop,
      create: textsOf(row.create),
      extras: textsOf(row.extras),
    };
  });
}

function textsOf(json: readonly (string | null)[] | string): readonly string[] {
  const list = typeof json === 'string' ? (JSON.parse(json) as (string | null)[]) : json;
  return list.filter((text) => text !== null);
}

const nothing = `select null::text, null::text, null::text where false`;

function dependentQuery(columns: readonly string[], types: readonly string[], publications: boolean): string {
  const askedColumns = columns.length === 0 ? nothing : `values ${columns.join(', ')}`;
  const askedTypes = types.length === 0 ? `select null::text, null::text where false` : `values ${types.join(', ')}`;
  return `with recursive asked (classid, objid, objsubid) as (
      select 'pg_class'::regclass::oid, c.oid, a.attnum::int
        from (${askedColumns}) as x (schema_name, table_name, column_name)
        join pg_namespace n on n.nspname = x.schema_name
        join pg_class c on c.relnamespace = n.oid and c.relname = x.table_name
        join pg_attribute a on a.attrelid = c.oid and a.attname = x.column_name
      union all
      select 'pg_type'::regclass::oid, unnest(array[t.oid, t.typarray]), 0
        from (${askedTypes}) as x (schema_name, type_name)
        join pg_namespace n on n.nspname = x.schema_name
        join pg_type t on t.typnamespace = n.oid and t.typname = x.type_name
    ),
    dependent (classid, objid, depth) as (
      select d.classid, d.objid, 1 from pg_depend d join asked on d.refclassid = asked.classid
          and d.refobjid = asked.objid and d.refobjsubid = asked.objsubid
        where d.classid in (${classes})
      union
      select d.classid, d.objid, dependent.depth + 1
        from dependent
        left join pg_rewrite r on dependent.classid = 'pg_rewrite'::regclass and r.oid = dependent.objid
          and r.rulename = '_RETURN'
        join pg_depend d on d.refclassid = case when r.oid is null then dependent.classid else 'pg_class'::regclass end
          and d.refobjid = coalesce(r.ev_class, dependent.objid)
        where d.classid in (${classes}) and d.objid is distinct from dependent.objid and dependent.depth < 50
    ),
    ranked as (select classid, objid, max(depth) as depth from dependent group by classid, objid)
    select * from (
      ${viewQuery} union all ${ruleQuery} union all ${triggerQuery} union all ${policyQuery}
      union all ${routineQuery}${publications ? ` union all ${publicationQuery}` : ''}
    ) found order by depth desc, schema_name, owner_name, name`;
}

const classes = ['pg_rewrite', 'pg_trigger', 'pg_policy', 'pg_proc', 'pg_publication_rel']
  .map((name) => `'${name}'::regclass`)
  .join(', ');

/** `grant` statements for an access list; the rights of the owner come with ownership. */
const grants = (acl: string, kind: string, target: string, owner: string, column = `''`): string =>
  `(select json_agg(format('grant %s%s on ${kind} %s to %s%s', g.privilege_type, ${column}, ${target},
      case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' with grant option' else '' end) order by g.grantee, g.privilege_type)
    from aclexplode(${acl}) g where g.grantee <> ${owner})`;

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
      grants('c.relacl', 'table', 'c.oid::regclass', 'c.relowner'),
      `(select json_agg(statement) from pg_attribute a, lateral (select json_array_elements_text(coalesce(${grants(
        'a.attacl',
        'table',
        'c.oid::regclass',
        'c.relowner',
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
      grants('p.proacl', 'routine', 'p.oid::regprocedure', 'p.proowner'),
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
