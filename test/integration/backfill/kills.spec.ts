/**
 * Backfills that are interrupted: their process is killed, frozen, or not the only one. Whatever happens, each row is worked
 * on once; the work counts how often. In real processes. A few kills in every run, `BACKFILL_KILLS=200 npm run
 * test:backfill` makes so many on each engine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { countsOf, ROWS, wrongIn } from '../../support/backfill-counts.ts';
import { countingRevisions } from '../../support/backfill-history.ts';
import { type Backfilling, type BackfillReport } from '../../support/backfilling-process.ts';
import { adminQuery, allEngines, createDatabase, type Engine, type TestDatabase } from '../../support/databases.ts';
import { engineNames, type ServerEngine, serverEngines } from '../../support/engines.ts';
import { TEST_LIMIT } from '../../support/limits.ts';
import { environmentOf } from '../../support/processes.ts';
import { scenario } from '../../support/scenario.ts';
import { openDatabase } from '../../support/scripts.ts';

/** How often a process is killed on each engine. */
const KILLS = Number(process.env['BACKFILL_KILLS'] ?? 2);

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

interface Place {
  readonly database: TestDatabase;
  readonly job: Backfilling;
}

/** A database at `aaaa`, or at `bbbb` where rows have been worked on once, with the revisions of the counts. */
async function place(
  engine: Engine,
  at: 'aaaa' | 'bbbb',
  speed: Parameters<typeof countingRevisions>[0],
): Promise<Place> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  const revisions = countingRevisions(speed);
  const made = await scenario(engine, { database, revisions });
  ending.push(() => made.folder.remove());
  await made.migrations.upgrade({ target: at });
  await made.app.close();
  const { driver: _driver, ...options } = database.options;
  return { database, job: { engine, options, path: made.folder.path } };
}

interface Backfiller {
  readonly child: ChildProcess;
  readonly reports: readonly BackfillReport[];
  /** Resolves when there is a report that the condition holds for. */
  until(isIt: (report: BackfillReport) => boolean): Promise<BackfillReport>;
  readonly ended: Promise<unknown>;
}

/** A process that works on these databases at once. */
function backfiller(jobs: readonly Backfilling[]): Backfiller {
  const sources = pathToFileURL(resolve('scripts/autogenerate-matrix/typescript-sources.mjs')).href;
  const flags = ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--import', sources];
  const child = spawn(process.execPath, [...flags, resolve('test/support/backfilling-process.ts')], {
    env: environmentOf({ BACKFILLING: JSON.stringify(jobs) }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ending.push(async () => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const reports: BackfillReport[] = [];
  const heard = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    reports.push(JSON.parse(line) as BackfillReport);
    for (const hear of heard) hear();
  });
  return {
    child,
    reports,
    ended,
    until: (isIt) =>
      new Promise((resolved, rejected) => {
        const hear = (): void => {
          const found = reports.find(isIt);
          if (found === undefined) return;
          heard.delete(hear);
          resolved(found);
        };
        heard.add(hear);
        hear();
        void ended.then(() => rejected(new Error(`it has ended: ${JSON.stringify(reports.at(-1))}`)));
      }),
  };
}

async function counted(database: TestDatabase): Promise<Awaited<ReturnType<typeof countsOf>>> {
  const { orm } = await openDatabase(database);
  try {
    return await countsOf(orm.em.getConnection());
  } finally {
    await orm.close(true);
  }
}

describe('a process that is killed while it fills rows', () => {
  // PGlite keeps the others waiting while it works
  const groups: readonly (readonly Engine[])[] = [['pglite'], allEngines.filter((engine) => engine !== 'pglite')];

  it.each(groups.map((group) => ({ group, names: group.map((name) => engineNames[name]).join(', ') })))(
    'has worked on each row once, on $names',
    async ({ group }) => {
      const places = await Promise.all(group.map((engine) => place(engine, 'bbbb', { pause: 2, batch: 40 })));
      const jobs = places.map(({ job }) => job);
      const wrong: string[] = [];
      const kills = new Map<Engine, number>();
      for (let kill = 0; kill < KILLS; kill += 1) {
        const run = backfiller(jobs);
        for (const engine of group) await run.until((report) => report.engine === engine && report.what === 'batch');
        await sleep(Math.random() * 400);
        run.child.kill('SIGKILL');
        await run.ended;
        for (const { engine, what, counts, message } of run.reports) {
          const found = counts === undefined ? undefined : wrongIn(counts);
          if (found !== undefined) wrong.push(`${engine}: ${found}`);
          if (what === 'ended') wrong.push(`${engine}: it has ended, ${message ?? 'well'}`);
        }
        for (const engine of group) kills.set(engine, (kills.get(engine) ?? 0) + 1);
      }
      const last = backfiller(jobs.map((job) => ({ ...job, isOnce: true })));
      await last.ended;
      expect(last.reports.filter(({ what, code }) => what === 'ended' && code === undefined)).toHaveLength(
        group.length,
      );
      for (const { database, job } of places) {
        const counts = await counted(database);
        const { upgrades } = counts;
        process.stderr.write(
          `Backfills on ${engineNames[job.engine]}: ${kills.get(job.engine)} kills, ${upgrades} upgrades, each row worked on ${counts.book_least}–${counts.book_most} and ${counts.entry_least}–${counts.entry_most} times\n`,
        );
        expect(counts).toMatchObject({ book_sum: upgrades * ROWS, entry_sum: upgrades * ROWS, notes: 0 });
        expect(wrongIn(counts)).toBeUndefined();
      }
      expect(wrong).toEqual([]);
    },
    TEST_LIMIT + KILLS * 60_000,
  );
});

describe('two processes that fill the same rows at once', () => {
  const lasting = [
    ...[...serverEngines, 'sqlite' as const].map((engine) => ({ engine, lock: 'session' as const })),
    { engine: 'postgres' as const, lock: 'transaction' as const },
  ];

  it.each(lasting)('both end well on $engine with a lock of the $lock, and each row is worked on once', async (at) => {
    const { database, job } = await place(at.engine, 'aaaa', { pause: 3, batch: 40 });
    const once = { ...job, isOnce: true, lock: at.lock };
    const runs = [backfiller([once]), backfiller([once])];
    await Promise.all(runs.map(({ ended }) => ended));
    expect(runs.map(({ reports }) => reports.at(-1))).toEqual([
      { engine: at.engine, what: 'ended' },
      { engine: at.engine, what: 'ended' },
    ]);
    const counts = await counted(database);
    expect(wrongIn(counts)).toBeUndefined();
    expect(counts).toMatchObject({ upgrades: 1, book_sum: ROWS, entry_sum: ROWS, notes: 0 });
  });
});

describe('a process that is frozen while it fills rows, and wakes up when another has gone on', () => {
  /** A process that is frozen, has committed a batch, and has no transaction open. */
  async function frozen(job: Backfilling, isInTransaction: () => Promise<boolean>): Promise<Backfiller> {
    const run = backfiller([{ ...job, isOnce: true }]);
    for (let seen = 1; ; seen = run.reports.length + 1) {
      await run.until(() => run.reports.length >= seen);
      run.child.kill('SIGSTOP');
      if (!(await isInTransaction())) return run;
      run.child.kill('SIGCONT');
    }
  }

  /** Another process goes on to the end, and the first one is continued. */
  async function overtaken(run: Backfiller, job: Backfilling): Promise<BackfillReport | undefined> {
    const other = backfiller([{ ...job, isOnce: true }]);
    await other.ended;
    expect(other.reports.at(-1)).toEqual({ engine: job.engine, what: 'ended' });
    run.child.kill('SIGCONT');
    await run.ended;
    return run.reports.at(-1);
  }

  const sessions: Readonly<Record<ServerEngine, string>> = {
    postgres:
      "select pid as id, state like 'idle in transaction%' as is_open, exists (select 1 from pg_locks l where l.pid = a.pid and l.locktype = 'advisory') as is_holder from pg_stat_activity a where datname = ?",
    mysql:
      'select processlist_id as id, exists (select 1 from information_schema.innodb_trx where trx_mysql_thread_id = processlist_id) as is_open from performance_schema.threads where processlist_db = ?',
    mariadb:
      'select id, exists (select 1 from information_schema.innodb_trx where trx_mysql_thread_id = id) as is_open from information_schema.processlist where db = ?',
  };

  it.each(serverEngines)(
    'fails on %s, where the server has ended its session, and leaves each row as it is',
    async (engine) => {
      const { database, job } = await place(engine, 'aaaa', { pause: 200, batch: 100 });
      const own = (): ReturnType<typeof adminQuery> => adminQuery(engine, sessions[engine], [database.name]);
      const run = await frozen(job, async () => (await own()).some(({ is_open: isOpen }) => Number(isOpen) === 1));
      for (const { id } of await own())
        await adminQuery(
          engine,
          engine === 'postgres' ? `select pg_terminate_backend(${Number(id)})` : `kill ${Number(id)}`,
        );
      expect((await overtaken(run, job))?.code).toMatch(/^(?:CONNECTION_LOST|REVISION_FAILED)$/);
      const counts = await counted(database);
      expect(wrongIn(counts)).toBeUndefined();
      expect(counts).toMatchObject({ upgrades: 1, book_sum: ROWS, entry_sum: ROWS, notes: 0 });
    },
  );

  it('fails on PostgreSQL, where only the connection is gone that held its lock', async () => {
    const { database, job } = await place('postgres', 'aaaa', { pause: 200, batch: 100 });
    const own = (): ReturnType<typeof adminQuery> => adminQuery('postgres', sessions.postgres, [database.name]);
    const held = { ...job, lock: 'transaction' as const };
    const run = await frozen(
      held,
      async () => (await own()).filter(({ is_open: isOpen }) => isOpen === true).length > 1,
    );
    const [holder] = (await own()).filter(({ is_holder: isHolder }) => isHolder === true);
    await adminQuery('postgres', `select pg_terminate_backend(${Number(holder?.['id'])})`);
    expect((await overtaken(run, held))?.code).toBe('LOCK_LOST');
    const counts = await counted(database);
    expect(wrongIn(counts)).toBeUndefined();
    expect(counts).toMatchObject({ upgrades: 1, book_sum: ROWS, entry_sum: ROWS, notes: 0 });
  });

  it('has nothing left to do on SQLite, whose lock lasts no longer than a batch', async () => {
    const { database, job } = await place('sqlite', 'aaaa', { pause: 200, batch: 100 });
    const { orm } = await openDatabase(database);
    const tryLock = async (): Promise<boolean> => {
      const connection = orm.em.getConnection() as unknown as { execute(sql: string): Promise<unknown> };
      return connection.execute('begin immediate').then(
        () => connection.execute('rollback').then(() => true),
        () => false,
      );
    };
    const run = await frozen(job, async () => !(await tryLock()));
    await orm.close(true);
    expect((await overtaken(run, job))?.code).toBeUndefined();
    const counts = await counted(database);
    expect(wrongIn(counts)).toBeUndefined();
    expect(counts).toMatchObject({ upgrades: 1, book_sum: ROWS, entry_sum: ROWS, notes: 0 });
  });
});
