/**
 * How long it takes to have a scratch database at the head of 10, 200 and 1,000 revisions, and to drop it: the first time,
 * when the revisions run, and the second, when it begins with a snapshot. One process, which is warm.
 *
 *     npm run bench:rehearsal
 *     npm run bench:rehearsal -- 10,200 mysql,sqlite
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { rehearse } from '../libs/nest-migrate/src/commands/rehearse.ts';
import { createDatabase, SERVERS_VARIABLE } from '../test/support/databases.ts';
import { allEngines, type Engine, engineNames } from '../test/support/engines.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';
import { history } from './histories.ts';

const [sizes = '10,200,1000', engines = allEngines.join()] = process.argv.slice(2);
const SIZES = sizes.split(',').map(Number);
const ENGINES = allEngines.filter((engine) => engines.split(',').includes(engine));

async function measured(engine: Engine, count: number): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-rehearsal-'));
  const database = await createDatabase(engine);
  const orm = await MikroORM.init({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } });
  try {
    await history(folder, count);
    const { env, execPath, pid } = process;
    const context = commandContext(orm, {
      options: {
        directory: folder,
        scratch: {
          ...(database.url !== undefined && { on: 'same server' }),
          snapshots: { folder: join(folder, '..', `${folder}-snapshots`) },
        },
      },
      host: { cwd: process.cwd(), env, execPath, pid, hostname: hostname(), user: '', activity: 'bench' },
      services: { reason: 'none are measured', cure: '' },
      call: { command: 'rehearse', xArguments: {} },
    });
    const times: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const started = performance.now();
      await rehearse(context, { at: [`r${count - 1}`] }, async () => undefined);
      times.push(performance.now() - started);
    }
    return times;
  } finally {
    await orm.close(true);
    await database.drop();
    await rm(folder, { recursive: true });
    await rm(`${folder}-snapshots`, { recursive: true, force: true });
  }
}

const servers = await startServers();
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(1)}`;
  process.stdout.write(`Node ${process.version}, ${machine}\n`);
  const heads = SIZES.flatMap((size) => [`${size}, first`, `${size}, second`]);
  process.stdout.write(`| engine | ${heads.join(' | ')} |\n| --- |${' ---: |'.repeat(heads.length)}\n`);
  for (const engine of ENGINES) {
    const figures: string[] = [];
    for (const size of SIZES) {
      for (const took of await measured(engine, size)) figures.push(`${(took / 1_000).toFixed(2)} s`);
    }
    process.stdout.write(`| ${engineNames[engine]} | ${figures.join(' | ')} |\n`);
  }
} finally {
  await stopServers(servers);
}
