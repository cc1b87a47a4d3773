import { type SqlSession } from '../session/sql-session.js';
import { wordsOf } from '../sql/sql-words.js';
import { mysqlSql } from './lexical-rules.js';
import { withoutQualifier } from './scratch-qualifiers.js';

const { quote, text: literal } = mysqlSql;

type Shown = Readonly<Record<string, string | null>>;

/** The length at which a statement with rows is ended; the server's limit is larger. */
const LONGEST = 500_000;

/**
 * The statements that make the session's database again in an empty one, or `undefined` where it holds something that
 * they could not make. The version table may be there already.
 */
export async function dumpStatements(session: SqlSession): Promise<readonly string[] | undefined> {
  if (await hasPrivileges(session)) return undefined;
  const [own] = await session.query<{ name: string; mode: string }>('select database() as name, @@sql_mode as mode');
  const database = own?.name ?? '';
  const statements = [
    'set names utf8mb4',
    'set session foreign_key_checks = 0',
    'set session unique_checks = 0',
    // a 0 in an auto-increment column stays 0, and what was written under any mode can be written again
    "set session sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
  ];
  const tables = await tablesOf(session);
  for (const { name, type, collation } of tables) {
    if (type === 'SEQUENCE') statements.push(...(await sequence(session, name)));
    if (type !== 'BASE TABLE') continue;
    const [row] = await session.query<Shown>(`show create table ${quote(name)}`);
    const text = withoutQualifier(row?.['Create Table'] ?? '', mysqlSql.rules, database);
    statements.push(withoutCollation(text, collation).replace(/^create table /i, 'create table if not exists '));
  }
  for (const { name, type } of tables) {
    if (type === 'BASE TABLE') for await (const insert of rowsOf(session, name)) statements.push(insert);
  }
  for (const [kind, column] of [
    ['function', 'Create Function'],
    ['procedure', 'Create Procedure'],
    ['trigger', 'SQL Original Statement'],
    ['event', 'Create Event'],
  ] as const) {
    for (const name of await namesOf(session, kind)) {
      const [row] = await session.query<Shown>(`show create ${kind} ${quote(name)}`);
      const text = row?.[column];
      // not visible, or in an encoding that this session does not have
      if (row === undefined || text == null || !/^utf8/.test(row['character_set_client'] ?? 'utf8')) return undefined;
      statements.push(...under(row, text));
    }
    if (kind === 'procedure') statements.push(...(await views(session, database)));
  }
  return statements;
}

/** Privileges on the objects of a database are no part of it. */
async function hasPrivileges(session: SqlSession): Promise<boolean> {
  const [row] = await session.query<{ count: number | string }>(
    `select ${['schema', 'table', 'column']
      .map((kind) => `(select count(*) from information_schema.${kind}_privileges where table_schema = database())`)
      .join(' + ')} as count`,
  );
  return Number(row?.count) > 0;
}

async function tablesOf(
  session: SqlSession,
): Promise<readonly { readonly name: string; readonly type: string; readonly collation: string | null }[]> {
  return session.query(
    `select table_name as name, table_type as type, table_collation as collation from information_schema.tables
      where table_schema = database() order by table_type = 'SEQUENCE' desc, table_name`,
  );
}

/**
 * The statement without the collations of columns that are those of the table anyway. MySQL tells one that was written
 * from one that was not, and shows both.
 */
function withoutCollation(create: string, collation: string | null): string {
  const words = [...wordsOf(create, mysqlSql.rules)];
  let text = create;
  let depth = 0;
  for (const [at, { code, start }] of [...words.entries()].reverse()) {
    if (code === ')') depth += 1;
    if (code === '(') depth -= 1;
    const named = words[at + 1];
    // in the list of columns, and not in an expression
    if (depth !== 1 || code !== 'collate' || named?.code !== collation?.toLowerCase()) continue;
    const isWritten = words[at - 3]?.code === 'character' && words[at - 2]?.code === 'set';
    if (!isWritten) text = text.slice(0, start) + text.slice(named?.end);
  }
  return text;
}

async function namesOf(
  session: SqlSession,
  kind: 'function' | 'procedure' | 'trigger' | 'event',
): Promise<readonly string[]> {
  const queries = {
    function:
      "select routine_name as name from information_schema.routines where routine_schema = database() and routine_type = 'FUNCTION'",
    procedure:
      "select routine_name as name from information_schema.routines where routine_schema = database() and routine_type = 'PROCEDURE'",
    trigger:
      'select trigger_name as name from information_schema.triggers where trigger_schema = database() order by event_object_table, action_timing, event_manipulation, action_order',
    event: 'select event_name as name from information_schema.events where event_schema = database()',
  };
  return (await session.query<{ name: string }>(queries[kind])).map(({ name }) => name);
}

/** A statement under the settings with which the object was created, which the server stores with it. */
function under(row: Shown, statement: string): readonly string[] {
  const { sql_mode: mode, collation_connection: collation, time_zone: zone } = row;
  return [
    ...(mode == null ? [] : [`set session sql_mode = ${literal(mode)}`]),
    ...(collation == null ? [] : [`set session collation_connection = ${collation}`]),
    ...(zone == null ? [] : [`set session time_zone = ${literal(zone)}`]),
    statement,
  ];
}

/** Views in an order in which each finds what it reads: one that can't be read from another comes before it. */
async function views(session: SqlSession, database: string): Promise<readonly string[]> {
  const found = await session.query<{ name: string; definition: string }>(
    'select table_name as name, view_definition as definition from information_schema.views where table_schema = database() order by 1',
  );
  const statements: string[] = [];
  let left = found;
  while (left.length > 0) {
    const names = left;
    const ready = left.filter(
      ({ name, definition }) =>
        !names.some((other) => other.name !== name && mysqlSql.mentions(definition, other.name)),
    );
    // views that name one another do so by columns alone
    for (const { name } of ready.length === 0 ? left : ready) {
      const [row] = await session.query<Shown>(`show create view ${quote(name)}`);
      const text = withoutQualifier(row?.['Create View'] ?? '', mysqlSql.rules, database);
      statements.push(...under(row ?? {}, text));
    }
    left = ready.length === 0 ? [] : left.filter((view) => !ready.includes(view));
  }
  return statements;
}

async function sequence(session: SqlSession, name: string): Promise<readonly string[]> {
  const [row] = await session.query<Shown>(`show create sequence ${quote(name)}`);
  const [state] = await session.query<{ next: string }>(
    `select cast(next_not_cached_value as char) as next from ${quote(name)}`,
  );
  return [row?.['Create Table'] ?? '', `select setval(${quote(name)}, ${state?.next}, 0)`];
}

/** The rows of a table as statements. The server writes the values, so that none is changed by a driver. */
async function* rowsOf(session: SqlSession, table: string): AsyncGenerator<string> {
  const columns = await session.query<{ name: string; type: string; charset: string | null }>(
    `select column_name as name, data_type as type, character_set_name as charset from information_schema.columns
      where table_schema = database() and table_name = ${literal(table)} and coalesce(generation_expression, '') = ''
      order by ordinal_position`,
  );
  if (columns.length === 0) return;
  const values = columns.map((column) => `coalesce(${written(column)}, 'null')`);
  const rows = await session.query<{ line: string }>(
    `select concat('(', ${values.join(`, ', ', `)}, ')') as line from ${quote(table)}`,
  );
  const head = `insert into ${quote(table)} (${columns.map(({ name }) => quote(name)).join(', ')}) values `;
  let lines: string[] = [];
  let length = 0;
  for (const { line } of rows) {
    lines.push(line);
    length += line.length;
    if (length < LONGEST) continue;
    yield head + lines.join(', ');
    [lines, length] = [[], 0];
  }
  if (lines.length > 0) yield head + lines.join(', ');
}

/** An SQL expression for the literal of a column's value, null where the value is. */
function written({
  name,
  type,
  charset,
}: {
  readonly name: string;
  readonly type: string;
  readonly charset: string | null;
}): string {
  const column = quote(name);
  const hex = (value: string): string => `concat('0x', hex(${value}))`;
  const text = (value: string): string =>
    `concat('convert(0x', hex(convert(${value} using utf8mb4)), ' using utf8mb4)')`;
  const bytes = (value: string): string => `if(length(${column}) = 0, concat(char(39), char(39)), ${value})`;
  if (charset !== null || type === 'json') return bytes(text(column));
  if (/int$|^decimal$/.test(type)) return `cast(${column} as char)`;
  // as a number of double precision all digits of a float are told
  if (type === 'float' || type === 'double') return `cast(${column} + 0e0 as char)`;
  if (/^(?:date|time|datetime|timestamp|year|uuid|inet4|inet6)$/.test(type)) return `quote(cast(${column} as char))`;
  return bytes(hex(column));
}
