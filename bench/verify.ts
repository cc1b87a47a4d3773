/**
 * How long `verify --all` takes for each revision of a history: up, down, up again, with the whole schema and all rows looked
 * at in between. One process, which is warm.
 *
 *     npm run bench:verify
 *     npm run bench:verify -- 10,200 postgres,sqlite 3
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { verify } from '../libs/nest-migrate/src/commands/verify.ts';
import { createDatabase, SERVERS_VARIABLE } from '../test/support/databases.ts';
import { allEngines, type Engine, engineNames } from '../test/support/engines.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';
import { history } from './histories.ts';

const [sizes = '10,200,1000', engines = 'postgres,sqlite', rounds = '3'] = process.argv.slice(2);
const SIZES = sizes.split(',').map(Number);
const ENGINES = allEngines.filter((engine) => engines.split(',').includes(engine));

/** Of a longer history the last revisions are verified, as those of a branch are. */
const LONG = 50;
const LAST = 20;

/** The medians of some rounds, in milliseconds for each revision: what went by, and what this process has worked. */
async function measured(engine: Engine, count: number): Promise<readonly [wall: number, own: number]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-verify-'));
  const database = await createDatabase(engine);
  const orm = await MikroORM.init({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } });
  try {
    await history(folder, count);
    const { env, execPath, pid } = process;
    const context = commandContext(orm, {
      options: {
        directory: folder,
        // every table of the history is one that no entity declares
        includeObject: () => false,
        scratch: {
          ...(database.url !== undefined && { on: 'same server' }),
          snapshots: { folder: `${folder}-snapshots`, ...(count <= LONG && { count: 0 }) },
        },
      },
      host: { cwd: process.cwd(), env, execPath, pid, hostname: hostname(), user: '', activity: 'bench' },
      services: { reason: 'none are measured', cure: '' },
      call: { command: 'verify', xArguments: {} },
    });
    const walls: number[] = [];
    const owns: number[] = [];
    const isLong = count > LONG;
    const tried = isLong ? LAST : count;
    const options = isLong ? { range: `r${count - LAST}:r${count - 1}` } : { all: true };
    // what is below the last ones of a long history is there: the first round keeps it
    for (let round = isLong ? -1 : 0; round < Number(rounds); round += 1) {
      const started = performance.now();
      const worked = process.cpuUsage();
      const { findings, revisions } = await verify(context, options);
      const { user, system } = process.cpuUsage(worked);
      if (round >= 0) {
        walls.push((performance.now() - started) / tried);
        owns.push((user + system) / 1_000 / tried);
      }
      if (findings.length > 0 || revisions.length !== tried) throw new Error(JSON.stringify(findings.slice(0, 3)));
    }
    return [median(walls), median(owns)];
  } finally {
    await orm.close(true);
    await database.drop();
    await rm(folder, { recursive: true });
    await rm(`${folder}-snapshots`, { recursive: true, force: true });
  }
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? NaN;
}

const servers = await startServers();
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  const load = (): string => loadavg()[0]?.toFixed(1) ?? '';
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load()}`;
  process.stdout.write(`Node ${process.version}, ${machine}\n`);
  process.stdout.write(`| engine | ${SIZES.join(' | ')} |\n| --- |${' ---: |'.repeat(SIZES.length)}\n`);
  for (const engine of ENGINES) {
    const figures: string[] = [];
    for (const size of SIZES) {
      const [wall, own] = await measured(engine, size);
      figures.push(`${wall.toFixed(0)} ms (${own.toFixed(0)} ms)`);
      process.stderr.write(`${engine} ${size}: ${figures.at(-1)} at load ${load()}\n`);
    }
    process.stdout.write(`| ${engineNames[engine]} | ${figures.join(' | ')} |\n`);
  }
} finally {
  await stopServers(servers);
}
