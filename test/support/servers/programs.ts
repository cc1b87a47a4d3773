/** The programs of the servers. */
import { engineNames, type ServerEngine } from '../engines.ts';
import { findProgram, type FindOptions, pathFolders, postgresFolders, type Search } from './program-search.ts';

export interface Programs {
  readonly origin: 'machine' | 'packages';
  /** As people write it: `15.18`. */
  readonly version: string;
  /** The server itself. */
  readonly server: string;
  /** PostgreSQL only: what makes a data folder. */
  readonly initdb: string | undefined;
}

function cureOf(install: string, url: string): string {
  return `Either ${install}, or point at a running server: ${url} (compose.yaml starts one).`;
}

const searches: Record<ServerEngine, Search> = {
  postgres: {
    title: engineNames.postgres,
    names: ['postgres'],
    folders: () => [...pathFolders(), ...postgresFolders()],
    version: /^postgres \(PostgreSQL\) (\d+(?:\.\d+)*)/,
    minimum: '15',
    companion: 'initdb',
    packages: {
      key: 'postgres',
      suite: 'own',
      install: 'postgresql',
      keep: /^postgresql-\d+$/,
      programs: ['usr/lib/postgresql/*/bin/postgres', 'usr/lib/postgresql/*/bin/initdb'],
    },
    cure: cureOf('apt-get install postgresql', 'TEST_POSTGRES_URL=postgres://user:password@127.0.0.1:5432'),
  },
  mariadb: {
    title: engineNames.mariadb,
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
    cure: cureOf('apt-get install mariadb-server-core', 'TEST_MARIADB_URL=mariadb://root:password@127.0.0.1:3307'),
  },
  mysql: {
    title: engineNames.mysql,
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
    cure: cureOf(
      "install MySQL's own server packages (MariaDB is not MySQL)",
      'TEST_MYSQL_URL=mysql://root:password@127.0.0.1:3306',
    ),
  },
};

/** What Debian 13 has, as its packages: the machine's own is older. */
const mariadb11: Search = {
  ...searches.mariadb,
  minimum: '11.4',
  packages: { ...searches.mariadb.packages, key: 'mariadb-11', suite: 'trixie' },
};

export function findPrograms(engine: ServerEngine, options: FindOptions = {}): Promise<Programs> {
  return find(searches[engine], options);
}

export function findMariadb11(options: FindOptions = {}): Promise<Programs> {
  return find(mariadb11, options);
}

async function find(search: Search, options: FindOptions): Promise<Programs> {
  const { origin, version, program, companion } = await findProgram(search, options);
  return { origin, version, server: program, initdb: companion };
}
