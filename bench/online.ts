/**
 * How long requests wait while a revision changes a table: as `db migrate` writes it, and as `db migrate --online` does. Four
 * sessions read and four write one row at a time all the while; what is printed is the longest that one of them waited.
 *
 *     npm run bench:online
 *     npm run bench:online -- 1000000
 */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type AbstractSqlConnection, MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { renderBody } from '../libs/nest-migrate/src/commands/render-item.ts';
import { upgrade } from '../libs/nest-migrate/src/commands/upgrade.ts';
import { engineFor } from '../libs/nest-migrate/src/engines/detect.ts';
import { builders } from '../libs/nest-migrate/src/operations/all.ts';
import { type Operation } from '../libs/nest-migrate/src/operations/operation.ts';
import { createDatabase, SERVERS_VARIABLE, type TestDatabase } from '../test/support/databases.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';

const ROWS = Number(process.argv[2] ?? 200_000);
const op = builders;
const code = { type: 'integer', nullable: true } as const;

const changes: Readonly<Record<string, Operation>> = {
  index: op.createIndex('book', ['title'], { name: 'book_title' }),
  'unique constraint': op.createUniqueConstraint('book', 'code', { name: 'book_code' }),
  'primary key': op.createPrimaryKey('book', 'code', { name: 'book_pkey' }),
  'foreign key': op.createForeignKey('book', 'authorId', 'author', 'id', { name: 'book_author' }),
  check: op.createCheckConstraint('book', 'length(title) > 3', { name: 'book_title_check' }),
  'not null': op.alterColumn('book', 'code', { nullable: false }, { existing: code }),
  'column with items': op.addColumn('book', 'state', { type: 'enum', items: ['a', 'b'], default: 'a' }),
  'column with random values': op.addColumn('author', 'token', { type: 'uuid', defaultRaw: 'gen_random_uuid()' }),
};

async function open(database: TestDatabase, connections = 1): Promise<MikroORM> {
  const discovery = { warnWhenNoEntities: false };
  const pool = { min: 0, max: connections };
  return MikroORM.init({ ...database.options, entities: [], discovery, pool, preferEnvVars: false });
}

async function fill(em: SqlEntityManager): Promise<void> {
  await em.execute('create table author (id int primary key, hits int not null default 0, about text)');
  await em.execute(`insert into author select n, 0, repeat('about', 40) from generate_series(0, ${ROWS - 1}) as n`);
  await em.execute(
    'create table book (id int not null, code int, title text not null, "authorId" int, hits int not null default 0)',
  );
  await em.execute(
    `insert into book select n, n, 'The title of book ' || n || repeat(' and more', 20), n, 0
      from generate_series(0, ${ROWS - 1}) as n`,
  );
  await em.execute('create index book_id on book (id)');
}

/** Requests of an application, one after the other in each session, until it is stopped; returns the longest wait. */
function traffic(orm: MikroORM): () => Promise<number> {
  let isOver = false;
  let longest = 0;
  const session = async (sql: (id: number) => string): Promise<void> => {
    const em = orm.em.fork() as SqlEntityManager;
    while (!isOver) {
      const started = performance.now();
      await em.execute(sql(Math.floor(Math.random() * ROWS)));
      longest = Math.max(longest, performance.now() - started);
    }
  };
  const requests = ['book', 'author'].flatMap((table) => [
    (id: number) => `select * from ${table} where id = ${id}`,
    (id: number) => `update ${table} set hits = hits + 1 where id = ${id}`,
  ]);
  const running = Promise.all([...requests, ...requests].map(session));
  return async () => {
    isOver = true;
    await running;
    return longest;
  };
}

async function measured(
  operation: Operation,
  form: 'plain' | 'online',
): Promise<readonly [took: number, wait: number]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-online-'));
  const database = await createDatabase('postgres');
  const orm = await open(database, 3);
  const others = await open(database, 8);
  try {
    await fill(orm.em.fork());
    const sources = {
      onDatabase: <T>(work: (connection: AbstractSqlConnection) => Promise<T>) => work(orm.em.getConnection()),
      onScratch: () => Promise.reject(new TypeError('PostgreSQL needs none')),
    };
    const online = form === 'online' ? await engineFor(orm).online?.(sources, [[operation]]) : undefined;
    const body = renderBody([operation], { direction: 'upgrade', connection: 'default', online }, {});
    await mkdir(join(folder, 'versions'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await writeFile(
      join(folder, 'versions', 'aaaa.js'),
      `export const revision = 'aaaa';\nexport const downRevision = null;\nexport async function upgrade(op) {\n${body}\n}\n`,
    );
    const { cwd, env, execPath, pid } = { ...process, cwd: process.cwd() };
    const context = commandContext(orm, {
      options: { directory: folder },
      host: { cwd, env, execPath, pid, hostname: hostname(), user: 'bench', activity: 'a benchmark' },
      services: { reason: 'a benchmark has none', cure: '' },
      call: { command: 'upgrade', xArguments: {} },
    });
    const stop = traffic(others);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const started = performance.now();
    await upgrade(context);
    const took = performance.now() - started;
    return [took, await stop()];
  } finally {
    await others.close(true);
    await orm.close(true);
    await database.drop();
    await rm(folder, { recursive: true });
  }
}

const milliseconds = (time: number): string => `${Math.round(time).toLocaleString('en-GB')} ms`;
const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) }, ['postgres']);
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  process.stdout.write(`| ${ROWS.toLocaleString('en-GB')} rows | plain | longest wait | online | longest wait |\n`);
  process.stdout.write('| --- | ---: | ---: | ---: | ---: |\n');
  for (const [name, operation] of Object.entries(changes)) {
    const [plain, online] = [await measured(operation, 'plain'), await measured(operation, 'online')];
    process.stdout.write(`| ${name} | ${[...plain, ...online].map(milliseconds).join(' | ')} |\n`);
  }
  process.stdout.write(`Load at the end ${loadavg()[0]?.toFixed(1)}\n`);
} finally {
  await stopServers(servers);
}
