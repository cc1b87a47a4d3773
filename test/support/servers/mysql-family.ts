/** What MySQL and MariaDB have in common: a data folder copied from a template, an account made at every start. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from '../processes.ts';
import { lastLines } from '../reasons.ts';
import { temporaryFolder } from '../projects.ts';
import { cached } from './cache.ts';
import { serverFromUrl, versionOfEngine } from './from-url.ts';
import { launch } from './launch.ts';
import { randomPassword } from './password.ts';
import { type FindOptions } from './program-search.ts';
import { findPrograms, type Programs } from './programs.ts';
import { query } from './query.ts';
import { type Server, type ServerOptions } from './server.ts';

export const USER = 'tester';
/** Part of every template's name: a change of how they are made makes older ones stale. */
const TEMPLATE_FORMAT = 1;

export interface Flavour {
  readonly engine: 'mysql' | 'mariadb';
  readonly name: string;
  /** Fills the empty data folder that `args` name; they come before what it adds itself. */
  readonly initialise: (programs: Programs, args: readonly string[]) => Promise<void>;
  readonly settings: readonly string[];
  readonly notDurable: readonly string[];
  /** The programs, where they are not those that the suite runs on; then no `TEST_*_URL` is read. */
  readonly find?: (options: FindOptions) => Promise<Programs>;
  /** Closes every door that the data folder came with. */
  readonly closeDoors: readonly string[];
}

/** The folder that the server's program and its other files are in. */
export function baseFolder(programs: Programs): string {
  return dirname(dirname(programs.server));
}

/** Every call starts with these: no option file of the machine, the messages of this very server, its own folders. */
export async function ownFolders(programs: Programs, folder: string): Promise<readonly string[]> {
  const base = baseFolder(programs);
  const messages = ['share/mysql', 'share/mariadb', 'share'].map((name) => join(base, name));
  const found = messages.find((folder) => existsSync(join(folder, 'english/errmsg.sys')));
  const account = process.getuid?.() === 0 ? ['--user=root'] : []; // as root they start only when told so
  // a MariaDB server that starts removes every temporary table in its tmpdir, those of another server too
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  return [
    '--no-defaults',
    `--basedir=${base}`,
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${temporary}`,
    ...(found === undefined ? [] : [`--lc-messages-dir=${found}`]),
    ...account,
  ];
}

export async function copy(from: string, to: string): Promise<void> {
  const { code, stderr } = await runProcess('cp', ['-R', '--sparse=always', from, to]);
  if (code !== 0) throw new Error(`Cannot copy ${from} to ${to}: ${lastLines(stderr)}`);
}

export async function template(
  flavour: Flavour,
  programs: Programs,
  settings: readonly string[] = [],
): Promise<string> {
  const made = settings.join('').replace(/[^\w=-]/g, '_');
  const name = `data-${flavour.engine}-${programs.version}-${programs.origin}-${TEMPLATE_FORMAT}${made}`;
  const folder = await cached(name, async (draft) => {
    await mkdir(join(draft, 'data'));
    await flavour.initialise(programs, [...(await ownFolders(programs, draft)), ...settings]);
    // the server's identity: two copies with the same one could not replicate to each other
    await rm(join(draft, 'data/auto.cnf'), { force: true });
  });
  return join(folder, 'data');
}

/** The file of statements that a server runs when it starts: nobody but the tests gets in. */
export async function writeAccounts(
  { closeDoors }: Flavour,
  folder: string,
  password: string,
  { first = [] }: { readonly first?: readonly string[] } = {},
): Promise<string> {
  const accounts = [
    ...first,
    ...closeDoors.map((statement) => statement.replace('?', `'${password}'`)),
    // made again by a server that comes back
    `create user if not exists '${USER}'@'%' identified by '${password}'`,
    `grant all privileges on *.* to '${USER}'@'%' with grant option`,
  ];
  const file = join(folder, 'accounts.sql');
  await writeFile(file, accounts.map((statement) => `${statement};\n`).join(''), { mode: 0o600 });
  return file;
}

export async function startFlavour(flavour: Flavour, options: ServerOptions): Promise<Server> {
  const { engine, name } = flavour;
  const { durable = false, settings = [], onProgress } = options;
  const isOfSuite = settings.length === 0 && flavour.find === undefined;
  const running = isOfSuite ? await serverFromUrl(engine) : undefined;
  if (running) return running;
  const programs = await (flavour.find ?? ((found) => findPrograms(engine, found)))({ onProgress });
  const empty = await template(flavour, programs, settings);
  const { path: folder, remove } = await temporaryFolder(engine, { on: durable ? 'disk' : 'memory' });
  const password = randomPassword();
  try {
    await copy(empty, join(folder, 'data'));
    const own = await ownFolders(programs, folder);
    const accountsFile = await writeAccounts(flavour, folder, password);
    const { login, ...launched } = await launch({
      name,
      program: programs.server,
      args: (chosen) => [
        ...own,
        `--port=${chosen}`,
        '--bind-address=127.0.0.1',
        '--socket=server.sock', // inside the data folder: a longer path may exceed what sockets can have
        '--pid-file=server.pid',
        `--init-file=${accountsFile}`,
        '--skip-name-resolve',
        '--max-connections=200',
        '--innodb-buffer-pool-size=128M',
        ...flavour.settings,
        ...settings,
        ...(durable ? [] : ['--innodb-flush-log-at-trx-commit=0', '--innodb-fast-shutdown=2', ...flavour.notDurable]),
      ],
      folder,
      account: undefined,
      stopSignal: 'SIGTERM',
      crashSignal: 'SIGKILL',
      login: async (chosen) => {
        const at = { engine, host: '127.0.0.1', port: chosen, user: USER, password };
        const [row] = await query(at, 'select version() as version');
        return String(row?.['version']);
      },
    });
    const version = versionOfEngine(engine, login);
    if (version === undefined) {
      await launched.stop();
      throw new Error(`${programs.server} is not a ${name} server: it says '${login}'.`);
    }
    const { origin } = programs;
    return { engine, host: '127.0.0.1', user: USER, password, version, origin, folder, ...launched };
  } catch (error) {
    await remove();
    throw error;
  }
}
