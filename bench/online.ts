/**
 * How long requests wait while a revision changes a table: as `db migrate` writes it, and as `db migrate --online` does. Four
 * sessions read and four write one row at a time all the while; what is printed is the longest that one of them waited.
 *
 *     npm run bench:online
 *     npm run bench:online -- 1000000 postgres
 *     npm run bench:online -- 1000000 postgres 'column of another type'
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type AbstractSqlConnection, MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { commandContext } from '../libs/nest-migrate/src/commands/connection.ts';
import { renderBody } from '../libs/nest-migrate/src/commands/render-item.ts';
import { upgrade } from '../libs/nest-migrate/src/commands/upgrade.ts';
import { engineFor } from '../libs/nest-migrate/src/engines/detect.ts';
import { type OnlineWriter } from '../libs/nest-migrate/src/engines/online/online.ts';
import { type SqlSession } from '../libs/nest-migrate/src/engines/session/sql-session.ts';
import { builders } from '../libs/nest-migrate/src/operations/all.ts';
import { type Operation } from '../libs/nest-migrate/src/operations/operation.ts';
import { createDatabase, SERVERS_VARIABLE, type TestDatabase } from '../test/support/databases.ts';
import { type ServerEngine, serverEngines } from '../test/support/engines.ts';
import { startServers, stopServers } from '../test/support/servers/start-servers.ts';
import { sessionOn } from '../test/support/statements.ts';
import type { Requests, Waits } from './online-requests.ts';

const ROWS = Number(process.argv[2] ?? 200_000);
const ENGINES = serverEngines.filter((engine) => (process.argv[3]?.split(',') ?? serverEngines).includes(engine));
const ONLY = process.argv[4];
/** So that a change does not wait behind a long statement, with all requests behind it: as the guide says. */
const LIMITS = { lockTimeout: 100, retries: 50 };
const op = builders;
const code = { type: 'integer', nullable: true } as const;

const everywhere: Readonly<Record<string, Operation>> = {
  index: op.createIndex('book', [{ name: 'title' }], { name: 'book_title' }),
  'unique constraint': op.createUniqueConstraint('book', 'code', { name: 'book_code' }),
  'foreign key': op.createForeignKey('book', 'authorId', 'author', 'id', { name: 'book_author' }),
  'not null': op.alterColumn('book', 'code', { nullable: false }, { existing: code }),
};
const onPostgres: Readonly<Record<string, Operation>> = {
  'primary key': op.createPrimaryKey('book', 'code', { name: 'book_pkey' }),
  check: op.createCheckConstraint('book', 'length(title) > 3', { name: 'book_title_check' }),
  'column with items': op.addColumn('book', 'state', { type: 'enum', items: ['a', 'b'], default: 'a' }),
  'column of another type': op.alterColumn(
    'author',
    'hits',
    { type: 'bigint' },
    { existing: { type: 'integer', default: 0 } },
  ),
  'enum with a value less': op.alterEnum('mood', ['low', 'high'], {
    existing: ['low', 'none', 'high'],
    columns: [{ table: 'author', column: 'mood', defaultRaw: "'low'::mood" }],
  }),
  'column with random values': op.addColumn('author', 'token', { type: 'uuid', defaultRaw: 'gen_random_uuid()' }),
};

async function open(database: TestDatabase): Promise<MikroORM> {
  const discovery = { warnWhenNoEntities: false };
  const pool = { min: 0, max: 3 };
  return MikroORM.init({ ...database.options, entities: [], discovery, pool, preferEnvVars: false });
}

/** The tables of an application, with so many rows in each. */
async function fill(em: SqlEntityManager, engine: ServerEngine, rows: number): Promise<void> {
  const author = engine === 'postgres' ? '"authorId"' : '`authorId`';
  await em.execute('create table author (id int primary key, hits int not null default 0, about text)');
  await em.execute(
    `create table book (id int not null, code int, title varchar(300) not null, ${author} int, hits int not null default 0)`,
  );
  // MySQL and MariaDB end a recursion after a thousand steps
  const thousand = 'with recursive n (i) as (select 0 union all select i + 1 from n where i < 999) select i from n';
  const more = `with recursive n (i) as (select 0 union all select i + 1 from n where i < ${Math.max(0, Math.ceil(rows / 1000) - 1)}) select i from n`;
  const numbers = `(select a.i + 1000 * b.i as n from (${thousand}) a cross join (${more}) b) numbers where n < ${rows}`;
  await em.execute(`insert into author select n, 0, repeat('about', 40) from ${numbers}`);
  await em.execute(
    `insert into book select n, n, concat('The title of book ', n, repeat(' and more', 20)), n, 0 from ${numbers}`,
  );
  await em.execute('create index book_id on book (id)');
  if (engine !== 'postgres') return;
  await em.execute(`create type mood as enum ('low', 'none', 'high')`);
  await em.execute(`alter table author add mood mood not null default 'low'`);
  await em.execute('create index author_hits on author (hits)');
}

/** Writes a change so that requests go on, as a scratch database tells. */
async function onlineOf(engine: ServerEngine, operation: Operation, orm: MikroORM): Promise<OnlineWriter | undefined> {
  const scratch = await createDatabase(engine);
  const other = await open(scratch);
  try {
    await fill(other.em.fork(), engine, 1);
    const sources = {
      onDatabase: <T>(work: (connection: AbstractSqlConnection) => Promise<T>) => work(orm.em.getConnection()),
      onScratch: <T>(work: (session: SqlSession) => Promise<T>) => work(sessionOn(other.em.getConnection())),
    };
    return await engineFor(orm).online?.(sources, [[operation]]);
  } finally {
    await other.close(true);
    await scratch.drop();
  }
}

interface Measured extends Waits {
  readonly took: number;
  /** The longest that a request took before the revision began. */
  readonly idle: number;
}

async function measured(engine: ServerEngine, operation: Operation, form: 'plain' | 'online'): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-online-'));
  const database = await createDatabase(engine);
  const orm = await open(database);
  let requests: ChildProcess | undefined;
  try {
    await fill(orm.em.fork(), engine, ROWS);
    const online = form === 'online' ? await onlineOf(engine, operation, orm) : undefined;
    const body = renderBody([operation], { direction: 'upgrade', connection: 'default', online }, {});
    await mkdir(join(folder, 'versions'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await writeFile(
      join(folder, 'versions', 'aaaa.js'),
      `export const revision = 'aaaa';\nexport const downRevision = null;\nexport async function upgrade(op) {\n${body}\n}\n`,
    );
    const { cwd, env, execPath, pid } = { ...process, cwd: process.cwd() };
    const context = commandContext(orm, {
      options: { directory: folder, ...(form === 'online' && { ddl: LIMITS }) },
      host: { cwd, env, execPath, pid, hostname: hostname(), user: 'bench', activity: 'a benchmark' },
      services: { reason: 'a benchmark has none', cure: '' },
      call: { command: 'upgrade', xArguments: {} },
    });
    const { driver: _, ...place } = database.options;
    const asked: Requests = { engine, database: place, rows: ROWS };
    requests = fork(join(import.meta.dirname, 'online-requests.ts'), [JSON.stringify(asked)]);
    await once(requests, 'message');
    const ask = async (what: 'take' | 'stop'): Promise<Waits> => {
      requests?.send(what);
      const [waits] = (await once(requests!, 'message')) as [Waits];
      return waits;
    };
    // the first ones open their sessions
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await ask('take');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { longest: idle } = await ask('take');
    const started = performance.now();
    await upgrade(context);
    const took = performance.now() - started;
    return { took, idle, ...(await ask('stop')) };
  } finally {
    if (requests?.connected === true) requests.disconnect();
    await orm.close(true);
    await database.drop();
    await rm(folder, { recursive: true });
  }
}

const milliseconds = (time: number): string => `${Math.round(time).toLocaleString('en-GB')} ms`;
const servers = await startServers({ onProgress: (line) => process.stderr.write(`${line}\n`) }, ENGINES);
try {
  process.env[SERVERS_VARIABLE] = JSON.stringify(servers.map((server) => ({ ...server })));
  process.stdout.write(
    `Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(1)}\n\n`,
  );
  const head = ['plain', 'longest wait', 'online', 'longest wait', 'for a lock', 'without a revision', 'part'];
  process.stdout.write(`| ${ROWS.toLocaleString('en-GB')} rows | | ${head.join(' | ')} |\n`);
  process.stdout.write(`| --- | --- | ${head.map(() => '---:').join(' | ')} |\n`);
  for (const engine of ENGINES) {
    const version = servers.find((server) => server.engine === engine)?.version;
    const changes = { ...everywhere, ...(engine === 'postgres' && onPostgres) };
    for (const [name, operation] of Object.entries(changes)) {
      if (ONLY !== undefined && name !== ONLY) continue;
      const [plain, online] = [await measured(engine, operation, 'plain'), await measured(engine, operation, 'online')];
      const times = [plain.took, plain.longest, online.took, online.longest, online.locked, online.idle];
      const part = `1/${(plain.longest / online.longest).toFixed(1)}`;
      process.stdout.write(`| ${engine} ${version} | ${name} | ${times.map(milliseconds).join(' | ')} | ${part} |\n`);
    }
  }
  process.stdout.write(`\nLoad at the end ${loadavg()[0]?.toFixed(1)}\n`);
} finally {
  await stopServers(servers);
}
