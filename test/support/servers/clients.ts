/** The command line clients that people feed scripts to. */
import { type Engine } from '../engines.ts';
import { findProgram, type FindOptions, pathFolders, postgresFolders, type Search } from './program-search.ts';

/** The engines that have a client; PGlite has none. */
export const clientEngines = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const satisfies readonly Engine[];
export type ClientEngine = (typeof clientEngines)[number];

export interface ClientPrograms {
  readonly origin: 'machine' | 'packages';
  readonly version: string;
  /** `psql`, `mysql`, `mariadb` or `sqlite3`. */
  readonly client: string;
  /** PostgreSQL only: `pg_dump`. */
  readonly dump: string | undefined;
}

const searches: Record<ClientEngine, Search> = {
  postgres: {
    title: 'psql with pg_dump',
    names: ['psql'],
    // first the newest: pg_dump refuses a server newer than itself, and Debian's /usr/bin/psql is a script that picks one
    folders: () => [...postgresFolders(), ...pathFolders()],
    version: /^psql \(PostgreSQL\) (\d+(?:\.\d+)*)/,
    minimum: '15',
    companion: 'pg_dump',
    packages: {
      key: 'postgres-client',
      suite: 'own',
      install: 'postgresql-client',
      keep: /^postgresql-client-\d+$/,
      programs: ['usr/lib/postgresql/*/bin/psql', 'usr/lib/postgresql/*/bin/pg_dump'],
    },
    cure: 'Install it: apt-get install postgresql-client.',
  },
  mariadb: {
    title: "MariaDB's client",
    names: ['mariadb', 'mysql'],
    folders: pathFolders,
    version: /(?:Distrib |from )(\d+\.\d+\.\d+)-MariaDB/,
    minimum: '10.11',
    packages: {
      key: 'mariadb-client',
      suite: 'own',
      install: 'mariadb-client-core',
      keep: /^mariadb-client-core$/,
      programs: ['usr/bin/mariadb'],
    },
    cure: 'Install it: apt-get install mariadb-client-core.',
  },
  mysql: {
    title: "MySQL's client",
    names: ['mysql'],
    folders: pathFolders,
    version: /Ver (\d+\.\d+\.\d+)(?!.*MariaDB)/,
    minimum: '8.4',
    packages: {
      key: 'mysql-client',
      suite: 'sid', // no stable Debian has MySQL
      install: 'mysql-client-core',
      keep: /^(mysql-client-core(-\d.*)?|openssl-provider-legacy)$/,
      programs: ['usr/bin/mysql'],
    },
    cure: "Install MySQL's own client package; MariaDB's client is another.",
  },
  sqlite: {
    title: "SQLite's client",
    names: ['sqlite3'],
    folders: pathFolders,
    version: /^(\d+\.\d+\.\d+) /,
    minimum: '3.38', // the first with JSON always in it
    packages: {
      key: 'sqlite-client',
      suite: 'own',
      install: 'sqlite3',
      keep: /^sqlite3$/,
      programs: ['usr/bin/sqlite3'],
    },
    cure: 'Install it: apt-get install sqlite3.',
  },
};

/** pg_dump refuses a server newer than itself: TEST_POSTGRES_CLIENT=newest takes the one that knows all of them. */
const newestPostgres: Search = {
  ...searches.postgres,
  minimum: '18',
  packages: { ...searches.postgres.packages, key: 'postgres-client-18', suite: 'sid' },
};

function searchFor(engine: ClientEngine): Search {
  return engine === 'postgres' && process.env['TEST_POSTGRES_CLIENT'] === 'newest' ? newestPostgres : searches[engine];
}

export async function findClient(engine: ClientEngine, options: FindOptions = {}): Promise<ClientPrograms> {
  const { origin, version, program, companion } = await findProgram(searchFor(engine), options);
  return { origin, version, client: program, dump: companion };
}

const found = new Map<ClientEngine, Promise<ClientPrograms>>();

/** The same, looked for once: a search starts a process, and the suite needs these programs thousands of times. */
export function foundClient(engine: ClientEngine): Promise<ClientPrograms> {
  const search = found.get(engine) ?? findClient(engine);
  found.set(engine, search);
  return search;
}
