import { type QualifiedName } from '../../schema/schema-model.js';
import { type SqlSession } from '../session/sql-session.js';
import { type Sweep, type SweepScope } from '../sweep.js';
import { inScope, type SchemaScope } from './catalogue/catalogue-objects.js';
import { postgresSql } from './lexical-rules.js';

const { quote, text } = postgresSql;

interface ObjectRow {
  readonly class_id: number;
  readonly id: number;
  readonly schema: string;
  /** The name of a relation or a routine; `null` of anything else. */
  readonly name: string | null;
  /** As the server calls its kind: `materialized view`. */
  readonly type: string;
  /** Quoted, with the schema, and of a routine with its parameters. */
  readonly identity: string;
}

/** Whatever belongs to a schema and to no extension. What belongs to a table, such as an index, goes with it. */
const objectsQuery = (scope: SchemaScope): string =>
  `select d.classid::int8 as class_id, d.objid::int8 as id, n.nspname as schema, coalesce(c.relname, p.proname) as name, o.type, o.identity
     from pg_namespace n
     join pg_depend d on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid and d.deptype = 'n'
     cross join lateral pg_identify_object(d.classid, d.objid, 0) o
     left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
     left join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
    where ${inScope(scope)} and o.type <> 'default acl'
      and not exists (select 1 from pg_depend e where e.classid = d.classid and e.objid = d.objid and (e.deptype = 'e'
        -- a sequence of a column goes with it
        or c.relkind = 'S' and e.deptype in ('a', 'i') and e.refclassid = 'pg_class'::regclass))
    order by c.relkind in ('v', 'm') desc nulls last, n.nspname <> ${text(scope.home)}, o.identity`;

/** What stays, part by part: cascading takes single columns, keys and defaults along as well. */
const stayingQuery = (dropped: readonly ObjectRow[]): string => {
  const gone = `(values (0::oid, 0::oid)${dropped.map(({ class_id, id }) => `, (${class_id}::oid, ${id}::oid)`).join('')}) gone (class_id, id)`;
  const stays = (catalogue: string, id: string): string =>
    `not exists (select 1 from gone where gone.class_id = ${text(catalogue)}::regclass and gone.id = ${id})`;
  const ofUser = (oid: string): string => `${oid} >= 16384`;
  const ofTable = (catalogue: string, table: string): string =>
    `select ${text(catalogue)}::regclass, x.oid, 0 from ${catalogue} x where ${ofUser('x.oid')} and ${stays('pg_class', `x.${table}`)}`;
  return `with gone as (select * from ${gone}), part (class_id, id, sub_id) as (
      select 'pg_class'::regclass, c.oid, 0 from pg_class c where ${ofUser('c.oid')} and c.relkind in ('r', 'p', 'f', 'v', 'm')
        and c.relnamespace <> pg_my_temp_schema() and ${stays('pg_class', 'c.oid')}
      union all select 'pg_class'::regclass, a.attrelid, a.attnum from pg_attribute a join pg_class c on c.oid = a.attrelid
        where ${ofUser('c.oid')} and c.relkind in ('r', 'p', 'f', 'v', 'm') and a.attnum > 0 and not a.attisdropped and ${stays('pg_class', 'c.oid')}
      union all select 'pg_constraint'::regclass, x.oid, 0 from pg_constraint x
        where ${ofUser('x.oid')} and x.conrelid <> 0 and ${stays('pg_class', 'x.conrelid')}
      union all ${ofTable('pg_attrdef', 'adrelid')}
      union all select 'pg_trigger'::regclass, t.oid, 0 from pg_trigger t where not t.tgisinternal and ${stays('pg_class', 't.tgrelid')}
      union all ${ofTable('pg_policy', 'polrelid')}
      union all select 'pg_proc'::regclass, p.oid, 0 from pg_proc p where ${ofUser('p.oid')} and ${stays('pg_proc', 'p.oid')}
        and not exists (select 1 from pg_depend e where e.objid = p.oid and e.classid = 'pg_proc'::regclass and e.deptype = 'e'))
    select pg_describe_object(class_id, id, sub_id) as object from part
     where not exists (select 1 from gone g where g.class_id = part.class_id and g.id = part.id)`;
};

/** Whatever is in the schemas that are looked at. */
export async function postgresSweep(
  session: SqlSession,
  { owns, ownTables, creates }: SweepScope,
  scope: SchemaScope,
): Promise<Sweep> {
  const place = (schema: string, name: string): QualifiedName => ({
    name,
    ...(schema !== scope.home && { schema }),
  });
  const kindOf = (type: string): Parameters<SweepScope['owns']>[0] => {
    if (/table$/.test(type)) return 'table';
    if (/view$/.test(type)) return 'view';
    return /^(?:function|procedure|aggregate)$/.test(type) ? 'routine' : 'other';
  };
  const isTool = ({ schema, name }: ObjectRow): boolean =>
    ownTables.some((own) => own.name === name && (own.schema ?? scope.home) === schema);
  const found = await session.query<ObjectRow>(objectsQuery(scope));
  const tools = found.filter(isTool);
  const owned = found.filter(
    (row) => !isTool(row) && owns(kindOf(row.type), place(row.schema, row.name ?? row.identity)),
  );
  const isEmptied = (name: string): boolean =>
    name !== scope.home && found.every((row) => row.schema !== name || owned.includes(row));
  const existing = await session.query<{ kind: 'schema' | 'extension'; name: string }>(
    `select 'schema' as kind, nspname as name from pg_namespace where nspname !~ '^pg_' union all select 'extension', extname from pg_extension`,
  );
  const made = (wanted: 'schema' | 'extension'): readonly string[] =>
    existing.flatMap(({ kind, name }) => (kind === wanted && creates(kind, name) ? [name] : []));
  const extensions = made('extension');
  const schemas = made('schema').filter(isEmptied);
  return {
    objects: [
      ...owned.map(({ type, identity }) => `${type} ${shown(identity, scope.home)}`),
      ...extensions.map((name) => `extension ${name}`),
      ...schemas.map((name) => `schema ${name}`),
    ],
    statements: [
      ...tools.map(({ identity }) => `delete from ${identity}`),
      // one may be gone with another already
      ...owned.map(({ type, identity }) => `drop ${WORDS[type] ?? type} if exists ${identity} cascade`),
      ...extensions.map((name) => `drop extension if exists ${quote(name)} cascade`),
      ...schemas.map((name) => `drop schema if exists ${quote(name)} cascade`),
    ],
    staying: stayingQuery(owned),
  };
}

/** Kinds of objects that `drop` calls otherwise. */
const WORDS: Readonly<Record<string, string>> = { 'statistics object': 'statistics' };

function shown(identity: string, home: string): string {
  const prefix = `${quote(home)}.`;
  return [prefix, `${home}.`].reduce(
    (name, each) => (name.startsWith(each) ? name.slice(each.length) : name),
    identity,
  );
}
