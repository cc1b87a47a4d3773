import { keyOf, type QualifiedName } from '../../../schema/schema-model.js';
import {
  type DescribedObject,
  type DescriptionScope,
  type ReadingSession,
  type SchemaDescription,
} from '../../fingerprint/schema-description.js';
import { postgresSql } from '../lexical-rules.js';
import * as database from './described-database.js';
import * as relations from './described-relations.js';
import * as types from './described-types.js';
import { classOf, FIRST_OWN } from './description-parts.js';
import { grants } from './privileges-of-objects.js';

/** What the server's words depend on. With an empty path every name is written with its schema. */
const settings: Readonly<Record<string, string>> = {
  search_path: '',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  // one large query over small tables
  jit: 'off',
};

/** The whole schema of a database, at one moment. */
export async function describePostgres(
  session: ReadingSession,
  scope: DescriptionScope,
  home: string,
): Promise<SchemaDescription> {
  // neither the settings nor the transaction are the caller's to notice
  const [begin, end] = session.inTransaction
    ? ['savepoint description', 'rollback to savepoint description']
    : ['begin isolation level repeatable read read only', 'rollback'];
  await session.query(begin);
  try {
    const set = Object.entries(settings).map(
      ([name, value]) => `set_config(${postgresSql.text(name)}, ${postgresSql.text(value)}, true)`,
    );
    const [{ version }] = await session.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version, ${set.join(', ')}`,
    );
    const objects = await session.query<DescribedObject>(
      descriptionQuery(await presentParts(session, version), scope, home),
    );
    return {
      server: `postgres ${Math.trunc(version / 10_000)}`,
      hidden: [],
      objects: objects.map(({ object, definition }) => ({ object, definition: onOneLine(definition) })),
    };
  } finally {
    await session.query(end);
    if (session.inTransaction) await session.query('release savepoint description');
  }
}

/** The server breaks long queries into lines. */
function onOneLine(definition: string): string {
  if (!/\s\s|[^\S ]/.test(definition)) return definition.trim();
  return postgresSql.mapCode(definition, (code) => code.replace(/\s+/g, ' ')).trim();
}

/** The queries for the kinds of objects that there are: planning the others would take longer than all else. */
async function presentParts(session: ReadingSession, version: number): Promise<readonly string[]> {
  const { defaultPrivileges, publications, ...inDatabase } = database;
  const { textSearch, ...inSchemas } = types;
  const parts = [
    ...Object.values(inDatabase),
    defaultPrivileges,
    ...publications(version),
    ...Object.values(relations),
    ...Object.values(inSchemas),
    ...textSearch,
  ];
  const [row = {}] = await session.query<Record<string, boolean>>(
    `select ${parts.map(({ exists }, index) => `${exists} as part_${index}`).join(', ')}`,
  );
  return parts.filter((_, index) => row[`part_${index}`]).map(({ sql }) => sql);
}

function descriptionQuery(
  parts: readonly string[],
  { ignoredSchemas, ignoredTables }: DescriptionScope,
  home: string,
): string {
  const texts = (names: readonly string[]): string => names.map((name) => postgresSql.text(name)).join(', ');
  const schemas = texts(['information_schema', ...ignoredSchemas]);
  const isIgnored = (relation: string): string => whereNamed(relation, ignoredTables, home);
  return `with space as materialized (
      select n.oid, quote_ident(n.nspname) as name from pg_namespace n where n.nspname !~ '^pg_' and n.nspname not in (${schemas})),
    member as materialized (
      select d.classid, d.objid from pg_depend d where d.deptype = 'e' and d.refclassid = ${classOf('pg_extension')}),
    ignored as materialized (
      select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${isIgnored('c')}),
    relation as materialized (
      select c.*, n.name || '.' || quote_ident(c.relname) as name,
        case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' when 'S' then 'sequence'
          when 'c' then 'type' else 'table' end || ' ' || n.name || '.' || quote_ident(c.relname) as object
      from pg_class c join space n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c') and c.oid not in (select oid from ignored)
        and not exists (select 1 from member m where m.classid = ${classOf('pg_class')} and m.objid = c.oid)
        and not exists (select 1 from pg_depend d join ignored i on i.oid = d.refobjid
          where d.classid = ${classOf('pg_class')} and d.objid = c.oid and d.refclassid = ${classOf('pg_class')} and d.deptype in ('a', 'i'))),
    described(classid, objid, objsubid, object, definition) as materialized (${parts.join('\nunion all ')})
    select object, definition from described where definition is not null
    union all select l.object || ' comment', quote_literal(d.description)
      from described l join pg_description d on d.classoid = l.classid and d.objoid = l.objid and d.objsubid = l.objsubid
      where d.objoid >= ${FIRST_OWN} or d.classoid in (${classOf('pg_namespace')}, ${classOf('pg_extension')})
    union all select l.object || ' security label of ' || quote_ident(d.provider), quote_literal(d.label)
      from described l join pg_seclabel d on d.classoid = l.classid and d.objoid = l.objid and d.objsubid = l.objsubid
    union all ${grants}`;
}

function whereNamed(relation: string, tables: readonly QualifiedName[], home: string): string {
  const names = [...new Map(tables.map((table) => [keyOf(table), table])).values()].map(
    ({ schema, name }) => `(${postgresSql.text(schema ?? home)}, ${postgresSql.text(name)})`,
  );
  return names.length === 0 ? 'false' : `(n.nspname, ${relation}.relname) in (${names.join(', ')})`;
}
