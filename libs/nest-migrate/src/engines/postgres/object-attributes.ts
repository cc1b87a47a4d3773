import { postgresSql } from './lexical-rules.js';

/**
 * What objects have beyond what their create statements say: comments, grants, owners, options, states and targets of
 * statistics. Each function returns an SQL expression for a list of `[aspect, statement]`, of which the statements give
 * the object that again.
 */

/** Joins lists, of which each may be null, and leaves out the pairs without a statement. */
export const joined = (...lists: readonly string[]): string =>
  `(select coalesce(json_agg(value), '[]') from (${lists
    .map((list) => `select json_array_elements(coalesce(${list}, '[]'::json)) as value`)
    .join(' union all ')}) all_pairs where value->>1 is not null)`;

/** A list of one statement; null where `statement` is. */
const one = (aspect: string, statement: string): string =>
  `json_build_array(json_build_array(${postgresSql.text(aspect)}, ${statement}))`;

/** The comment on what `what` names. */
export const commentOn = (what: string, text: string): string =>
  one('comment', `${what} || ' is ' || quote_literal(${text})`);

/** `grant` statements for an access list. */
const grants = (acl: string, kind: string, target: string, column = `''`): string =>
  `(select json_agg(json_build_array('grant', format('grant %s%s on ${kind} %s to %s%s', g.privilege_type, ${column},
      ${target}, case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' with grant option' else '' end)) order by g.grantee, g.privilege_type)
    from aclexplode(${acl}) g)`;

const owned = (kind: string, target: string, owner: string): string =>
  one(
    'owner',
    `case when ${owner} <> (select oid from pg_roles where rolname = current_user)
      then format('alter %s %s owner to %I', ${kind}, ${target}, pg_get_userbyid(${owner})) end`,
  );

/** The kind of view in `c`, a row of `pg_class`. */
export const viewKind = `case when c.relkind = 'm' then 'materialized view' else 'view' end`;

/** Of the view in `c`, without its columns and indexes. */
export const viewAttributes = (view: string): string =>
  joined(
    `(select json_agg(json_build_array('option ' || split_part(option, '=', 1),
        format('alter %s %s set (%s)', ${viewKind}, ${view}, option))) from unnest(c.reloptions) option)`,
    owned(viewKind, view, 'c.relowner'),
    grants('c.relacl', 'table', view),
    commentOn(`format('comment on %s %s', ${viewKind}, ${view})`, `obj_description(c.oid, 'pg_class')`),
  );

/** Of a column in `a`, a row of `pg_attribute`, whose type is `t`, without its comment. */
export const columnAttributes = (table: string): string => {
  const alter = (what: string, ...values: readonly string[]): string =>
    `format('alter table %s alter column %I ${what}', ${[table, 'a.attname', ...values].join(', ')})`;
  return joined(
    grants('a.attacl', 'table', table, `format(' (%I)', a.attname)`),
    one('statistics', `case when a.attstattarget >= 0 then ${alter('set statistics %s', 'a.attstattarget')} end`),
    one(
      'storage',
      `case when a.attstorage <> t.typstorage then ${alter(
        'set storage %s',
        `case a.attstorage when 'p' then 'plain' when 'm' then 'main' when 'e' then 'external' else 'extended' end`,
      )} end`,
    ),
    `(select json_agg(json_build_array('option ' || split_part(option, '=', 1), ${alter('set (%s)', 'option')}))
      from unnest(a.attoptions) option)`,
  );
};

/** The comment on a column in `a`. */
export const columnComment = (table: string): string =>
  commentOn(`format('comment on column %s.%I', ${table}, a.attname)`, `col_description(a.attrelid, a.attnum)`);

/** Of the constraint in `con`. */
export const constraintAttributes = (table: string): string =>
  joined(
    commentOn(
      `format('comment on constraint %I on %s', con.conname, ${table})`,
      `obj_description(con.oid, 'pg_constraint')`,
    ),
  );

/** Of the index in `ix`, a row of `pg_index`, and `i`, its row of `pg_class`. */
export const indexAttributes = (table: string, index: string): string =>
  joined(
    commentOn(`format('comment on index %s', ${index})`, `obj_description(i.oid, 'pg_class')`),
    `(select json_agg(json_build_array('statistics ' || part.attnum, format(
        'alter index %s alter column %s set statistics %s', ${index}, part.attnum, part.attstattarget)))
      from pg_attribute part where part.attrelid = i.oid and part.attstattarget >= 0)`,
    one(
      'replica identity',
      `case when ix.indisreplident then format('alter table %s replica identity using index %I', ${table}, i.relname) end`,
    ),
    one('cluster', `case when ix.indisclustered then format('alter table %s cluster on %I', ${table}, i.relname) end`),
  );

/** Of the trigger in `tg`. */
export const triggerAttributes = (table: string): string =>
  joined(
    one(
      'state',
      `case when tg.tgenabled <> 'O' then format('alter table %s %s trigger %I', ${table},
        case tg.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end, tg.tgname) end`,
    ),
    commentOn(`format('comment on trigger %I on %s', tg.tgname, ${table})`, `obj_description(tg.oid, 'pg_trigger')`),
  );

/** Of the policy in `pol`. */
export const policyAttributes = (table: string): string =>
  joined(
    commentOn(`format('comment on policy %I on %s', pol.polname, ${table})`, `obj_description(pol.oid, 'pg_policy')`),
  );

/** The kind of routine in `p`, a row of `pg_proc`. */
export const routineKind = `case when p.prokind = 'p' then 'procedure' else 'function' end`;

/** Of the routine in `p`, without its comment. */
export const routineAttributes = (routine: string): string =>
  joined(
    owned(routineKind, routine, 'p.proowner'),
    one(
      'revoke',
      `case when p.proacl is not null and not exists (select 1 from aclexplode(p.proacl) g where g.grantee = 0)
        then format('revoke execute on routine %s from public', ${routine}) end`,
    ),
    grants('p.proacl', 'routine', routine),
  );

/** The comment on the routine in `p`. */
export const routineComment = (routine: string): string =>
  commentOn(`format('comment on %s %s', ${routineKind}, ${routine})`, `obj_description(p.oid, 'pg_proc')`);
