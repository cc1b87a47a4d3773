/**
 * What the option `drift: 'hash'` costs: a run that moves a row without and with it, and the question whether the schema
 * was changed since, over 50 and 500 tables. Medians of seven, with open connections.
 *
 *     npm run bench:kept-schema
 *     npm run bench:kept-schema -- postgres,sqlite
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import { type CommandContext } from '../libs/nest-migrate/src/commands/command-context.ts';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { schemaChange } from '../libs/nest-migrate/src/commands/schema-change.ts';
import { stamp } from '../libs/nest-migrate/src/commands/stamp.ts';
import { createDatabase, SERVERS_VARIABLE } from '../test/support/databases.ts';
import { allEngines, type Engine, engineNames } from '../test/support/engines.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';

const [engines = allEngines.join()] = process.argv.slice(2);
const ENGINES = allEngines.filter((engine) => engines.split(',').includes(engine));
const ROUNDS = 7;

async function measured(engine: Engine, tables: number): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-kept-schema-'));
  const database = await createDatabase(engine);
  const orm = await MikroORM.init({ ...database.options, entities: [], discovery: { warnWhenNoEntities: false } });
  try {
    await mkdir(join(folder, 'versions'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    for (const [id, down] of [
      ['a', null],
      ['b', 'a'],
    ]) {
      const text = `export const revision = '${id}';\nexport const downRevision = ${JSON.stringify(down)};\n`;
      await writeFile(join(folder, 'versions', `${id}.js`), text);
    }
    const columns = Array.from({ length: 9 }, (_, index) => `c${index} varchar(20)`).join(', ');
    for (let index = 0; index < tables; index += 1) {
      const sql = `create table t${index} (id int primary key, ${columns}, unique (c0), check (c1 <> 'x'))`;
      await orm.em.getConnection().execute(sql);
    }
    const { env, execPath, pid } = process;
    const context = (drift?: 'hash'): CommandContext =>
      commandContext(orm, {
        options: { directory: folder, drift },
        host: { cwd: process.cwd(), env, execPath, pid, hostname: hostname(), user: '', activity: 'bench' },
        services: { reason: 'none are measured', cure: '' },
        call: { command: 'stamp', xArguments: {} },
      });
    const times: [number[], number[], number[]] = [[], [], []];
    const time = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
      const started = performance.now();
      await work();
      into.push(performance.now() - started);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await time(times[0], () => stamp(context(), { revisions: round % 2 === 0 ? 'b' : 'a' }));
      await time(times[1], () => stamp(context('hash'), { revisions: round % 2 === 0 ? 'a' : 'b' }));
      await time(times[2], () => schemaChange(context('hash')));
    }
    return times.map((each) => each.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0);
  } finally {
    await orm.close(true);
    await database.drop();
    await rm(folder, { recursive: true });
  }
}

const servers = await startServers();
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(1)}`;
  process.stdout.write(`Node ${process.version}, ${machine}\n`);
  process.stdout.write(
    '| tables | engine | a run | with the option | the question |\n| ---: | --- | ---: | ---: | ---: |\n',
  );
  for (const tables of [50, 500]) {
    for (const engine of ENGINES) {
      const cells = (await measured(engine, tables)).map((each) => `${Math.round(each)} ms`);
      process.stdout.write(`| ${[tables, engineNames[engine], ...cells].join(' | ')} |\n`);
    }
  }
} finally {
  await stopServers(servers);
}
