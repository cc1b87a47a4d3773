/**
 * How long 300 changes of one table take on MySQL and MariaDB: the statements that this library makes of them, the same
 * changes one by one as its versions before did, and those of MikroORM's own generator for the same entities. The table
 * has one row.
 *
 *     npm run bench:alterations
 */
import { cpus, totalmem } from 'node:os';
import { defineEntity, p } from '@mikro-orm/core';
import { type Entities, LiveDatabase } from '../test/integration/autogenerate/live-database.ts';
import { SERVERS_VARIABLE } from '../test/support/databases.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';

const CHANGES = 300;

type Change = 'another type' | 'dropped' | 'added';

/** A table whose columns all change. */
function wide(change: Change, side: 'before' | 'after'): Entities {
  const has = change === 'another type' || (change === 'dropped') === (side === 'before');
  const isBig = change === 'another type' && side === 'after';
  const columns = Array.from({ length: has ? CHANGES : 0 }, (_, index) => [
    `c${index}`,
    isBig ? p.bigint().default(1) : p.integer().default(1),
  ]);
  const properties = { id: p.integer().primary(), ...(Object.fromEntries(columns) as object) };
  return [defineEntity({ name: 'Wide', tableName: 'wide', properties } as never) as never];
}

async function measured(
  engine: 'mysql' | 'mariadb',
  change: Change,
  run: (database: LiveDatabase) => Promise<() => Promise<void>>,
): Promise<string> {
  const database = await LiveDatabase.create(engine);
  try {
    await database.build(wide(change, 'before'));
    await database.execute('insert into wide (id) values (1)');
    const work = await run(database);
    const started = performance.now();
    await work();
    return `${Math.round(performance.now() - started).toLocaleString('en-GB')} ms`;
  } catch (error) {
    return `fails: ${(error as Error).message.split('\n').at(-1)}`;
  } finally {
    await database.close();
  }
}

const ways: Readonly<Record<string, (change: Change) => (database: LiveDatabase) => Promise<() => Promise<void>>>> = {
  together: (change) => async (database) => {
    const { upgrade } = await database.compare(wide(change, 'after'));
    return () => database.apply(upgrade);
  },
  oneByOne: (change) => async (database) => {
    const { upgrade } = await database.compare(wide(change, 'after'));
    return async () => {
      for (const operation of upgrade) await database.take({ operations: [operation] });
    };
  },
  mikroOrm: (change) => async (database) => {
    const { up } = await database.mikroOrmMigration(wide(change, 'after'));
    return () => database.execute(...up);
  },
};

const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) }, ['mysql', 'mariadb']);
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  process.stdout.write(`Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n`);
  process.stdout.write('| 300 columns | one statement | one by one | MikroORM |\n| --- | ---: | ---: | ---: |\n');
  for (const engine of ['mysql', 'mariadb'] as const) {
    for (const change of ['another type', 'added', 'dropped'] as const) {
      const cells: string[] = [];
      for (const way of Object.values(ways)) cells.push(await measured(engine, change, way(change)));
      process.stdout.write(`| ${engine}, ${change} | ${cells.join(' | ')} |\n`);
    }
  }
} finally {
  await stopServers(servers);
}
