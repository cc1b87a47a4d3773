import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../processes.ts';
import { lastLines } from '../reasons.ts';
import { temporaryFolder } from '../projects.ts';
import { giveTo, unprivilegedAccount } from './account.ts';
import { serverFromUrl, versionOfEngine } from './from-url.ts';
import { launch } from './launch.ts';
import { randomPassword } from './password.ts';
import { npmPostgres, type PostgresMajor } from './npm-postgres.ts';
import { type FindOptions } from './program-search.ts';
import { findPrograms, type Programs } from './programs.ts';
import { query } from './query.ts';
import { type Server, type ServerOptions } from './server.ts';

const USER = 'tester';
const MAX_CONNECTIONS = 200;

/** Sockets would need a short path, and every client of the suite speaks TCP. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: String(MAX_CONNECTIONS),
  shared_buffers: '64MB',
  // the one zone that needs no time zone files; the machine's own would make tests differ from place to place
  timezone: 'GMT',
  jit: 'off',
  // a client that leaves in the middle of logging in would make every DROP DATABASE wait for a minute
  authentication_timeout: '5s',
};

const NOT_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

async function initialise(initdb: string, folder: string, password: string): Promise<void> {
  const account = unprivilegedAccount();
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await giveTo(account, folder);
  const data = join(folder, 'data');
  const { code, stderr } = await runProcess(
    initdb,
    ['--pgdata', data, '--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'].concat([
      '--encoding',
      'UTF8',
      '--locale',
      'C.UTF-8',
      '--no-sync',
    ]),
    { ...account, cwd: folder, env: { LC_ALL: 'C.UTF-8' } },
  );
  if (code !== 0) throw new Error(`${initdb} cannot make a PostgreSQL data folder:\n${lastLines(stderr)}`);
}

/** A PostgreSQL server of one's own, or the one that TEST_POSTGRES_URL names. */
export async function startPostgres(options: ServerOptions = {}): Promise<Server> {
  return (await serverFromUrl('postgres')) ?? startWith(findPostgres, options);
}

/** A PostgreSQL 18 of one's own, whatever the other tests run on; `createDatabase('postgres', { server })` makes databases in it. */
export async function startPostgres18(options: ServerOptions = {}): Promise<Server> {
  return startPostgresOf(18, options);
}

/** A PostgreSQL of that major version of one's own. */
export async function startPostgresOf(major: PostgresMajor, options: ServerOptions = {}): Promise<Server> {
  return startWith((found) => npmPostgres(major, found), options);
}

function findPostgres(options: FindOptions): Promise<Programs> {
  return findPrograms('postgres', options);
}

async function startWith(
  find: (options: FindOptions) => Promise<Programs>,
  { durable = false, onProgress }: ServerOptions,
): Promise<Server> {
  const account = unprivilegedAccount();
  const programs = await find({ readByOthers: account !== undefined, onProgress });
  const { path: folder, remove } = await temporaryFolder('postgres', { on: durable ? 'disk' : 'memory' });
  const password = randomPassword();
  try {
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    await initialise(programs.initdb ?? 'initdb', folder, password);
    const settings = { ...SETTINGS, ...(durable ? {} : NOT_DURABLE) };
    const { login, ...launched } = await launch({
      name: 'PostgreSQL',
      program: programs.server,
      args: (chosen) => [
        ...['-D', join(folder, 'data'), '-p', String(chosen)],
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      folder,
      account,
      stopSignal: 'SIGINT', // fast shutdown: SIGTERM would wait for every client to leave
      crashSignal: 'SIGQUIT', // no checkpoint, and recovery; SIGKILL would leave its children in the folder
      login: async (chosen) => {
        const at = { engine: 'postgres', host: '127.0.0.1', port: chosen, user: USER, password } as const;
        const [row] = await query(at, "select current_setting('server_version') as version");
        return String(row?.['version']);
      },
    });
    const version = versionOfEngine('postgres', login) ?? login;
    const { origin } = programs;
    return { engine: 'postgres', host: '127.0.0.1', user: USER, password, version, origin, folder, ...launched };
  } catch (error) {
    await remove();
    throw error;
  }
}
