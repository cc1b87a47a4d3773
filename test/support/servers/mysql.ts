import { runProcess } from '../processes.ts';
import { lastLines } from '../reasons.ts';
import { type Server, type ServerOptions } from './server.ts';
import { startFlavour, type Flavour } from './mysql-family.ts';

/** Small, because every start copies it. */
const REDO_LOG = '--innodb-redo-log-capacity=32M';

export const mysql: Flavour = {
  engine: 'mysql',
  name: 'MySQL',
  initialise: async (programs, args) => {
    const initialise = ['--initialize-insecure', '--secure-file-priv=NULL', REDO_LOG];
    const { code, stderr } = await runProcess(programs.server, [...args, ...initialise]);
    if (code !== 0) throw new Error(`${programs.server} cannot make a MySQL data folder:\n${lastLines(stderr)}`);
  },
  settings: ['--mysqlx=OFF', '--secure-file-priv=NULL', REDO_LOG],
  notDurable: ['--skip-log-bin', '--innodb-doublewrite=OFF'],
  closeDoors: ["alter user 'root'@'localhost' identified by ?"],
};

/** A MySQL server of one's own, or the one that TEST_MYSQL_URL names; never MariaDB. */
export async function startMysql(options: ServerOptions = {}): Promise<Server> {
  return startFlavour(mysql, options);
}
