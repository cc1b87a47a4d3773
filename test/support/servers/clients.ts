/** The command line clients that people feed scripts to. */
import { type ServerEngine } from '../engines.ts';
import { findProgram, type FindOptions, pathFolders, postgresFolders, type Search } from './program-search.ts';

export interface ClientPrograms {
  readonly origin: 'machine' | 'packages';
  readonly version: string;
  /** `psql`, `mysql` or `mariadb`. */
  readonly client: string;
  /** PostgreSQL only: `pg_dump`. */
  readonly dump: string | undefined;
}

const searches: Record<ServerEngine, Search> = {
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
};

export async function findClient(engine: ServerEngine, options: FindOptions = {}): Promise<ClientPrograms> {
  const { origin, version, program, companion } = await findProgram(searches[engine], options);
  return { origin, version, client: program, dump: companion };
}
