import { FIRST_OWN, flags, isPartOfAnother, joined, type Part, part, sorted } from './description-parts.js';

export const schemas = part('pg_namespace', {
  objid: 'n.oid',
  object: `'schema ' || n.name`,
  definition: `''`,
  from: 'space n',
  census: 'pg_namespace',
});

export const extensions = part('pg_extension', {
  objid: 'e.oid',
  object: `'extension ' || quote_ident(e.extname)`,
  definition: joined([`'version ' || e.extversion`, `'schema ' || e.extnamespace::regnamespace`]),
  from: 'pg_extension e',
  census: 'pg_extension',
});

export const casts = part('pg_cast', {
  objid: 'c.oid',
  object: `'cast (' || c.castsource::regtype || ' as ' || c.casttarget::regtype || ')'`,
  definition: joined([
    `'function ' || nullif(c.castfunc, 0)::regprocedure`,
    flags('c.castcontext', { e: 'explicit', a: 'assignment', i: 'implicit' }),
    flags('c.castmethod', { b: 'binary', i: 'inout' }),
  ]),
  from: 'pg_cast c',
  where: `c.oid >= ${FIRST_OWN} and not ${isPartOfAnother('pg_cast', 'c.oid')}`,
});

export const eventTriggers = part('pg_event_trigger', {
  objid: 'e.oid',
  object: `'event trigger ' || quote_ident(e.evtname)`,
  definition: joined([
    `'on ' || e.evtevent`,
    `'when tag in (' || ${sorted('e.evttags')} || ')'`,
    `'execute ' || e.evtfoid::regprocedure`,
    flags('e.evtenabled', { D: 'disabled', R: 'enabled on replicas', A: 'enabled always' }),
  ]),
  from: 'pg_event_trigger e',
});

export const languages = part('pg_language', {
  objid: 'l.oid',
  object: `'language ' || quote_ident(l.lanname)`,
  definition: joined([
    `case when l.lanpltrusted then 'trusted' end`,
    `'handler ' || nullif(l.lanplcallfoid, 0)::regprocedure`,
    `'inline ' || nullif(l.laninline, 0)::regprocedure`,
    `'validator ' || nullif(l.lanvalidator, 0)::regprocedure`,
  ]),
  from: 'pg_language l',
  where: 'l.lanispl',
});

export const accessMethods = part('pg_am', {
  objid: 'a.oid',
  object: `'access method ' || quote_ident(a.amname)`,
  definition: joined([flags('a.amtype', { t: 'table', i: 'index' }), `'handler ' || a.amhandler`]),
  from: 'pg_am a',
  where: `a.oid >= ${FIRST_OWN}`,
});

export const transforms = part('pg_transform', {
  objid: 't.oid',
  object: `'transform for ' || t.trftype::regtype || ' language ' || (select quote_ident(lanname) from pg_language where oid = t.trflang)`,
  definition: joined([
    `'from ' || nullif(t.trffromsql, 0)::regprocedure`,
    `'to ' || nullif(t.trftosql, 0)::regprocedure`,
  ]),
  from: 'pg_transform t',
});

export const foreignWrappers = part('pg_foreign_data_wrapper', {
  objid: 'w.oid',
  object: `'foreign data wrapper ' || quote_ident(w.fdwname)`,
  definition: joined([
    `'handler ' || nullif(w.fdwhandler, 0)::regprocedure`,
    `'validator ' || nullif(w.fdwvalidator, 0)::regprocedure`,
    `'options (' || ${sorted('w.fdwoptions')} || ')'`,
  ]),
  from: 'pg_foreign_data_wrapper w',
});

export const foreignServers = part('pg_foreign_server', {
  objid: 's.oid',
  object: `'server ' || quote_ident(s.srvname)`,
  definition: joined([
    `'wrapper ' || (select quote_ident(fdwname) from pg_foreign_data_wrapper where oid = s.srvfdw)`,
    `'type ' || quote_literal(s.srvtype)`,
    `'version ' || quote_literal(s.srvversion)`,
    `'options (' || ${sorted('s.srvoptions')} || ')'`,
  ]),
  from: 'pg_foreign_server s',
});

/** Without options, which hold passwords. */
export const userMappings = part('pg_user_mapping', {
  objid: 'm.umid',
  object: `'user mapping for ' || quote_ident(m.usename) || ' server ' || quote_ident(m.srvname)`,
  definition: `''`,
  from: 'pg_user_mappings m',
  census: 'pg_foreign_server',
});

/** Without where it subscribes to, which holds a password. */
export const subscriptions = part('pg_subscription', {
  objid: 's.oid',
  object: `'subscription ' || quote_ident(s.subname)`,
  definition: joined([`'to ' || ${sorted('s.subpublications')}`, `case when not s.subenabled then 'disabled' end`]),
  from: 'pg_subscription s',
  where: 's.subdbid = (select oid from pg_database where datname = current_database())',
});

const publication = `'publication ' || quote_ident(p.pubname)`;

/** @param version The server's `server_version_num`. */
export function publications(version: number): readonly Part[] {
  const published = part('pg_publication', {
    objid: 'p.oid',
    object: publication,
    definition: joined([
      `case when p.puballtables then 'all tables' end`,
      `case when (to_jsonb(p) ->> 'puballsequences')::boolean then 'all sequences' end`,
      `case when p.pubinsert then 'insert' end`,
      `case when p.pubupdate then 'update' end`,
      `case when p.pubdelete then 'delete' end`,
      `case when p.pubtruncate then 'truncate' end`,
      `case when p.pubviaroot then 'via root' end`,
      `'generated columns ' || nullif(to_jsonb(p) ->> 'pubgencols', 'n')`,
    ]),
    from: 'pg_publication p',
  });
  const hasParts = version >= 15_00_00;
  const tables = part('pg_publication_rel', {
    objid: 'e.oid',
    object: `${publication} || ' of ' || r.name`,
    definition: hasParts
      ? joined([
          `'columns ' || (select string_agg(quote_ident(a.attname), ', ' order by a.attname) from pg_attribute a
            where a.attrelid = r.oid and a.attnum = any (e.prattrs))`,
          `'where ' || pg_get_expr(e.prqual, e.prrelid)`,
        ])
      : `''`,
    from: 'pg_publication p join pg_publication_rel e on e.prpubid = p.oid join relation r on r.oid = e.prrelid',
  });
  const schemasOf = part('pg_publication_namespace', {
    objid: 'e.oid',
    object: `${publication} || ' of schema ' || n.name`,
    definition: `''`,
    from: 'pg_publication p join pg_publication_namespace e on e.pnpubid = p.oid join space n on n.oid = e.pnnspid',
  });
  return hasParts ? [published, tables, schemasOf] : [published, tables];
}

/** Only to carry the grants, which are those that objects get when they are created. */
export const defaultPrivileges = part('pg_default_acl', {
  objid: 'd.oid',
  object: `concat_ws(' ', 'default privileges for', quote_ident(pg_get_userbyid(d.defaclrole)), 'in schema ' || n.name, 'on',
    ${flags('d.defaclobjtype', { r: 'tables', S: 'sequences', f: 'routines', T: 'types', n: 'schemas', L: 'large objects' })})`,
  definition: 'null',
  from: 'pg_default_acl d left join space n on n.oid = d.defaclnamespace',
  where: '(d.defaclnamespace = 0 or n.oid is not null)',
});
