/**
 * The default `lock: 'session'` behind a real PgBouncer: in transaction mode it is refused before anything runs, whether the
 * pooler is idle or busy, and no lock stays behind; in session mode it works.
 */
import { type AbstractSqlConnection, MikroORM, type SqlEntityManager } from '@mikro-orm/sql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type MigrationEvent } from 'nest-migrate';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { type MigrationLock } from '../../../libs/nest-migrate/src/engines/session/lock.js';
import { type SqlSession } from '../../../libs/nest-migrate/src/engines/session/sql-session.js';
import { wayToServer } from '../../../libs/nest-migrate/src/runtime/side-session.js';
import { adminQuery, createDatabase, serverOf, type TestDatabase } from '../../support/databases.ts';
import { executing, type RevisionCode } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { type Server, startPgbouncer } from '../../support/servers/index.ts';

type Pooler = 'used last, used next' | 'in turn' | 'one session' | 'session mode' | 'session mode, one session';
const poolers = new Map<Pooler, Server>();
beforeAll(async () => {
  const server = serverOf('postgres');
  poolers.set('used last, used next', await startPgbouncer(server));
  poolers.set('in turn', await startPgbouncer(server, { roundRobin: true }));
  poolers.set('one session', await startPgbouncer(server, { poolSize: 1 }));
  poolers.set('session mode', await startPgbouncer(server, { poolMode: 'session' }));
  poolers.set('session mode, one session', await startPgbouncer(server, { poolMode: 'session', poolSize: 1 }));
});
afterAll(async () => {
  for (const pooler of poolers.values()) await pooler.stop();
});

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createDatabase('postgres');
  ending.push(() => database.drop());
  return database;
}

function through(pooler: Pooler, database: TestDatabase): TestDatabase {
  const { host, port } = poolers.get(pooler)!;
  return { ...database, options: { ...database.options, host, port } };
}

async function start(database: TestDatabase, poolMax: number): Promise<Scenario> {
  const revisions: Revisions = { aaaa: (op) => op.execute('create table a (n int)') };
  const at = await scenario('postgres', { database, revisions, poolMax });
  ending.push(() => at.end());
  return at;
}

/** Clients that do one short transaction after the other, as a busy application does. */
async function keepBusy(database: TestDatabase, clients: number): Promise<void> {
  const orm = await MikroORM.init({
    ...database.options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
    pool: { max: clients },
  });
  let isOver = false;
  const em = orm.em as unknown as SqlEntityManager;
  const work = Array.from({ length: clients }, async () => {
    while (!isOver) {
      const one = em.fork();
      await one.transactional((at) => at.execute('select pg_sleep(random() * 0.004)'));
    }
  });
  ending.push(async () => {
    isOver = true;
    await Promise.all(work);
    await orm.close(true);
  });
}

async function locks(database: TestDatabase): Promise<number> {
  const [row] = await adminQuery(
    'postgres',
    `select count(*) as n from pg_locks where locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = ?)`,
    [database.name],
  );
  return Number(row?.['n']);
}

async function tables(database: TestDatabase): Promise<readonly unknown[]> {
  const query = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'";
  return adminQuery('postgres', query, [], { database: database.name });
}

const refusal = {
  code: 'SESSION_NOT_KEPT',
  leftOn: null,
  message: expect.stringMatching(/pooler.* Nothing was run\. Set lock: 'transaction' in MigrationModule\.forRoot\(\)/),
};

describe.each(['used last, used next', 'in turn', 'one session'] as const)(
  'behind a pooler in transaction mode, its server sessions: %s',
  (pooler) => {
    it.each([1, 4])('a lock of the session is refused before anything runs, the pool being of %d', async (poolMax) => {
      const database = await emptyDatabase();
      const at = await start(through(pooler, database), poolMax);
      const events: MigrationEvent[] = [];
      const onEvent = (event: MigrationEvent): void => void events.push(event);
      for (let count = 0; count < 3; count++) {
        await expect(at.migrations.upgrade({ onEvent })).rejects.toMatchObject(refusal);
        await expect(at.migrations.ensureVersion({ onEvent })).rejects.toMatchObject(refusal);
      }
      expect(events).toEqual([]);
      expect([await tables(database), await locks(database)]).toEqual([[], 0]);
      // looking takes no lock
      expect((await at.migrations.current()).rows).toEqual([]);
    });

    it('the same while others keep it busy', async () => {
      const database = await emptyDatabase();
      await keepBusy(through(pooler, database), 6);
      const at = await start(through(pooler, database), 2);
      for (let count = 0; count < 15; count++) {
        await expect(at.migrations.upgrade()).rejects.toMatchObject(refusal);
      }
      expect([await tables(database), await locks(database)]).toEqual([[], 0]);
    });
  },
);

describe.each(['session mode', 'session mode, one session'] as const)('behind a pooler in %s', (pooler) => {
  it('a lock of the session is taken and let go of', async () => {
    const database = await emptyDatabase();
    const at = await start(through(pooler, database), 1);
    const events: MigrationEvent[] = [];
    expect((await at.migrations.upgrade({ onEvent: (event) => void events.push(event) })).rows).toEqual(['aaaa']);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['lockAcquired', 'lockReleased']));
    expect(await locks(database)).toBe(0);
  });
});

describe('a lock that was taken on a server session which is another’s by now', () => {
  interface Taken {
    readonly lock: MigrationLock;
    readonly session: SqlSession;
    readonly way: ReturnType<typeof wayToServer>;
  }

  /** As if the first look had seen nothing. */
  async function taken(pooler: Pooler, database: TestDatabase, patience?: number): Promise<Taken> {
    const { orm } = await start(through(pooler, database), 2);
    const connection = orm.em.getConnection() as AbstractSqlConnection;
    const session: SqlSession = {
      query: (sql) => connection.execute(sql),
      execute: async (sql) => (await connection.execute<{ affectedRows: number }>(sql, [], 'run')).affectedRows,
    };
    const lock = engineFor(orm as never).locks.ofSession('nest_migrate_version', 'public')!;
    expect(await lock.tryAcquire(session)).toBe(true);
    expect(await locks(database)).toBe(1);
    return { lock, session, way: wayToServer(orm as never, patience) };
  }

  it.each(['used last, used next', 'in turn'] as const)('is let go of before anything runs: %s', async (pooler) => {
    const database = await emptyDatabase();
    await keepBusy(through(pooler, database), 6);
    const { lock, session, way } = await taken(pooler, database);
    await expect(lock.confirm!(session, way)).rejects.toMatchObject(refusal);
    expect(await locks(database)).toBe(0);
  });

  it('is let go of while nobody else uses the pooler, whose sessions have to be gone through', async () => {
    const database = await emptyDatabase();
    const pooled = through('used last, used next', database);
    const { lock, session, way } = await taken('used last, used next', database);
    const sides = await Promise.all([1, 2, 3].map(() => way.openBeside()));
    // three more server sessions, used after the one that holds the lock
    for (const side of sides) await side!.query('begin');
    for (const side of sides) await side!.query('rollback');
    await Promise.all(sides.map((side) => side!.close()));
    await expect(lock.confirm!(session, way)).rejects.toMatchObject(refusal);
    expect(await locks(pooled)).toBe(0);
  });

  it('is let go of at the end, where it was noticed only there, and that is said', async () => {
    const database = await emptyDatabase();
    const { lock, session, way } = await taken('used last, used next', database);
    const side = await way.openBeside();
    // it gets the session that holds the lock, and keeps it for a moment
    await side!.query('begin');
    await side!.query('select 1');
    const releasing = lock.release(session, way).catch((error: unknown) => error);
    await side!.query('select pg_sleep(3)');
    await side!.query('rollback');
    expect(await releasing).toMatchObject({
      code: 'SESSION_NOT_KEPT',
      leftOn: null,
      message: expect.stringContaining('The run was not alone'),
    });
    expect(await locks(database)).toBe(0);
    await side!.close();
  });

  it('is not named where the pooler has closed that session meanwhile', async () => {
    const database = await emptyDatabase();
    const { lock, session, way } = await taken('used last, used next', database);
    await adminQuery(
      'postgres',
      "select pg_terminate_backend(pid, 60000) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = ?)",
      [database.name],
    );
    await expect(lock.confirm!(session, way)).rejects.toMatchObject(refusal);
  });

  it('is named with the way to end it, where another client keeps the session that holds it', async () => {
    const database = await emptyDatabase();
    const { lock, session, way } = await taken('used last, used next', database, 2_000);
    const side = await way.openBeside();
    await side!.query('begin');
    const [kept] = await side!.query<{ pid: number }>('select pg_backend_pid() as pid');
    await expect(lock.confirm!(session, way)).rejects.toMatchObject({
      code: 'SESSION_NOT_KEPT',
      leftOn: kept.pid,
      message: expect.stringContaining(`select pg_terminate_backend(${kept.pid})`),
    });
    await side!.close();
  });
});

describe.each(['postgres', 'mysql', 'mariadb'] as const)('a revision on %s that lets go of all locks', (engine) => {
  it('is refused before it runs', async () => {
    const all = engine === 'postgres' ? 'select pg_advisory_unlock_all()' : 'select release_all_locks()';
    const at = await scenario(engine, { revisions: { aaaa: executing(all) } });
    ending.push(() => at.end());
    await expect(at.migrations.upgrade()).rejects.toMatchObject({ cause: { code: 'LOCK_RELEASE' } });
  });

  it('is told so behind the run, where a routine or a text that is put together hides it', async () => {
    const revision: RevisionCode =
      engine === 'postgres'
        ? async (op) => op.execute("do $$ begin execute 'select pg_advisory_un' || 'lock_all()'; end $$")
        : async (op) => {
            await op.execute('create procedure let_go() select release_all_locks()');
            await op.execute('call let_go()');
          };
    const at = await scenario(engine, { revisions: { aaaa: revision } });
    ending.push(() => at.end());
    const events: MigrationEvent[] = [];
    expect((await at.migrations.upgrade({ onEvent: (event) => void events.push(event) })).rows).toEqual(['aaaa']);
    const told = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(told).toEqual([expect.stringContaining('The migration lock was let go of before this run has ended')]);
  });
});
