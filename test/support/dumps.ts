/**
 * What is in a database, as text to compare, told by programs and statements that are the engine's own and know nothing
 * of the library: `pg_dump`, PGlite's catalogue, `show create`, `sqlite_master`.
 */
import { type MikroORM } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Engine, type Row, type TestDatabase } from './databases.ts';
import { tablesQuery } from './inspect.ts';
import { catalogueQuery } from './postgres-catalogue.ts';
import { login, type OpenDatabase } from './scripts.ts';
import { foundClient } from './servers/clients.ts';
import { runInShell } from './shell.ts';
import { sqliteDump } from './sqlite-dump.ts';

/**
 * Where a column can be put: there its place is part of the schema. PostgreSQL can only append, so that a column that
 * comes back comes back as the last.
 */
export const columnsHaveAPlace: Readonly<Record<Engine, boolean>> = {
  postgres: false,
  pglite: false,
  mysql: true,
  mariadb: true,
  sqlite: true,
};

/** The tool's journal, which is there once it was needed: it is no part of what a revision makes. */
const JOURNAL = /_journal\b/;

/** The schema, without what means nothing: counters, the order of keys, and of columns where they have no place. */
export async function schemaOf(open: OpenDatabase): Promise<string> {
  const { engine } = open.database;
  const order = columnsHaveAPlace[engine] ? 'columns' : 'none';
  return schemas[engine](open, order);
}

/**
 * All that is in a database: its whole schema, and the rows of every table but the history, which say when they were
 * written; see {@link historyOf}.
 */
export async function dumpOf(open: OpenDatabase): Promise<string> {
  const { database, orm } = open;
  const { engine } = database;
  if (engine === 'postgres') return postgresDump(database, ['--inserts', '--exclude-table-data=*_history']);
  const query = queriesOf(orm);
  const tables = await query(engine === 'mysql' || engine === 'mariadb' ? baseTables : tablesQuery(engine));
  const parts = [
    await schemas[engine](open, 'columns'),
    ...(await rowsOf(query, tables, engine === 'pglite' ? '"' : '`')),
  ];
  return text(parts).replaceAll(database.name, '<database>');
}

/** The lines of the history, oldest first, less what differs each time: when, by whom, and how long it took. */
export async function historyOf({ orm }: OpenDatabase): Promise<readonly Row[]> {
  return queriesOf(orm)(
    'select id, revision, parents, direction, message, tool_version from nest_migrate_history order by id',
  );
}

/** Whether the columns of a table stay in their order. */
export type KeptOrder = 'columns' | 'none';

/** The schema of PostgreSQL or PGlite out of its catalogue: one query, where `pg_dump` asks a hundred. */
export async function catalogueOf({ orm }: OpenDatabase): Promise<string> {
  return text(
    (await queriesOf(orm)(catalogueQuery)).map(({ line }) => String(line)).filter((line) => !JOURNAL.test(line)),
  );
}

const schemas: Readonly<Record<Engine, (open: OpenDatabase, order: KeptOrder) => Promise<string>>> = {
  postgres: postgresSchema,
  pglite: catalogueOf,
  mysql: mysqlSchema,
  mariadb: mysqlSchema,
  sqlite: async ({ orm }, order) =>
    text((await sqliteDump(connectionOf(orm), order)).filter((line) => !JOURNAL.test(line))),
};

async function postgresSchema({ database }: OpenDatabase, order: KeptOrder): Promise<string> {
  const dump = await postgresDump(database, ['--schema-only']);
  const lines = dump
    .split('\n')
    .filter((line) => line !== '' && !/^(--|SET |SELECT pg_catalog\.set_config)/.test(line));
  return sortedTables(lines.join('\n'), order);
}

async function postgresDump(database: TestDatabase, options: readonly string[]): Promise<string> {
  const { dump = '' } = await foundClient('postgres');
  const { args, env } = login('postgres', database);
  const { code, stdout, stderr } = await runInShell({
    command: dump,
    args: ['--no-owner', '--exclude-table=*_journal', ...options, ...args],
    env,
  });
  if (code !== 0) throw new Error(`pg_dump failed: ${stderr}`);
  // a key of its own in every dump
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, '');
}

async function mysqlSchema({ database, orm }: OpenDatabase, order: KeptOrder): Promise<string> {
  const query = queriesOf(orm);
  const shown: string[] = [];
  for (const [kind, names] of Object.entries({
    table: listed('tables'),
    trigger: listed('triggers'),
    procedure: listed('routines', 'routine_type', 'PROCEDURE'),
    function: listed('routines', 'routine_type', 'FUNCTION'),
  })) {
    for (const { name } of await query(names)) {
      if (JOURNAL.test(String(name))) continue;
      const [row = {}] = await query(`show create ${kind} ${quoted(String(name))}`);
      // when an object was made differs
      const { Created: _, ...told } = row;
      shown.push(Object.values(told).join('\n'));
    }
  }
  // and so does what its database is called
  const all = shown.join('\n\n').replaceAll(database.name, '<database>');
  return sortedTables(all.replaceAll(/ AUTO_INCREMENT=\d+/g, ''), order);
}

/** Their rows are told, those of views are not. */
const baseTables = listed('tables', 'table_type', 'BASE TABLE');

/** Names out of the information schema of MySQL and MariaDB. */
function listed(table: 'tables' | 'triggers' | 'routines', column?: string, value?: string): string {
  const kind = table.slice(0, -1);
  const only = column === undefined ? '' : `and ${column} = '${value}'`;
  return `select ${kind}_name as name from information_schema.${table} where ${kind}_schema = database() ${only} order by 1`;
}

const COLUMN = /^\s*["`\w]/;
const KEY = /^\s*(CONSTRAINT|PRIMARY KEY|UNIQUE|KEY|FULLTEXT|SPATIAL|CHECK|FOREIGN KEY)\b/;

/** What stands between the brackets of `CREATE TABLE`, a line each: keys sorted, and columns unless their order counts. */
function sortedTables(dump: string, order: KeptOrder): string {
  return dump.replaceAll(
    /^(CREATE (?:UNLOGGED )?TABLE .* \($\n)([\s\S]*?)^(\).*)$/gm,
    (_, head: string, body: string, tail: string) => {
      const lines = body
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/,$/, ''));
      const stays = (line: string): boolean => order === 'columns' && COLUMN.test(line) && !KEY.test(line);
      const sorted = lines.filter((line) => !stays(line)).sort();
      return [head.trimEnd(), ...lines.filter(stays), ...sorted, tail].join('\n');
    },
  );
}

type Query = (sql: string) => Promise<readonly Row[]>;

function quoted(name: string, mark: '"' | '`' = '`'): string {
  return `${mark}${name.replaceAll(mark, mark + mark)}${mark}`;
}

async function rowsOf(query: Query, tables: readonly Row[], mark: '"' | '`'): Promise<readonly string[]> {
  const all: string[] = [];
  for (const { name } of tables) {
    if (/_(history|journal)$/.test(String(name))) continue;
    const rows = await query(`select * from ${quoted(String(name), mark)}`);
    all.push(text([String(name), ...rows.map((row) => JSON.stringify(row, null, 1)).sort()]));
  }
  return all;
}

function text(parts: readonly string[]): string {
  return parts.join('\n\n');
}

function connectionOf(orm: MikroORM): AbstractSqlConnection {
  return orm.em.getConnection() as AbstractSqlConnection;
}

function queriesOf(orm: MikroORM): Query {
  return (sql) => connectionOf(orm).execute<Row[]>(sql);
}
