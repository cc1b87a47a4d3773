/**
 * How long a fingerprint takes over 50 and 500 tables on each engine, and how many statements it sends; on PostgreSQL
 * beside `pg_dump --schema-only`. Connections are open.
 *
 *     npm run bench:fingerprint
 */
import { loadavg } from 'node:os';
import { type AbstractSqlConnection, MikroORM } from '@mikro-orm/sql';
import { fingerprint } from '../../libs/nest-migrate/src/rehearsal/fingerprint.js';
import {
  allEngines,
  createDatabase,
  type Engine,
  engineNames,
  SERVERS_VARIABLE,
} from '../../test/support/databases.ts';
import { runProcess } from '../../test/support/processes.ts';
import { login } from '../../test/support/scripts.ts';
import { foundClient } from '../../test/support/servers/clients.ts';
import { startServers, stopServers } from '../../test/support/servers/start-servers.ts';

const ROUNDS = 7;

const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) });
process.env[SERVERS_VARIABLE] = JSON.stringify(servers);
console.log(`load ${loadavg()[0].toFixed(1)}`);
console.log(
  '| tables | engine | fingerprint | statements | lines | pg_dump |\n| ---: | --- | ---: | ---: | ---: | ---: |',
);
for (const count of [50, 500]) for (const engine of allEngines) console.log(await measure(engine, count));
await stopServers(servers);

async function measure(engine: Engine, count: number): Promise<string> {
  const database = await createDatabase(engine);
  const orm = (await MikroORM.init({
    ...database.options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
  })) as MikroORM;
  try {
    const connection = orm.em.getConnection();
    for (let index = 0; index < count; index += 1) {
      for (const sql of tableOf(engine, index)) await connection.execute(sql);
    }
    const sent = counted(connection);
    const { text } = await fingerprint(orm);
    const statements = sent();
    const own = await median(() => fingerprint(orm));
    const dump = engine === 'postgres' ? await median(async () => dumpOf(database)) : '';
    const lines = text.split('\n').length - 2;
    return `| ${count} | ${engineNames[engine]} | ${own} | ${statements} | ${lines} | ${dump} |`;
  } finally {
    await orm.close(true);
    await database.drop();
  }
}

/** Ten columns, a key to the table before, a unique key, an index, a check and defaults. */
function tableOf(engine: Engine, index: number): readonly string[] {
  const key = {
    postgres: 'serial primary key',
    pglite: 'serial primary key',
    mysql: 'int auto_increment primary key',
    mariadb: 'int auto_increment primary key',
    sqlite: 'integer primary key autoincrement',
  }[engine];
  const table = `item_${index}`;
  const previous =
    index === 0 ? '' : `, constraint ${table}_previous foreign key (previous) references item_${index - 1}(id)`;
  return [
    `create table ${table} (id ${key}, title varchar(120) not null, slug varchar(80) not null, status varchar(20) not null default 'draft',
      price decimal(10,2) not null default 0, active int not null default 1, made timestamp null, meta text, note text, previous int,
      constraint ${table}_slug unique (slug), constraint ${table}_price check (price >= 0)${previous})`,
    `create index ${table}_title on ${table} (title)`,
  ];
}

/** Counts what is sent from now on. */
function counted(connection: AbstractSqlConnection): () => number {
  const own = connection.execute.bind(connection);
  let count = 0;
  connection.execute = ((...args: Parameters<typeof own>) => {
    count += 1;
    return own(...args);
  }) as typeof connection.execute;
  return () => count;
}

async function dumpOf(database: Parameters<typeof login>[1]): Promise<void> {
  const { dump = '' } = await foundClient('postgres');
  const { args, env } = login('postgres', database);
  await runProcess(dump, ['--schema-only', ...args], { env });
}

async function median(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const ms = (time: number): string => Math.round(time).toLocaleString('en');
  return `${ms(times[Math.floor(ROUNDS / 2)])} ms (${ms(times[0])}–${ms(times.at(-1)!)})`;
}
