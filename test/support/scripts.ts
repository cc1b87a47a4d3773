/** Scripts as people run them, through the engine's own client. */
import { MikroORM } from '@mikro-orm/core';
import { type ServerEngine, type TestDatabase } from './databases.ts';
import { type ProcessResult } from './processes.ts';
import { foundClient } from './servers/clients.ts';
import { runInShell } from './shell.ts';

export interface ScriptOptions {
  /** Whether the client continues after an error: psql and sqlite3 unless told not to, mysql and mariadb with `--force`. */
  readonly onError?: 'stop' | 'go on';
}

interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function psql(database: TestDatabase, onError: 'stop' | 'go on'): Promise<Invocation> {
  const { client } = await foundClient('postgres');
  const { args, env } = login('postgres', database);
  return { command: client, args: ['-X', '-v', `ON_ERROR_STOP=${onError === 'stop' ? 1 : 0}`, ...args], env };
}

async function mysql(engine: 'mysql' | 'mariadb', database: TestDatabase, onError: string): Promise<Invocation> {
  const { client } = await foundClient(engine);
  const { args, env } = login(engine, database);
  return {
    command: client,
    args: ['--no-defaults', '--comments', ...(onError === 'stop' ? [] : ['--force']), ...args, database.name],
    env,
  };
}

async function sqlite(database: TestDatabase, onError: 'stop' | 'go on'): Promise<Invocation> {
  const { client } = await foundClient('sqlite');
  const bail = onError === 'stop' ? ['-bail'] : [];
  return { command: client, args: ['-batch', '-init', '/dev/null', ...bail, database.name], env: {} };
}

/** How a client of PostgreSQL, or one of MySQL's family, is told where the database is; passwords stay off the command line. */
export function login(engine: ServerEngine, database: TestDatabase): Omit<Invocation, 'command'> {
  const { host = '', port, user = '', password = '' } = database.options;
  if (engine === 'postgres') {
    return {
      args: ['-h', host, '-p', String(port), '-U', user, '-d', database.name],
      env: { PGPASSWORD: password, PGAPPNAME: 'script' },
    };
  }
  return { args: [`--host=${host}`, `--port=${port}`, `--user=${user}`], env: { MYSQL_PWD: password } };
}

/** Runs a script through `psql`, `mysql`, `mariadb` or `sqlite3`; PGlite, which has no client, takes it as it is. */
export async function runScript(
  { database, orm }: OpenDatabase,
  sql: string,
  { onError = 'stop' }: ScriptOptions = {},
): Promise<ProcessResult> {
  const { engine } = database;
  if (engine === 'pglite') return runEmbedded(orm, sql);
  const invocations = {
    postgres: () => psql(database, onError),
    mysql: () => mysql('mysql', database, onError),
    mariadb: () => mysql('mariadb', database, onError),
    sqlite: () => sqlite(database, onError),
  } as const;
  const { command, args, env } = await invocations[engine]();
  return runInShell({ command, args, env: { ...env, LC_ALL: 'C' }, input: sql });
}

/** The whole text at once, as PGlite's `exec` takes it: it stops at the first error. */
async function runEmbedded(orm: MikroORM, sql: string): Promise<ProcessResult> {
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<PGlite> };
  const server = await connection.getNativeClient();
  return server.exec(sql).then(
    () => ({ code: 0, signal: null, stdout: '', stderr: '' }),
    async (error: unknown) => {
      await server.exec('rollback');
      return { code: 1, signal: null, stdout: '', stderr: String(error) };
    },
  );
}

interface PGlite {
  exec(sql: string): Promise<unknown>;
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
