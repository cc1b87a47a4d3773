import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from '../processes.ts';
import { lastLines } from '../reasons.ts';
import { type Server, type ServerOptions } from './server.ts';
import { baseFolder, startFlavour, type Flavour } from './mysql-family.ts';
import { findMariadb11, type Programs } from './programs.ts';

/** Small, because every start copies it. */
const REDO_LOG = '--innodb-log-file-size=32M';

/** In the order of mariadb-install-db, which itself needs programs of other packages; help texts left out. */
const SYSTEM_TABLES = [
  'system_tables.sql',
  'performance_tables.sql',
  'system_tables_data.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'sys_schema.sql',
];

/** The scripts were called mysql_… before MariaDB 11. */
async function systemTables(programs: Programs): Promise<string> {
  const base = baseFolder(programs);
  const folders = ['share/mysql', 'share/mariadb', 'share'].map((name) => join(base, name));
  const files = SYSTEM_TABLES.map((name) => {
    const places = folders.flatMap((folder) => ['mysql_', 'mariadb_', ''].map((prefix) => join(folder, prefix + name)));
    const found = places.find((place) => existsSync(place));
    if (found === undefined) throw new Error(`${programs.server} comes without ${name}: its package is not complete.`);
    return found;
  });
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  // bootstrap mode reads one statement a line
  return ['create database mysql;', 'use mysql;', 'set @auth_root_socket=NULL;', ...texts].join('\n');
}

export const mariadb: Flavour = {
  engine: 'mariadb',
  name: 'MariaDB',
  initialise: async (programs, args) => {
    const bootstrap = ['--bootstrap', '--enforce-storage-engine='];
    const { code, stderr } = await runProcess(
      programs.server,
      [
        ...args,
        ...bootstrap,
        '--max-allowed-packet=8M',
        '--net-buffer-length=16K',
        '--innodb-flush-log-at-trx-commit=0',
        REDO_LOG,
      ],
      { input: await systemTables(programs) },
    );
    if (code !== 0) throw new Error(`${programs.server} cannot make a MariaDB data folder:\n${lastLines(stderr)}`);
  },
  // as Debian configures it; the server's own default is latin1
  settings: ['--character-set-server=utf8mb4', '--collation-server=utf8mb4_general_ci', REDO_LOG],
  notDurable: ['--skip-log-bin', '--innodb-doublewrite=OFF'],
  closeDoors: [
    "drop user if exists ''@'localhost', 'root'@'127.0.0.1', 'root'@'::1', 'mysql'@'localhost'",
    "alter user 'root'@'localhost' identified by ?",
  ],
};

/** A MariaDB server of one's own, or the one that TEST_MARIADB_URL names. */
export async function startMariadb(options: ServerOptions = {}): Promise<Server> {
  return startFlavour(mariadb, options);
}

/** A MariaDB 11 of one's own, whatever the other tests run on. */
export async function startMariadb11(options: ServerOptions = {}): Promise<Server> {
  return startFlavour({ ...mariadb, find: findMariadb11 }, options);
}
