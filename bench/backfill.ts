/**
 * What it costs to fill a column of a million rows: one plain update, `op.backfill` by SQL, and `op.backfill` by a function
 * that sends one update a batch. Beside it the longest time that another writer waited, which changes one row at a time all
 * the while; the embedded engines have no other writer.
 *
 *     npm run bench:backfill
 *     npm run bench:backfill -- 100000 postgres,sqlite
 */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { upgrade } from '../libs/nest-migrate/src/commands/upgrade.ts';
import { createDatabase, SERVERS_VARIABLE, type TestDatabase } from '../test/support/databases.ts';
import { allEngines, type Engine, engineNames, serverEngines } from '../test/support/engines.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';

const [size = '1000000', engines = allEngines.join()] = process.argv.slice(2);
const ROWS = Number(size);
const ENGINES = allEngines.filter((engine) => engines.split(',').includes(engine));

const ways = {
  'one update': "await op.execute('update book set slug = lower(title) where slug is null');",
  'by SQL': "await op.backfill({ table: 'book', where: 'slug is null', set: { slug: 'lower(title)' } });",
  'by a function': `await op.backfill({
    table: 'book',
    where: 'slug is null',
    rows: (books, { em }) =>
      em.execute('update book set slug = lower(title) where id between ? and ?', [books[0].id, books.at(-1).id]),
  });`,
} as const;
type Way = keyof typeof ways;

async function open(database: TestDatabase): Promise<MikroORM> {
  const discovery = { warnWhenNoEntities: false };
  return MikroORM.init({ ...database.options, entities: [], discovery, preferEnvVars: false, logger: () => undefined });
}

async function fill(em: SqlEntityManager): Promise<void> {
  await em.execute(
    'create table book (id int not null primary key, title varchar(60) not null, slug varchar(60), hits int not null default 0)',
  );
  const digits =
    '(select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)';
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, Math.log10(ROWS));
  const number = names.map((name, at) => `${name}.n * ${10 ** at}`).join(' + ');
  const title = em.getDriver().constructor.name.match(/MySql|MariaDb/)
    ? "concat('The title of book ', id)"
    : "'The title of book ' || id";
  await em.execute(
    `insert into book (id, title) select id, ${title} from (select ${number} as id from ${names.map((name) => `${digits} ${name}`).join(' cross join ')}) as ids order by id`,
  );
}

/** Changes one row at a time until it is stopped, and returns how long the longest change took, in milliseconds. */
function otherWriter(orm: MikroORM): () => Promise<number> {
  const em = orm.em.fork() as SqlEntityManager;
  let isOver = false;
  let longest = 0;
  const writing = (async () => {
    while (!isOver) {
      const id = Math.floor(Math.random() * ROWS);
      const started = performance.now();
      // a server may end its patience before the other statement ends
      await em.execute(`update book set hits = hits + 1 where id = ${id}`).catch(() => undefined);
      longest = Math.max(longest, performance.now() - started);
    }
  })();
  return async () => {
    isOver = true;
    await writing;
    return longest;
  };
}

async function measured(engine: Engine, way: Way): Promise<{ readonly took: number; readonly waited: number | null }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-backfill-'));
  const database = await createDatabase(engine);
  const orm = await open(database);
  const other = serverEngines.some((server) => server === engine) ? await open(database) : undefined;
  try {
    await fill(orm.em.fork());
    await mkdir(join(folder, 'versions'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await writeFile(
      join(folder, 'versions', 'aaaa.js'),
      `export const revision = 'aaaa';\nexport const downRevision = null;\nexport async function upgrade(op) {\n  ${ways[way]}\n}\n`,
    );
    const { cwd, env, execPath, pid } = { ...process, cwd: process.cwd() };
    const context = commandContext(orm, {
      options: { directory: folder },
      host: { cwd, env, execPath, pid, hostname: hostname(), user: 'bench', activity: 'a benchmark' },
      services: { reason: 'a benchmark has none', cure: '' },
      call: { command: 'upgrade', xArguments: {} },
    });
    const stop = other && otherWriter(other);
    const started = performance.now();
    await upgrade(context);
    const took = performance.now() - started;
    const waited = (await stop?.()) ?? null;
    const [row] = await (orm.em.fork() as SqlEntityManager).execute<{ n: number | string }[]>(
      'select count(*) as n from book where slug = lower(title)',
    );
    if (Number(row?.n) !== ROWS) throw new Error(`${row?.n} rows are filled`);
    return { took, waited };
  } finally {
    await other?.close(true);
    await orm.close(true);
    await database.drop();
    await rm(folder, { recursive: true });
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const wanted = serverEngines.filter((engine) => ENGINES.includes(engine));
const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) }, wanted);
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  const heads = Object.keys(ways).map((way) => `${way} | longest wait`);
  process.stdout.write(`| ${ROWS.toLocaleString('en-GB')} rows | ${heads.join(' | ')} |\n`);
  process.stdout.write(`| --- |${' ---: |'.repeat(heads.length * 2)}\n`);
  for (const engine of ENGINES) {
    const cells: string[] = [];
    for (const way of Object.keys(ways) as Way[]) {
      const { took, waited } = await measured(engine, way);
      cells.push(seconds(took), waited === null ? '' : seconds(waited));
    }
    process.stdout.write(`| ${engineNames[engine]} | ${cells.join(' | ')} |\n`);
  }
  process.stdout.write(`Load at the end ${loadavg()[0]?.toFixed(1)}\n`);
} finally {
  await stopServers(servers);
}
