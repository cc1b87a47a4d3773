/** Scripts as people run them, through the engine's own client, and what a database looks like afterwards. */
import { MikroORM } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { serverOf, type Engine, type Row, type ServerEngine, type TestDatabase } from './databases.ts';
import { tablesQuery } from './inspect.ts';
import { runProcess, type ProcessResult } from './processes.ts';
import { findClient } from './servers/clients.ts';
import { sqliteDump } from './sqlite-dump.ts';

export interface ScriptOptions {
  /** Whether the client goes on behind an error: psql unless it is told not to, mysql and mariadb with `--force`. */
  readonly onError?: 'stop' | 'go on';
}

interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function psql(database: TestDatabase, onError: 'stop' | 'go on'): Promise<Invocation> {
  const { client } = await findClient('postgres');
  const { args, env } = login('postgres', database);
  return { command: client, args: ['-X', '-v', `ON_ERROR_STOP=${onError === 'stop' ? 1 : 0}`, ...args], env };
}

async function mysql(engine: 'mysql' | 'mariadb', database: TestDatabase, onError: string): Promise<Invocation> {
  const { client } = await findClient(engine);
  const { args, env } = login(engine, database);
  return {
    command: client,
    args: ['--no-defaults', '--comments', ...(onError === 'stop' ? [] : ['--force']), ...args, database.name],
    env,
  };
}

/** How a client of PostgreSQL, or one of MySQL's family, is told where the database is; passwords stay off the command line. */
function login(engine: ServerEngine, database: TestDatabase): Omit<Invocation, 'command'> {
  const { host, port, user, password } = serverOf(engine);
  if (engine === 'postgres') {
    return {
      args: ['-h', host, '-p', String(port), '-U', user, '-d', database.name],
      env: { PGPASSWORD: password, PGAPPNAME: 'script' },
    };
  }
  return { args: [`--host=${host}`, `--port=${port}`, `--user=${user}`], env: { MYSQL_PWD: password } };
}

/** Runs a script through `psql`, `mysql` or `mariadb`; PGlite, which has no client, takes it as it is. */
export async function runScript(
  { database, orm }: OpenDatabase,
  sql: string,
  { onError = 'stop' }: ScriptOptions = {},
): Promise<ProcessResult> {
  const { engine } = database;
  if (engine === 'pglite' || engine === 'sqlite') return runEmbedded(orm, sql);
  const { command, args, env } =
    engine === 'postgres' ? await psql(database, onError) : await mysql(engine, database, onError);
  return runProcess(command, args, { env: { ...env, LC_ALL: 'C' }, input: sql });
}

/** The whole text at once, as PGlite's `exec` takes it: it stops at the first error. */
async function runEmbedded(orm: MikroORM, sql: string): Promise<ProcessResult> {
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<EmbeddedServer> };
  const server = await connection.getNativeClient();
  return Promise.resolve()
    .then(() => server.exec(sql))
    .then(
      () => ({ code: 0, signal: null, stdout: '', stderr: '' }),
      async (error: unknown) => {
        await server.exec('rollback');
        return { code: 1, signal: null, stdout: '', stderr: String(error) };
      },
    );
}

interface EmbeddedServer {
  exec(sql: string): unknown;
}

/**
 * All that is in a database, as text to compare: its whole schema, and the rows of every table but the history, which say
 * when they were written; see {@link historyOf}.
 */
export async function dumpOf(open: OpenDatabase): Promise<string> {
  return dumps[open.database.engine](open);
}

/** The lines of the history, oldest first, less what differs each time: when, by whom, and how long it took. */
export async function historyOf({ orm }: OpenDatabase): Promise<readonly Row[]> {
  return queriesOf(orm)(
    'select id, revision, parents, direction, message, tool_version from nest_migrate_history order by id',
  );
}

const dumps: Record<Engine, (open: OpenDatabase) => Promise<string>> = {
  postgres: async ({ database }) => {
    const { dump = '' } = await findClient('postgres');
    const { args, env } = login('postgres', database);
    const { code, stdout, stderr } = await runProcess(
      dump,
      ['--no-owner', '--inserts', `--exclude-table-data=*_history`, ...args],
      { env },
    );
    if (code !== 0) throw new Error(`pg_dump failed: ${stderr}`);
    // a key of its own in every dump
    return stdout.replaceAll(/^\\(un)?restrict .*$/gm, '');
  },
  pglite: async ({ orm }) => {
    const query = queriesOf(orm);
    const catalogue = await Promise.all(
      [
        `select table_schema, table_name, column_name, ordinal_position, data_type, udt_name, character_maximum_length,
                  is_nullable, column_default, is_generated, generation_expression
             from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2, 4`,
        `select conrelid::regclass::text as relation, conname, pg_get_constraintdef(oid) as definition
             from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`,
        `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
        `select pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by 1`,
        `select pg_get_functiondef(oid) as definition from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
        `select viewname, definition from pg_views where schemaname = 'public' order by 1`,
        `select typname, enumlabel from pg_enum e join pg_type t on t.oid = e.enumtypid order by typname, enumsortorder`,
        `select c.relname, obj_description(c.oid) as comment from pg_class c
            where relnamespace = 'public'::regnamespace and obj_description(c.oid) is not null order by 1`,
      ].map((sql) => query(sql)),
    );
    const tables = await query(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
    return text([...catalogue, ...(await rowsOf(query, tables, '"'))]);
  },
  mysql: async (open) => mysqlDump(open),
  mariadb: async (open) => mysqlDump(open),
  sqlite: async ({ orm }) => {
    const query = queriesOf(orm);
    const tables = await query(tablesQuery('sqlite'));
    const schema = (await sqliteDump(orm.em.getConnection() as AbstractSqlConnection)).map((sql) => ({ sql }));
    return text([schema, ...(await rowsOf(query, tables, '`'))]);
  },
};

type Query = (sql: string) => Promise<readonly Row[]>;

async function mysqlDump({ database, orm }: OpenDatabase): Promise<string> {
  const query = queriesOf(orm);
  const named = async (kind: string, sql: string): Promise<readonly (readonly Row[])[]> => {
    const names = (await query(sql)).map((row) => String(row['name']));
    const shown: (readonly Row[])[] = [];
    for (const name of names) shown.push(await query(`show create ${kind} \`${name.replaceAll('`', '``')}\``));
    return shown;
  };
  const of = (table: string, column: string, schema: string, more = ''): string =>
    `select ${column} as name from information_schema.${table} where ${schema} = database() ${more} order by 1`;
  const created = [
    ...(await named('table', of('tables', 'table_name', 'table_schema'))),
    ...(await named('trigger', of('triggers', 'trigger_name', 'trigger_schema'))),
    ...(await named('procedure', of('routines', 'routine_name', 'routine_schema', "and routine_type = 'PROCEDURE'"))),
    ...(await named('function', of('routines', 'routine_name', 'routine_schema', "and routine_type = 'FUNCTION'"))),
  ];
  const tables = await query(of('tables', 'table_name', 'table_schema', "and table_type = 'BASE TABLE'"));
  // when an object was made differs, and so does what its database is called
  const rows = created.flat().map((row) => {
    const entries = Object.entries(row).filter(([name]) => name !== 'Created');
    return [Object.fromEntries(entries)];
  });
  return text([...rows, ...(await rowsOf(query, tables, '`'))]).replaceAll(database.name, '<database>');
}

async function rowsOf(query: Query, tables: readonly Row[], mark: string): Promise<readonly (readonly Row[])[]> {
  const all: (readonly Row[])[] = [];
  for (const { name } of tables) {
    if (String(name).endsWith('_history')) continue;
    const rows = await query(`select * from ${mark}${String(name).replaceAll(mark, mark + mark)}${mark}`);
    all.push([{ table: name }, ...rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))]);
  }
  return all;
}

function text(parts: readonly (readonly Row[])[]): string {
  return parts.map((rows) => rows.map((row) => JSON.stringify(row, null, 1)).join('\n')).join('\n\n');
}

function queriesOf(orm: MikroORM): Query {
  const connection = orm.em.getConnection() as AbstractSqlConnection;
  return (sql) => connection.execute<Row[]>(sql);
}

/** A database with the one connection that PGlite can have; close it before the database is dropped. */
export interface OpenDatabase {
  readonly database: TestDatabase;
  readonly orm: MikroORM;
}

export async function openDatabase(database: TestDatabase): Promise<OpenDatabase> {
  const orm = await MikroORM.init({
    ...database.options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
  });
  return { database, orm };
}
