import {
  type DescribedObject,
  type DescriptionScope,
  type HiddenPart,
  type ReadingSession,
  type SchemaDescription,
} from '../../fingerprint/schema-description.js';
import { quoteIdentifier } from '../../sql/quoting.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';
import { hiddenOf } from '../catalogue/privileges.js';
import { mysqlSql } from '../lexical-rules.js';
import { describeGrants } from './described-grants.js';
import { describeEvents, describeRoutines, describeTriggers, madeWith } from './described-programs.js';
import { describeTable } from './described-table.js';
import { onOneLine, plainName, UNSEEN, unlessDenied, withoutDatabaseName, withoutDefiner } from './shown-statement.js';

/** What the server's words depend on. */
const settings: Readonly<Record<string, string | number>> = {
  sql_mode: '',
  time_zone: '+00:00',
  sql_quote_show_create: 1,
};

/**
 * The whole schema of the current database. The information schema does not tell all of a table (the parser of a
 * full-text index, a folder, a period), so each is asked for.
 */
export async function describeMySql(
  session: ReadingSession,
  scope: DescriptionScope,
  variant: MySqlVariant,
): Promise<SchemaDescription> {
  const names = Object.keys(settings);
  const [before = {}] = await session.query<Record<string, string | number>>(
    `select ${names.map((name) => `@@session.${name} as ${name}`).join(', ')}`,
  );
  await set(session, settings);
  try {
    return await describe(session, scope, variant);
  } finally {
    await set(session, before);
  }
}

async function set(session: ReadingSession, values: Readonly<Record<string, string | number>>): Promise<void> {
  const parts = Object.entries(values).map(
    ([name, value]) => `${name} = ${typeof value === 'number' ? value : mysqlSql.text(value)}`,
  );
  await session.query(`set session ${parts.join(', ')}`);
}

interface DatabaseRow {
  readonly name: string;
  readonly version: string;
  readonly charset: string;
  readonly collation: string;
}

interface TableRow {
  readonly name: string;
  readonly type: string;
}

async function describe(
  session: ReadingSession,
  { ignoredTables }: DescriptionScope,
  variant: MySqlVariant,
): Promise<SchemaDescription> {
  const [database] = await session.query<DatabaseRow>(
    `select schema_name as name, version() as version, default_character_set_name as charset, default_collation_name as collation
      from information_schema.schemata where schema_name = database()`,
  );
  const listed = await session.query<TableRow>(
    `select table_name as name, table_type as type from information_schema.tables where table_schema = database()`,
  );
  const own = ignoredTables.filter(({ schema }) => schema === undefined || schema === database.name);
  const ignored = new Set(own.map(({ name }) => name));
  const relations = listed.filter(({ name, type }) => !ignored.has(name) && type !== 'TEMPORARY');
  const tables = new Set(relations.map(({ name }) => name));
  const described: DescribedObject[] = [];
  for (const relation of relations) described.push(...(await describeRelation(session, relation)));
  const programs = [
    ...(await describeTriggers(session, ignored)),
    ...(await describeEvents(session)),
    ...(await describeRoutines(session)),
  ];
  const grants = await describeGrants(session, tables);
  const parts = { trigger: 'triggers', event: 'events', routine: 'routines' } as const;
  const unseen = await hiddenOf(['trigger', 'event', 'routine'], (sql) => session.query(sql));
  const has = (kind: RegExp): boolean =>
    [...described, ...programs].some(({ object, definition }) => kind.test(object) && definition === UNSEEN);
  const hidden = new Set<HiddenPart>([
    ...unseen.map((kind) => parts[kind]),
    ...(has(/^view /) ? ['views' as const] : []),
    ...(has(/^(?:function|procedure|package)/) ? ['routines' as const] : []),
    ...(grants === undefined ? ['grants' as const] : []),
  ]);
  const [series] = /^\d+\.\d+/.exec(database.version) ?? [database.version];
  return {
    server: `${variant} ${series}`,
    hidden: [...hidden].sort(),
    objects: [
      { object: 'database', definition: `default charset ${database.charset}, collate ${database.collation}` },
      ...described.map(({ object, definition }) => ({
        object,
        definition: withoutDatabaseName(definition, database.name),
      })),
      ...programs,
      ...(grants ?? []),
    ],
  };
}

async function describeRelation(
  session: ReadingSession,
  { name, type }: TableRow,
): Promise<readonly DescribedObject[]> {
  const quoted = quoteIdentifier(name, '`');
  if (type === 'SEQUENCE') {
    const [row = {}] = await session.query<Record<string, string>>(`show create sequence ${quoted}`);
    return [{ object: `sequence ${plainName(name)}`, definition: onOneLine(row['Create Table'] ?? '') }];
  }
  if (type === 'VIEW') {
    const object = `view ${plainName(name)}`;
    const row = await unlessDenied(session.query<Record<string, string>>(`show create view ${quoted}`));
    if (row === undefined) return [{ object, definition: UNSEEN }];
    return [{ object, definition: `${onOneLine(withoutDefiner(row[0]['Create View']))}, ${madeWith(row[0])}` }];
  }
  const [row = {}] = await session.query<Record<string, string>>(`show create table ${quoted}`);
  return describeTable(name, row['Create Table'] ?? '');
}
