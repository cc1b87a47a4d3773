/**
 * How long an upgrade of 1,000 revisions that create a table each takes on PostgreSQL: this library through the compiled
 * test application, and Alembic, MikroORM, Knex, TypeORM, Kysely and Drizzle beside it. Whole processes, each on a database
 * of its own, in turn: on this machine, and with each round trip a millisecond longer, as to a server in the same region.
 * What the other tools need is installed into bench/peers, apart from the project.
 *
 *     npm run bench:peers -- --write
 *     npm run bench:peers -- --revisions 100 --rounds 1 --only knex,nest-migrate
 *
 * Alembic takes part where `--python` or ALEMBIC_PYTHON is an interpreter that has it:
 *
 *     python3 -m venv .cache/alembic && .cache/alembic/bin/pip install alembic==1.20.0 psycopg2-binary==2.9.13
 *     npm run bench:peers -- --write --python .cache/alembic/bin/python
 *
 * `--write` puts the figures into bench/README.md and README.md, and draws docs/public/upgrade-1000.svg.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createDatabase, SERVERS_VARIABLE } from '../../test/support/databases.ts';
import { queryDatabase } from '../../test/support/inspect.ts';
import { startServers, stopServers } from '../../test/support/servers/start-servers.ts';
import { usePackedLibrary } from '../packed-library.ts';
import { type Bar, type BarGroup, chart } from './chart.ts';
import { startDistance } from './distance.ts';
import { type histories, writeHistory } from './histories.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['ALEMBIC_PYTHON'] },
    revisions: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    delay: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
const REVISIONS = Number(values.revisions);
const ROUNDS = Number(values.rounds);
/** By how many milliseconds a round trip to the distant server is longer. */
const DELAY = Number(values.delay);
const { python } = values;
const root = resolve(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** A tool, and the process that upgrades with it. */
interface Peer {
  readonly name: string;
  readonly history: keyof typeof histories;
  readonly version: () => Promise<string> | string;
  /** Gets the folder of its history, the environment beside it. */
  readonly command: (folder: string) => readonly string[];
  /**
   * Whether each revision has a transaction of its own, or all of them share one. `part`: no tool, but what an upgrade
   * through an application cannot do without.
   */
  readonly each: boolean | 'part';
}

function versionOf(name: string, folder: string): string {
  const text = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const ofPeers = (name: string) => (): string => versionOf(name, import.meta.dirname);
const program = (name: string) => (): readonly string[] => [process.execPath, join(import.meta.dirname, name)];
const application = (): readonly string[] => [
  process.execPath,
  join(root, 'dist/test/application/main.js'),
  'db',
  'upgrade',
];
const ownVersion = (): string =>
  (JSON.parse(readFileSync(join(root, 'libs/nest-migrate/package.json'), 'utf8')) as { readonly version: string })
    .version;

const peers: readonly Peer[] = (
  [
    { name: 'nest-migrate', history: 'typeScript', version: ownVersion, command: application, each: true },
    { name: 'nest-migrate, JavaScript', history: 'javaScript', version: ownVersion, command: application, each: true },
    {
      name: 'Alembic',
      history: 'alembic',
      version: async () =>
        (await run(python ?? '', ['-c', 'import alembic; print(alembic.__version__)'])).stdout.trim(),
      command: (folder) => [python ?? '', '-m', 'alembic', '-c', join(folder, 'alembic.ini'), 'upgrade', 'head'],
      each: true,
    },
    {
      name: 'MikroORM',
      history: 'mikroOrm',
      version: () => versionOf('@mikro-orm/migrations', root),
      command: program('mikro-orm.mjs'),
      each: true,
    },
    { name: 'Knex', history: 'knexEach', version: ofPeers('knex'), command: program('knex.mjs'), each: true },
    { name: 'TypeORM', history: 'typeorm', version: ofPeers('typeorm'), command: program('typeorm.mjs'), each: true },
    { name: 'Knex', history: 'knex', version: ofPeers('knex'), command: program('knex.mjs'), each: false },
    { name: 'Kysely', history: 'kysely', version: ofPeers('kysely'), command: program('kysely.mjs'), each: false },
    {
      name: 'Drizzle',
      history: 'drizzle',
      version: ofPeers('drizzle-orm'),
      command: program('drizzle.mjs'),
      each: false,
    },
    {
      name: 'the application alone',
      history: 'typeScript',
      version: ownVersion,
      command: () => application().slice(0, 2),
      each: 'part',
    },
    {
      name: 'the statements alone',
      history: 'typeScript',
      version: ofPeers('pg'),
      command: program('statements.mjs'),
      each: 'part',
    },
  ] as const satisfies readonly Peer[]
)
  .filter(({ name }) => name !== 'Alembic' || python !== undefined)
  .filter(({ name }) => values.only === undefined || values.only.toLowerCase().split(',').includes(name.toLowerCase()));

/** What one upgrade took, in seconds. */
interface Took {
  readonly wall: number;
  readonly processor: number;
}

/** Upgrades an empty database, reached by that port, by a process of its own, and looks whether all tables are there. */
async function upgrade({ name, command }: Peer, folder: string, port: number): Promise<Took> {
  const database = await createDatabase('postgres');
  try {
    const env = {
      ...process.env,
      ...database.env,
      DB_PORT: String(port),
      DB_URL: Object.assign(new URL(database.url ?? ''), { port: String(port) }).href,
      HISTORY: folder,
      REVISIONS: values.revisions,
      MIGRATIONS_DIRECTORY: folder,
      NODE_COMPILE_CACHE: join(folders, 'compiled'),
      NO_COLOR: '1',
    };
    const started = performance.now();
    // the shell's own clock has the processor time of its children
    const { stderr } = await run('bash', ['-c', 'TIMEFORMAT="%3U %3S"; time "$@"', 'bash', ...command(folder)], {
      cwd: folder,
      env,
      maxBuffer: 2 ** 28,
    });
    const wall = (performance.now() - started) / 1_000;
    const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    if (name === 'the application alone') return { wall, processor: user + system };
    const [row] = await queryDatabase(
      database,
      "select count(*) as tables from pg_tables where schemaname = 'public' and tablename like 'table\\_%'",
    );
    if (Number(row?.['tables']) !== REVISIONS) throw new Error(`${name} created ${String(row?.['tables'])} tables`);
    return { wall, processor: user + system };
  } finally {
    await database.drop();
  }
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
const told = (all: readonly number[]): string =>
  `${median(all).toFixed(2)} s (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})`;
const load = (): string => loadavg()[0]?.toFixed(1) ?? '';

/** Replaces what stands between two markers of a file. */
function put(path: string, mark: string, text: string): void {
  const file = join(root, path);
  const [begin, end] = [`<!-- Written by npm run bench:peers: ${mark}. -->`, `<!-- End of ${mark}. -->`];
  const before = readFileSync(file, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`${path} has no place for ${mark}`);
  writeFileSync(file, `${before.slice(0, from + begin.length)}\n\n${text}\n\n${before.slice(to)}`);
}

if (peers.some(({ command }) => command('').some((word) => word.startsWith(import.meta.dirname))))
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: import.meta.dirname });
await run(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], { cwd: root });
usePackedLibrary();
// within the project, so that a migration finds the package of its tool
const folders = join(root, '.cache', 'bench-peers');
const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) }, ['postgres']);
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  rmSync(folders, { recursive: true, force: true });
  const [server] = servers;
  if (server === undefined) throw new Error('There is no server.');
  const distance = await startDistance(server, DELAY);
  for (const { history } of peers) writeHistory(join(folders, history), history, REVISIONS);
  const took = new Map(peers.map((peer) => [peer, { here: [] as Took[], away: [] as Took[] }]));
  const began = load();
  // in turn, so that a machine that slows down slows all of them; the first round fills caches of compiled code
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [peer, all] of took) {
      const folder = join(folders, peer.history);
      const here = await upgrade(peer, folder, server.port);
      const away = round > 0 ? await upgrade(peer, folder, distance.port) : undefined;
      if (away !== undefined) all.here.push(here);
      if (away !== undefined) all.away.push(away);
      const seconds = [here, away].map((one) => one?.wall.toFixed(2) ?? '-').join(' and ');
      process.stderr.write(`round ${round}, ${peer.name}: ${seconds} s, at load ${load()}\n`);
    }
  }
  await distance.close();
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, PostgreSQL ${server.version} without durability`;
  const lines: string[] = [];
  const groups: BarGroup[] = [];
  const parts: string[] = [];
  const walls = (all: readonly Took[]): readonly number[] => all.map(({ wall }) => wall);
  for (const each of [true, false, 'part'] as const) {
    const bars: { here: Bar[]; away: Bar[] } = { here: [], away: [] };
    for (const [peer, { here, away }] of took) {
      if (peer.each !== each) continue;
      if (each === 'part') {
        parts.push(`${peer.name} ${told(walls(here))}, at the distance ${told(walls(away))}`);
        continue;
      }
      const row = [
        `${peer.name} ${await peer.version()}`,
        each ? 'one each' : 'one for the run',
        told(walls(here)),
        told(here.map(({ processor }) => processor)),
        told(walls(away)),
      ];
      lines.push(`| ${row.join(' | ')} |`);
      const isOwn = peer.history === 'typeScript';
      const [name = ''] = peer.name.split(',');
      if (peer.history === 'javaScript') continue;
      bars.here.push({ name, seconds: median(walls(here)), isOwn });
      bars.away.push({ name, seconds: median(walls(away)), isOwn });
    }
    if (each === 'part') continue;
    const transactions = each ? 'a transaction each' : 'one transaction for the run';
    groups.push({ title: transactions, bars: bars.here });
    groups.push({ title: `${transactions}, round trips ${DELAY} ms longer`, bars: bars.away });
  }
  const table = [
    `${machine}; ${REVISIONS.toLocaleString('en')} revisions, ${ROUNDS} rounds, a load of ${began} before and ${load()} after.`,
    '',
    `| | transactions | time | processor time | time, round trips ${DELAY} ms longer |\n| --- | --- | ---: | ---: | ---: |`,
    ...lines,
    '',
    `In the same run: ${parts.join('; ')}.`,
  ].join('\n');
  process.stdout.write(`${table}\n`);
  if (values.write) {
    const date = new Date().toISOString().slice(0, 10);
    put('bench/README.md', 'the upgrades', `## ${date}\n\n${table}`);
    const drawn = groups.filter(({ bars }) => bars.length > 0);
    const sentence = drawn
      .map(
        ({ title, bars }) =>
          `${title}: ${[...bars]
            .sort((a, b) => a.seconds - b.seconds)
            .map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`)
            .join(', ')}`,
      )
      .join('; with ');
    const title = `db upgrade of ${REVISIONS.toLocaleString('en')} revisions that create a table each`;
    mkdirSync(join(root, 'docs/pictures'), { recursive: true });
    writeFileSync(
      join(root, 'docs/public/upgrade-1000.svg'),
      chart(title, `Less is better. ${machine}, ${date}`, drawn, `With ${sentence}.`),
    );
    put(
      'README.md',
      'the upgrades',
      `## How long an upgrade takes\n\n![With ${sentence}](docs/public/upgrade-1000.svg)\n\nMeasured on a virtual machine with ${machine}, by \`npm run bench:peers\` ([how, and all figures](bench/README.md#upgrades-beside-other-tools)).`,
    );
  }
} finally {
  await stopServers(servers);
  if (existsSync(folders)) rmSync(folders, { recursive: true });
}
