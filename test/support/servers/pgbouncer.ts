/** A connection pooler between the tests and a PostgreSQL server: PgBouncer, from the machine or from Debian's package. */
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../projects.ts';
import { giveTo, unprivilegedAccount } from './account.ts';
import { launch } from './launch.ts';
import { findProgram, pathFolders, type Search } from './program-search.ts';
import { query } from './query.ts';
import { type Server, type ServerCoordinates } from './server.ts';

const search: Search = {
  title: 'PgBouncer',
  names: ['pgbouncer'],
  folders: pathFolders,
  version: /^PgBouncer (\d+(?:\.\d+)*)/,
  minimum: '1.18',
  packages: {
    key: 'pgbouncer',
    suite: 'own',
    install: 'pgbouncer',
    keep: /^pgbouncer$/,
    programs: ['usr/sbin/pgbouncer'],
  },
  cure: 'Either apt-get install pgbouncer, or let the tests reach a mirror of Debian.',
};

export interface PgbouncerOptions {
  /** When a server session is given to another client. Default: after each transaction. */
  readonly poolMode?: 'transaction' | 'session';
  /** Server sessions for each database. */
  readonly poolSize?: number;
  /** Whether they take turns. Default: the one that was used last is used next. */
  readonly roundRobin?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** Every database of the server can be reached through it. */
export async function startPgbouncer(
  server: ServerCoordinates,
  { poolMode = 'transaction', poolSize = 20, roundRobin = false, onProgress }: PgbouncerOptions = {},
): Promise<Server> {
  const account = unprivilegedAccount();
  const { program, version, origin } = await findProgram(search, { readByOthers: account !== undefined, onProgress });
  const { path: folder, remove } = await temporaryFolder('pgbouncer', { on: 'memory' });
  const { host, user, password } = server;
  const users = join(folder, 'users.txt');
  const settings = {
    listen_addr: '127.0.0.1',
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: users,
    pool_mode: poolMode,
    server_round_robin: roundRobin ? '1' : '0',
    default_pool_size: String(poolSize),
    max_client_conn: '200',
  };
  try {
    await writeFile(users, `"${user}" "${password}"\n`);
    const configuration = join(folder, 'pgbouncer.ini');
    const settingLines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    await giveTo(account, folder);
    const { port, pid, stop, restart } = await launch({
      name: 'PgBouncer',
      program,
      args: (chosen) => {
        // it takes its port from nowhere else
        const lines = ['[databases]', `* = host=${host} port=${server.port}`, '[pgbouncer]', ...settingLines];
        writeFileSync(configuration, [...lines, `listen_port = ${chosen}`, ''].join('\n'));
        return [configuration];
      },
      folder,
      account,
      stopSignal: 'SIGINT',
      crashSignal: 'SIGKILL',
      login: async (chosen) =>
        query({ engine: 'postgres', host: '127.0.0.1', port: chosen, user, password }, 'select 1'),
    });
    return { engine: 'postgres', host: '127.0.0.1', port, user, password, version, origin, pid, folder, stop, restart };
  } catch (error) {
    await remove();
    throw error;
  }
}
