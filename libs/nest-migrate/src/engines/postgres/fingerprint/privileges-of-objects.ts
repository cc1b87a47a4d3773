import { classOf, FIRST_OWN } from './description-parts.js';

interface Granted {
  readonly catalogue: string;
  /** The prefix of its columns. */
  readonly prefix: string;
  /** The kind of its objects for `acldefault`, as SQL. */
  readonly kind: string;
}

const granted: readonly Granted[] = [
  { catalogue: 'pg_class', prefix: 'rel', kind: `case o.relkind when 'S' then 's' else 'r' end` },
  { catalogue: 'pg_proc', prefix: 'pro', kind: `'f'` },
  { catalogue: 'pg_type', prefix: 'typ', kind: `'T'` },
  { catalogue: 'pg_namespace', prefix: 'nsp', kind: `'n'` },
  { catalogue: 'pg_language', prefix: 'lan', kind: `'l'` },
  { catalogue: 'pg_foreign_data_wrapper', prefix: 'fdw', kind: `'F'` },
  { catalogue: 'pg_foreign_server', prefix: 'srv', kind: `'S'` },
];

const lists = [
  ...granted.map(
    ({ catalogue, prefix, kind }) =>
      `select ${classOf(catalogue)}, o.oid, 0, o.${prefix}owner, o.${prefix}acl, acldefault((${kind})::"char", o.${prefix}owner)
        from ${catalogue} o where o.${prefix}acl is not null and (o.oid >= ${FIRST_OWN} or ${classOf(catalogue)} = ${classOf('pg_namespace')})`,
  ),
  `select ${classOf('pg_class')}, o.attrelid, o.attnum::int, c.relowner, o.attacl, acldefault('c', c.relowner)
    from pg_attribute o join pg_class c on c.oid = o.attrelid where o.attrelid >= ${FIRST_OWN} and o.attacl is not null and not o.attisdropped`,
  // those of a schema come on top, the others are in place of the usual ones
  `select ${classOf('pg_default_acl')}, o.oid, 0, o.defaclrole, o.defaclacl,
      case o.defaclnamespace when 0 then acldefault(case o.defaclobjtype when 'S' then 's' else o.defaclobjtype end, o.defaclrole)
        else acldefault('c', o.defaclrole) end
    from pg_default_acl o`,
];

const privileges = (isNow: string): string => `string_agg(distinct g.privilege_type || case when g.is_grantable
  then ' with grant option' else '' end, ', ') filter (where ${isNow})`;

/**
 * A query for what roles may do with the objects of `described`, where it differs from what they may do with such an
 * object from the beginning. Every owner is called `OWNER`.
 */
export const grants = `select l.object || ' grant to ' || case when g.grantee = a.owner then 'OWNER' when g.grantee = 0 then 'PUBLIC'
      else quote_ident(pg_get_userbyid(g.grantee)) end, coalesce(${privileges('g.is_now')}, 'nothing')
  from (${lists.join('\nunion all ')}) a(classid, objid, objsubid, owner, acl, standard)
  join described l on l.classid = a.classid and l.objid = a.objid and l.objsubid = a.objsubid,
  lateral (select true as is_now, e.* from aclexplode(a.acl) e
    union all select false, e.* from aclexplode(a.standard) e) g
  group by l.object, g.grantee, a.owner
  having ${privileges('g.is_now')} is distinct from ${privileges('not g.is_now')}`;
