/**
 * `lock: 'transaction'` behind a real PgBouncer in transaction mode, where no session lasts longer than a transaction, and
 * on PostgreSQL itself.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidOptionError, LockLostError, type MigrationEvent, type MigrationModuleOptions } from 'nest-migrate';
import { adminQuery, createDatabase, serverOf, type TestDatabase } from '../../support/databases.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { type Server, startPgbouncer } from '../../support/servers/index.ts';

const lock = 'transaction';
let pooler: Server;
beforeAll(async () => {
  pooler = await startPgbouncer(serverOf('postgres'));
});
afterAll(() => pooler.stop());

const running: Scenario[] = [];
const databases: TestDatabase[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
  while (databases.length > 0) await databases.pop()!.drop();
});

type Way = 'pooler' | 'server';

/** A database and, for it, one ORM after another. */
async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createDatabase('postgres');
  databases.push(database);
  return database;
}

async function start(
  way: Way,
  database: TestDatabase,
  revisions: ScenarioOptions['revisions'],
  options: { readonly module?: MigrationModuleOptions; readonly poolMax?: number } = {},
): Promise<Scenario> {
  const { host, port } = way === 'pooler' ? pooler : serverOf('postgres');
  const started = await scenario('postgres', {
    database: { ...database, options: { ...database.options, host, port } },
    revisions,
    module: { lock, ...options.module },
    poolMax: options.poolMax ?? 4,
  });
  running.push(started);
  return started;
}

function connectionOf(at: Scenario): AbstractSqlConnection {
  return at.orm.em.getConnection() as AbstractSqlConnection;
}

async function rows(at: Scenario, sql: string): Promise<readonly Record<string, unknown>[]> {
  return connectionOf(at).execute(sql);
}

/** Asks until there is an answer that satisfies. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (let left = 400; ; left -= 1) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (left === 0) throw new Error(`It never came about: ${JSON.stringify(answer)}`);
    await pause(50);
  }
}

/** The server processes that hold an advisory lock in a database. */
async function lockHolders(database: TestDatabase, state?: string): Promise<readonly number[]> {
  const found = await adminQuery(
    'postgres',
    `select a.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and a.datname = ? and a.state like ?`,
    [database.name, state ?? '%'],
  );
  return found.map(({ pid }) => Number(pid));
}

async function activeStatements(database: TestDatabase, like: string): Promise<number> {
  const found = await adminQuery(
    'postgres',
    "select 1 from pg_stat_activity where datname = ? and state = 'active' and query like ?",
    [database.name, like],
  );
  return found.length;
}

/** Makes every `lock table gate` of a revision wait until the function that is answered is called. */
async function closeGate(database: TestDatabase): Promise<() => Promise<void>> {
  const keeper = connectionOf(await start('server', database, {}));
  await keeper.execute('create table if not exists gate ()');
  const closed = await keeper.begin();
  await keeper.execute('lock table gate', [], 'run', closed);
  return () => keeper.commit(closed);
}

const two: Revisions = {
  aaaa: {
    upgrade: (op) => op.execute('create table a (n int)'),
    downgrade: (op) => op.execute('drop table a'),
  },
  bbbb: {
    upgrade: (op) => op.execute('insert into a values (1)'),
    downgrade: (op) => op.execute('delete from a'),
  },
};

/** Builds an index while the table is in use, the way that waits for every older snapshot. */
const concurrently: Revisions = {
  aaaa: async (op) => {
    await op.execute('create table a (n int)');
    await op.autocommitBlock(async (block) => {
      await block.createIndex('a', ['n'], { name: 'a_n', concurrently: true });
    });
    await op.execute('insert into a values (1)');
  },
};

describe.each(['pooler', 'server'] as const)("lock: 'transaction', by way of the %s", (way) => {
  it('upgrades, tells, stamps and downgrades', async () => {
    const database = await emptyDatabase();
    const at = await start(way, database, two);
    const events: MigrationEvent[] = [];
    expect((await at.migrations.upgrade({ onEvent: (event) => events.push(event) })).rows).toEqual(['bbbb']);
    expect(events.filter(({ type }) => type === 'lockAcquired' || type === 'lockReleased')).toHaveLength(2);
    expect((await at.migrations.status()).rows).toEqual(['bbbb']);
    expect((await at.migrations.current()).rows).toEqual(['bbbb']);
    const { operations } = await at.migrations.check();
    expect(operations).toMatchObject([{ kind: 'dropTable' }]);
    expect((await at.migrations.downgrade({ target: 'aaaa' })).rows).toEqual(['aaaa']);
    expect(await rows(at, 'select n from a')).toEqual([]);
    expect((await at.migrations.stamp({ revisions: 'head', purge: true })).rows).toEqual(['bbbb']);
    expect((await at.migrations.downgrade({ target: 'base' })).rows).toEqual([]);
    expect(await lockHolders(database)).toEqual([]);
  });

  it.each([true, false])('lets one of many runs apply each revision, transactionPerMigration: %s', async (each) => {
    const database = await emptyDatabase();
    const all = await Promise.all(
      Array.from({ length: 8 }, () =>
        start(way, database, two, { module: { transactionPerMigration: each }, poolMax: 2 }),
      ),
    );
    const results = await Promise.all(all.map(({ migrations }) => migrations.upgrade()));
    const steps = results.flatMap((result) => result.steps.map(({ revision }) => revision));
    expect(steps).toEqual(['aaaa', 'bbbb']);
    expect(await rows(all[0], 'select n from a')).toEqual([{ n: 1 }]);
  });

  it('lets runs wait for one another that share a pool of two', async () => {
    const at = await start(way, await emptyDatabase(), two, { poolMax: 2 });
    const results = await Promise.all([1, 2, 3].map(() => at.migrations.upgrade()));
    expect(results.flatMap(({ steps }) => steps.map(({ revision }) => revision))).toEqual(['aaaa', 'bbbb']);
  });

  it('builds an index concurrently while others wait for the lock', async () => {
    const database = await emptyDatabase();
    const all = [await start(way, database, concurrently), await start(way, database, concurrently)];
    const results = await Promise.all(all.map(({ migrations }) => migrations.upgrade()));
    expect(results.flatMap(({ steps }) => steps)).toHaveLength(1);
    expect(await rows(all[0], "select indisvalid from pg_index where indexrelid = 'a_n'::regclass")).toEqual([
      { indisvalid: true },
    ]);
  });

  it('stops before its next statement once the lock is lost, and another run goes on', async () => {
    const revisions: Revisions = {
      aaaa: (op) => op.execute('create table a (n int)'),
      bbbb: async (op) => {
        await op.execute('insert into a values (1)');
        await op.execute('lock table gate');
        await op.execute('insert into a values (2)');
      },
    };
    const database = await emptyDatabase();
    const open = await closeGate(database);
    const at = await start(way, database, revisions);
    const events: MigrationEvent[] = [];
    const failing = at.migrations
      .upgrade({ onEvent: (event) => events.push(event) })
      .catch((failure: unknown) => failure);
    await until(
      () => activeStatements(database, 'lock table gate'),
      (count) => count === 1,
    );
    const [pid] = await lockHolders(database, 'idle in transaction');
    await adminQuery('postgres', 'select pg_terminate_backend(?)', [pid]);
    // the other one has the lock at once, and waits for the transaction of the one that lost it
    const other = await start(way, database, revisions);
    const told: MigrationEvent['type'][] = [];
    const going = other.migrations.upgrade({ onEvent: ({ type }) => told.push(type) });
    await until(async () => told.includes('lockWaiting'), Boolean);
    expect(told.slice(-3)).toEqual(['lockAcquired', 'planned', 'lockWaiting']);
    await open();
    expect((await going).steps.map(({ revision }) => revision)).toEqual(['bbbb']);
    expect(await failing).toBeInstanceOf(LockLostError);
    expect(await failing).toMatchObject({ code: 'LOCK_LOST' });
    const sent = events.flatMap((event) => (event.type === 'statementStarted' ? [event.sql] : []));
    expect(sent.at(-1)).toBe('lock table gate');
    expect(await rows(other, 'select n from a order by n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect((await other.migrations.current()).rows).toEqual(['bbbb']);
  });

  it('judges an interrupted statement only when the server has ended it', async () => {
    const revisions: Revisions = {
      aaaa: (op) => op.execute('create table a (n int)'),
      bbbb: async (op) => {
        await op.autocommitBlock(async (block) => {
          await block.createIndex('a', ['n'], { name: 'a_n', concurrently: true });
        });
      },
    };
    const database = await emptyDatabase();
    const at = await start(way, database, revisions);
    await at.migrations.upgrade({ target: 'aaaa' });
    // the index waits for whoever writes to the table
    const writer = await start('server', database, {});
    const writing = await connectionOf(writer).begin();
    await connectionOf(writer).execute('insert into a values (1)', [], 'run', writing);
    const failing = at.migrations.upgrade().catch((failure: unknown) => failure);
    await until(
      () => activeStatements(database, 'create index concurrently%'),
      (count) => count === 1,
    );
    const [pid] = await lockHolders(database, 'idle in transaction');
    await adminQuery('postgres', 'select pg_terminate_backend(?)', [pid]);
    const events: MigrationEvent[] = [];
    const other = await start(way, database, revisions);
    const going = other.migrations.upgrade({ onEvent: (event) => events.push(event) });
    const isTold = (event: MigrationEvent): boolean =>
      event.type === 'warning' && event.message.includes('which runs: create index concurrently');
    await until(async () => events.some(isTold), Boolean);
    await connectionOf(writer).commit(writing);
    expect((await going).rows).toEqual(['bbbb']);
    // it had taken effect, and is left out
    expect(events.filter(({ type }) => type === 'statementStarted')).toEqual([]);
    expect(await failing).toBeInstanceOf(LockLostError);
  });

  it('keeps a run with a lock of the session out, and waits for one', async () => {
    const revisions: Revisions = { aaaa: (op) => op.execute('lock table gate') };
    const database = await emptyDatabase();
    const pooled = await start(way, database, revisions);
    const direct = await start('server', database, revisions, { module: { lock: 'session' } });
    const atTheGate = (): Promise<number> =>
      until(
        () => activeStatements(database, 'lock table gate'),
        (count) => count === 1,
      );

    let open = await closeGate(database);
    const holding = pooled.migrations.upgrade();
    await atTheGate();
    await expect(direct.migrations.upgrade({ lockWaitTimeout: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await open();
    await holding;
    await pooled.migrations.downgrade({ target: 'base' });

    open = await closeGate(database);
    const other = direct.migrations.upgrade();
    await atTheGate();
    await expect(pooled.migrations.upgrade({ lockWaitTimeout: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      holder: expect.stringMatching(/^the session with pid \d+ .*which runs: lock table gate$/),
    });
    const events: MigrationEvent[] = [];
    const waiting = pooled.migrations.upgrade({ onEvent: (event) => events.push(event) });
    await until(async () => events.some(({ type }) => type === 'lockWaiting'), Boolean);
    await open();
    expect((await other).rows).toEqual(['aaaa']);
    expect((await waiting).steps).toEqual([]);
  });

  it('needs a pool of two, and says so', async () => {
    const at = await start(way, await emptyDatabase(), two, { poolMax: 1 });
    const failure = await at.migrations.upgrade().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidOptionError);
    expect(String(failure)).toContain('pool of one connection');
    expect((await at.migrations.current()).rows).toEqual([]);
  });
});

it("lock takes 'session' and 'transaction', and nothing else", async () => {
  const database = await emptyDatabase();
  const module = { lock: 'transactions' } as unknown as MigrationModuleOptions;
  await expect(scenario('postgres', { database, module })).rejects.toThrow("Use 'session' or 'transaction'.");
});

it.each(['pglite', 'mysql', 'mariadb', 'sqlite'] as const)("lock: 'transaction' is refused on %s", async (engine) => {
  const database = await createDatabase(engine);
  databases.push(database);
  await expect(scenario(engine, { database, revisions: { aaaa: '' }, module: { lock } })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    option: 'lock',
  });
});
