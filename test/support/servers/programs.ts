/** Finds a server's programs: the machine's own, else Debian's packages in the cache. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { engineNames, type ServerEngine } from '../engines.ts';
import { runProcess } from '../processes.ts';
import { reasonOf } from '../reasons.ts';
import { unpackedPrograms, type PackageRequest } from './debian-packages.ts';

export interface Programs {
  readonly origin: 'machine' | 'packages';
  /** As people write it: `15.18`. */
  readonly version: string;
  /** The server itself. */
  readonly server: string;
  /** PostgreSQL only: what makes a data folder. */
  readonly initdb: string | undefined;
}

export interface FindOptions {
  readonly readByOthers?: boolean;
  readonly onProgress?: (line: string) => void;
}

interface Search {
  /** Names of the server program. */
  readonly names: readonly string[];
  readonly folders: () => readonly string[];
  /** Tells this engine from its relatives and gives the version. */
  readonly version: RegExp;
  readonly minimum: string;
  readonly packages: Omit<PackageRequest, keyof FindOptions>;
  /** For the error: how people get one. */
  readonly cure: string;
  readonly url: string;
}

function pathFolders(): readonly string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  // servers live in sbin folders, which are not on everybody's PATH
  return [...path, '/usr/sbin', '/usr/local/sbin', '/usr/local/mysql/bin'];
}

function postgresFolders(): readonly string[] {
  const parent = '/usr/lib/postgresql'; // Debian keeps every major version apart, off the PATH
  const versions = existsSync(parent) ? readdirSync(parent) : [];
  const newestFirst = versions.sort((left, right) => Number(right) - Number(left));
  return [...pathFolders(), ...newestFirst.map((version) => join(parent, version, 'bin'))];
}

const searches: Record<ServerEngine, Search> = {
  postgres: {
    names: ['postgres'],
    folders: postgresFolders,
    version: /^postgres \(PostgreSQL\) (\d+(?:\.\d+)*)/,
    minimum: '15',
    packages: {
      key: 'postgres',
      suite: 'own',
      install: 'postgresql',
      keep: /^postgresql-\d+$/,
      programs: ['usr/lib/postgresql/*/bin/postgres', 'usr/lib/postgresql/*/bin/initdb'],
    },
    cure: 'apt-get install postgresql',
    url: 'TEST_POSTGRES_URL=postgres://user:password@127.0.0.1:5432',
  },
  mariadb: {
    names: ['mariadbd', 'mysqld'],
    folders: pathFolders,
    version: /Ver (\d+\.\d+\.\d+)-MariaDB/,
    minimum: '10.11',
    packages: {
      key: 'mariadb',
      suite: 'own',
      install: 'mariadb-server-core',
      keep: /^mariadb-server-core$/,
      programs: ['usr/sbin/mariadbd'],
    },
    cure: 'apt-get install mariadb-server-core',
    url: 'TEST_MARIADB_URL=mariadb://root:password@127.0.0.1:3307',
  },
  mysql: {
    names: ['mysqld'],
    folders: pathFolders,
    version: /Ver (\d+\.\d+\.\d+)(?!.*MariaDB)/,
    minimum: '8.4',
    packages: {
      key: 'mysql',
      suite: 'sid', // no stable Debian has MySQL
      install: 'mysql-server-core',
      keep: /^(mysql-server-core(-\d.*)?|openssl-provider-legacy)$/,
      programs: ['usr/sbin/mysqld'],
    },
    cure: "install MySQL's own server packages (MariaDB is not MySQL)",
    url: 'TEST_MYSQL_URL=mysql://root:password@127.0.0.1:3306',
  },
};

function isAtLeast(version: string, minimum: string): boolean {
  const wanted = minimum.split('.').map(Number);
  const found = version.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const own = found[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

async function versionOf(program: string, search: Search): Promise<string | undefined> {
  const { stdout } = await runProcess(program, ['--version'], { timeout: 20_000 });
  const version = search.version.exec(stdout)?.[1];
  return version !== undefined && isAtLeast(version, search.minimum) ? version : undefined;
}

async function onMachine(engine: ServerEngine): Promise<Programs | undefined> {
  const search = searches[engine];
  const candidates = search.folders().flatMap((folder) => search.names.map((name) => join(folder, name)));
  for (const candidate of candidates) {
    if (!existsSync(candidate)) continue;
    const server = realpathSync(candidate);
    const initdb = join(server, '..', 'initdb');
    if (engine === 'postgres' && !existsSync(initdb)) continue;
    const version = await versionOf(server, search).catch(() => undefined); // not a program that runs here
    if (version === undefined) continue;
    return { origin: 'machine', version, server, initdb: engine === 'postgres' ? initdb : undefined };
  }
  return undefined;
}

async function inPackages(engine: ServerEngine, options: FindOptions): Promise<Programs> {
  const search = searches[engine];
  const [server, initdb] = await unpackedPrograms({ ...search.packages, ...options });
  if (server === undefined) throw new Error(`the package ${search.packages.install} holds no server`);
  const version = await versionOf(server, search);
  if (version === undefined) throw new Error(`the package's ${engineNames[engine]} is older than ${search.minimum}`);
  return { origin: 'packages', version, server, initdb };
}

/** TEST_SERVERS_FROM=machine or =packages narrows the search; the suite's own tests use it to take every path. */
function wantedOrigin(): 'machine' | 'packages' | undefined {
  const wanted = process.env['TEST_SERVERS_FROM'];
  if (wanted === undefined || wanted === '' || wanted === 'machine' || wanted === 'packages')
    return wanted || undefined;
  throw new Error(`TEST_SERVERS_FROM is '${wanted}': use 'machine' or 'packages', or leave it out.`);
}

export async function findPrograms(engine: ServerEngine, options: FindOptions = {}): Promise<Programs> {
  const { minimum, cure, url } = searches[engine];
  const wanted = wantedOrigin();
  const found = wanted === 'packages' ? undefined : await onMachine(engine);
  if (found) return found;
  const missing = `${engineNames[engine]} ${minimum} or newer was not found on this machine`;
  const cures = `Either ${cure}, or point at a running server: ${url} (compose.yaml starts one).`;
  if (wanted === 'machine') throw new Error(`${missing}, and TEST_SERVERS_FROM=machine allows no other. ${cures}`);
  try {
    return await inPackages(engine, options);
  } catch (cause) {
    const reason = reasonOf(cause).replace(/\.$/, '');
    throw new Error(`${missing}, and Debian's package could not be had: ${reason}. ${cures}`, {
      cause,
    });
  }
}
