/** Rehearsals of a scenario's revisions, as a command begins them. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type MikroORM } from '@mikro-orm/sql';
import type { MigrationModuleOptions } from 'nest-migrate';
import { type CommandContext } from '../../libs/nest-migrate/src/commands/command-context.ts';
import { commandContext } from '../../libs/nest-migrate/src/commands/connection.ts';
import { type OwnedFolderKind } from '../../libs/nest-migrate/src/rehearsal/owned-folder.ts';
import { lockKey } from '../../libs/nest-migrate/src/engines/postgres/session/lock.ts';
import { type Host } from '../../libs/nest-migrate/src/runtime/host.ts';
import { adminQuery, type Engine, type ServerEngine, serverEngines, serverOf, type TestDatabase } from './databases.ts';
import type { Scenario } from './scenario.ts';

/** This process, as the library describes it to others. */
export function testHost(): Host {
  const { env, execPath, pid } = process;
  return { cwd: process.cwd(), env, execPath, pid, hostname: hostname(), user: 'test', activity: 'a test' };
}

/** The context of a command on a scenario's database, with the module's options for this call. */
export function contextOf(
  { orm, folder }: { readonly orm: Scenario['orm']; readonly folder: { readonly path: string } },
  options: MigrationModuleOptions = {},
): CommandContext {
  return commandContext(orm as unknown as MikroORM, {
    options: { directory: join(folder.path, 'migrations'), ...options },
    host: testHost(),
    services: { reason: 'a test has none', cure: 'Give it some.' },
    call: { command: 'rehearse', xArguments: {} },
  });
}

/** The option `scratch` for an engine: the URL of the run's server, without a database. The others need none. */
export function scratchOption(engine: Engine): string | undefined {
  const name = serverEngines.find((server) => server === engine);
  if (name === undefined) return undefined;
  const { host, port, user, password } = serverOf(name);
  const scheme = name === 'postgres' ? 'postgresql' : 'mysql';
  return `${scheme}://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}`;
}

/** Where the library keeps what its processes own for as long as they live. */
const parentFolder = join(tmpdir(), `nest-migrate-rehearsal-${userInfo().uid}`);

/** The scratch databases that are there: on the engine's server, or in the temporary folder. */
export async function scratchDatabases(engine: Engine): Promise<readonly string[]> {
  const server = serverEngines.find((name) => name === engine);
  if (server === undefined) return ownedFolders('scratch');
  const names =
    server === 'postgres'
      ? 'select datname as name from pg_database'
      : 'select schema_name as name from information_schema.schemata';
  const rows = await adminQuery(server, names);
  return rows
    .map(({ name }) => String(name))
    .filter((name) => name.startsWith('nest_migrate_scratch_'))
    .sort();
}

/** The folders that the library's processes own, or owned. */
export async function ownedFolders(kind: OwnedFolderKind): Promise<readonly string[]> {
  const names = await readdir(parentFolder).catch(() => []);
  return names.filter((name) => name.startsWith(`${kind}_`)).sort();
}

/**
 * The scratch databases that are there without an owner. Those of other rehearsals that run at the moment have one.
 */
export async function abandonedDatabases(engine: Engine): Promise<readonly string[]> {
  const server = serverEngines.find((name) => name === engine);
  if (server === undefined) return abandonedFolders('scratch');
  const abandoned: string[] = [];
  for (const name of await scratchDatabases(engine)) if (!(await isDatabaseHeld(server, name))) abandoned.push(name);
  return abandoned;
}

/** The folders of the library that are there without an owner. */
export async function abandonedFolders(kind: OwnedFolderKind): Promise<readonly string[]> {
  // those that are just being made or removed have no owner for a moment, and this lock at that moment
  const makers = new DatabaseSync(join(parentFolder, 'rehearsals.lock'));
  makers.exec('pragma busy_timeout = 60000');
  makers.exec('begin immediate');
  try {
    return (await ownedFolders(kind)).filter((name) => !isFolderHeld(name));
  } finally {
    makers.close();
  }
}

async function isDatabaseHeld(engine: ServerEngine, name: string): Promise<boolean> {
  if (engine !== 'postgres') {
    const [row] = await adminQuery(engine, `select is_used_lock('${name}') as id`);
    return row?.['id'] != null;
  }
  const key = BigInt.asUintN(64, lockKey(`scratch:${name}`));
  const held = "select 1 from pg_locks where locktype = 'advisory' and classid = ? and objid = ?";
  return (await adminQuery(engine, held, [String(key >> 32n), String(BigInt.asUintN(32, key))])).length > 0;
}

function isFolderHeld(name: string): boolean {
  const owner = join(parentFolder, name, 'owner.lock');
  if (!existsSync(owner)) return false;
  const file = new DatabaseSync(owner);
  try {
    file.exec('begin immediate');
    return false;
  } catch {
    return true;
  } finally {
    file.close();
  }
}

/** The name of the database that a context's sessions are in, as the engine tells it. */
export async function databaseOfSession({ orm }: CommandContext, { engine }: TestDatabase): Promise<string> {
  const queries: Readonly<Record<Engine, string>> = {
    postgres: 'select current_database() as name',
    pglite: 'select current_database() as name',
    mysql: 'select database() as name',
    mariadb: 'select database() as name',
    sqlite: "select file as name from pragma_database_list where name = 'main'",
  };
  const [row] = await orm.em.getConnection().execute<{ name: string }[]>(queries[engine]);
  return row.name;
}
