/**
 * How long it takes to have a scratch database at the head of 10, 200 and 1,000 revisions, and to drop it: the first time,
 * when the revisions run, and the second, when it begins with a snapshot. One process, which is warm.
 *
 *     npm run bench:rehearsal
 *     npm run bench:rehearsal -- 10,200 mysql,sqlite
 */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { rehearse } from '../libs/nest-migrate/src/commands/rehearse.ts';
import { createDatabase, SERVERS_VARIABLE } from '../test/support/databases.ts';
import { allEngines, type Engine, engineNames } from '../test/support/engines.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';

const [sizes = '10,200,1000', engines = allEngines.join()] = process.argv.slice(2);
const SIZES = sizes.split(',').map(Number);
const ENGINES = allEngines.filter((engine) => engines.split(',').includes(engine));

/**
 * Every tenth revision makes a table, the others add a column, an index or rows. The names are those of one history
 * alone, which would otherwise begin with the snapshot of a shorter one.
 */
function upgradeOf(index: number, count: number): string {
  const table = `table_${count}_${Math.floor(index / 10)}`;
  const kind = index % 10;
  if (kind === 0) {
    return `await op.createTable('${table}', { columns: { id: { type: 'integer', primary: true, autoincrement: true }, name: { type: 'string', length: 40 } } });`;
  }
  if (kind === 5) return `await op.createIndex('${table}', ['name'], { name: '${table}_name' });`;
  if (kind === 9) return `await op.bulkInsert('${table}', [{ name: 'one' }, { name: 'two' }]);`;
  return `await op.addColumn('${table}', 'column_${kind}', { type: 'integer', nullable: true });`;
}

async function history(folder: string, count: number): Promise<void> {
  await mkdir(join(folder, 'versions'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (let index = 0; index < count; index += 1) {
    const down = index === 0 ? 'null' : `'r${index - 1}'`;
    await writeFile(
      join(folder, 'versions', `r${index}.js`),
      `export const revision = 'r${index}';
export const downRevision = ${down};
export async function upgrade(op) {
  ${upgradeOf(index, count)}
}
export async function downgrade() {}
`,
    );
  }
}

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
