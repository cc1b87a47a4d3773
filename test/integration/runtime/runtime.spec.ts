import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MigrationHealthIndicator, type MigrationEvent, MigrationError } from 'nest-migrate';
import { PinnedSession } from '../../../libs/nest-migrate/src/runtime/pinned-session.ts';
import { adminQuery, createDatabase, type ServerEngine, type TestDatabase } from '../../support/databases.ts';
import { allEngines } from '../../support/engines.ts';
import { closeGate, gateStatement, type Gate } from '../../support/gate.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { openDatabase } from '../../support/scripts.ts';

const running: Scenario[] = [];
const gates: Gate[] = [];
const databases: TestDatabase[] = [];
afterEach(async () => {
  while (gates.length > 0) await gates.pop()!.open();
  while (running.length > 0) await running.pop()!.end();
  while (databases.length > 0) await databases.pop()!.drop();
});

async function start(...args: Parameters<typeof scenario>): Promise<Scenario> {
  const started = await scenario(...args);
  running.push(started);
  return started;
}

/** A database with a revision whose statement waits for a gate, which is closed. */
async function startAtGate(
  engine: ServerEngine,
  revision: (statement: string) => RevisionCode,
): Promise<{ readonly at: Scenario; readonly gate: Gate; readonly statement: string }> {
  const database = await createDatabase(engine);
  databases.push(database);
  const statement = gateStatement(engine, database.name);
  const gate = await closeGate(database);
  gates.push(gate);
  return { at: await start(engine, { database, revisions: { aaaa: revision(statement) } }), gate, statement };
}

async function rows(at: Scenario, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute(sql);
}

async function tables(at: Scenario): Promise<readonly string[]> {
  if (at.database.engine === 'sqlite') {
    const all = await rows(
      at,
      "select name from sqlite_master where type = 'table' and name not like '%_journal' order by 1",
    );
    return all.map(({ name }) => String(name));
  }
  const schema = at.database.engine === 'mysql' || at.database.engine === 'mariadb' ? 'database()' : "'public'";
  const found = await rows(
    at,
    `select table_name as name from information_schema.tables where table_schema = ${schema} and table_name not like '%_journal' order by 1`,
  );
  return found.map(({ name }) => String(name));
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return error instanceof MigrationError ? error.code : String(error);
}

const TRANSACTIONAL = ['postgres', 'pglite', 'sqlite'];

describe.each(allEngines)('a run on %s', (engine) => {
  const transactional = TRANSACTIONAL.includes(engine);

  it('applies, reports and undoes revisions, with a pool of one', async () => {
    const at = await start(engine, {
      poolMax: 1,
      revisions: {
        aaaa: {
          upgrade: (op) => op.execute('create table a (n int)'),
          downgrade: (op) => op.execute('drop table a'),
        },
        bbbb: {
          upgrade: (op) => op.execute('create table b (n int)'),
          downgrade: (op) => op.execute('drop table b'),
        },
      },
    });
    const events: MigrationEvent[] = [];
    const up = await at.migrations.upgrade({ onEvent: (event) => events.push(event) });
    expect(up).toMatchObject({ before: [], rows: ['bbbb'] });
    expect(
      up.steps.map(({ direction, revision, from, to, rows: after }) => [direction, revision, from, to, after]),
    ).toEqual([
      ['upgrade', 'aaaa', [], ['aaaa'], ['aaaa']],
      ['upgrade', 'bbbb', ['aaaa'], ['bbbb'], ['bbbb']],
    ]);
    expect(events.filter(({ type }) => type === 'stepFinished')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'statementFinished')).toHaveLength(2);
    expect(events.every(({ connection }) => connection === 'default')).toBe(true);
    expect(await at.migrations.upgrade()).toEqual({ before: ['bbbb'], rows: ['bbbb'], steps: [] });
    expect((await at.migrations.current()).atHead).toBe(true);
    expect((await at.migrations.downgrade()).rows).toEqual(['aaaa']);
    expect((await at.migrations.downgrade({ target: 'base' })).rows).toEqual([]);
    expect(await tables(at)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
  });

  it('reads without writing', async () => {
    const at = await start(engine, { revisions: { aaaa: {} } });
    expect(await at.migrations.current()).toMatchObject({ rows: [], revisions: [], atHead: false });
    await at.migrations.history({ indicateCurrent: true });
    await at.migrations.heads();
    expect(await tables(at)).toEqual([]);
  });

  it('leaves a failed revision as the engine can, and says so', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: (op) => op.execute('create table a (n int)'),
        bbbb: async (op) => {
          await op.execute('create table b (n int)');
          await op.execute('select broken(');
        },
      },
    });
    const failure = await at.migrations.upgrade().catch((error: unknown) => error as MigrationError);
    expect(failure).toMatchObject({
      code: 'REVISION_FAILED',
      failure: {
        revision: 'bbbb',
        direction: 'upgrade',
        statement: { ordinal: 1, sql: 'select broken(' },
        aftermath: transactional ? 'rolled back' : 'partly applied',
        rows: ['aaaa'],
        finished: ['aaaa'],
      },
    });
    expect((failure as MigrationError).message.split('\n')).toHaveLength(1);
    expect(await tables(at)).toEqual(
      transactional
        ? ['a', 'nest_migrate_history', 'nest_migrate_version']
        : ['a', 'b', 'nest_migrate_history', 'nest_migrate_version'],
    );
    // nothing is held on to: the next run finds the lock free
    expect(await codeOf(at.migrations.upgrade({ lockWaitTimeout: 0 }))).toBe('REVISION_FAILED');
  });

  it('answers queries and works on data in a transaction that services join', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: async (op) => {
          await op.execute('create table a (n int, note varchar(20))');
          const put = [
            { n: 1, note: "it's" },
            { n: 2, note: 'back\\slash' },
          ];
          await op.bulkInsert('a', put);
          const found = await op.query('select n, note from a where n > ? order by n', [0]);
          if (JSON.stringify(found) !== JSON.stringify(put)) throw new Error(JSON.stringify(found));
          await op.transaction(async ({ em, kysely }) => {
            await em.execute('update a set n = n + 10');
            const numbers = await kysely.selectFrom('a').select('n').orderBy('n').execute();
            if (numbers[0]?.['n'] !== 11) throw new Error('kysely is outside of the transaction');
          });
        },
      },
    });
    await at.migrations.upgrade();
    expect(await rows(at, 'select n from a order by n')).toEqual([{ n: 11 }, { n: 12 }]);
  });

  it('takes a failed data transaction back, and only that', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: async (op) => {
          await op.execute('create table a (n int)');
          await op.execute('insert into a values (1)');
          const failed = await op
            .transaction(async ({ em }) => {
              await em.execute('insert into a values (2)');
              throw new Error('changed my mind');
            })
            .then(
              () => 'no',
              (error: unknown) => String(error),
            );
          if (failed !== 'Error: changed my mind') throw new Error(failed);
        },
      },
    });
    // the verb failed, so the revision fails, swallowed or not
    expect(await codeOf(at.migrations.upgrade())).toBe('REVISION_FAILED');
    if (!transactional) expect(await rows(at, 'select n from a')).toEqual([{ n: 1 }]);
  });

  it('moves no row that another client has moved meanwhile, and names both values', async () => {
    const at = await start(engine, {
      revisions: { aaaa: {}, bbbb: (op) => op.execute("update nest_migrate_version set version_num = 'elsewhere'") },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    await expect(at.migrations.upgrade()).rejects.toMatchObject({
      code: 'REVISION_FAILED',
      message: expect.stringMatching(/aaaa.*bbbb.*elsewhere/),
      cause: { code: 'VERSION_CONFLICT', rows: ['elsewhere'] },
    });
    // where the engine can, what the revision did is rolled back with it
    expect(await rows(at, 'select version_num from nest_migrate_version')).toEqual([
      { version_num: transactional ? 'aaaa' : 'elsewhere' },
    ]);
  });

  it('runs side by side in one process, each revision once', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: (op) => op.execute('create table a (n int)'),
        bbbb: (op) => op.execute('insert into a values (1)'),
      },
    });
    const results = await Promise.all([at.migrations.upgrade(), at.migrations.upgrade(), at.migrations.upgrade()]);
    expect(results.map(({ steps }) => steps.length).sort()).toEqual([0, 0, 2]);
    expect(await rows(at, 'select n from a')).toEqual([{ n: 1 }]);
  });

  it('keeps ids apart that differ in case alone', async () => {
    const at = await start(engine, { revisions: { ABCD: {}, abcd: {} } });
    await at.migrations.upgrade();
    expect(await rows(at, 'select version_num from nest_migrate_version')).toEqual([{ version_num: 'abcd' }]);
    expect((await at.migrations.downgrade()).rows).toEqual(['ABCD']);
  });
});

// what the runtime does there with any engine is in test/unit/runtime: once more, with everything there is around it
describe('a run', () => {
  it('runs verbs that nobody awaited, in order, before the revision ends', async () => {
    const at = await start('sqlite', {
      revisions: {
        aaaa: async (op) => {
          void op.execute('create table a (n int)');
          void op.execute('insert into a values (1)');
          void op.bulkInsert('a', [{ n: 2 }]);
        },
      },
    });
    await at.migrations.upgrade();
    expect(await rows(at, 'select n from a order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('hands the tag and the arguments of the run to its revisions', async () => {
    const at = await start('sqlite', {
      revisions: {
        aaaa: async (op) => {
          await op.execute('create table a (note varchar(20))');
          await op.bulkInsert('a', [{ note: `${op.tag} ${op.xArguments['color']}` }]);
        },
      },
    });
    await at.migrations.upgrade({ tag: 'release', xArguments: { color: 'red' } });
    expect(await rows(at, 'select note from a')).toEqual([{ note: 'release red' }]);
  });

  it('fails a revision that swallowed the failure of a verb', async () => {
    const at = await start('sqlite', {
      revisions: {
        aaaa: async (op) => {
          await op.execute('select broken(').catch(() => undefined);
          await op.execute('create table a (n int)').catch(() => undefined);
        },
      },
    });
    expect(await codeOf(at.migrations.upgrade())).toBe('REVISION_FAILED');
    expect(await tables(at)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
  });

  it('stops before the next statement when told to', async () => {
    const at = await start('sqlite', {
      revisions: {
        aaaa: (op) => op.execute('create table a (n int)'),
        bbbb: (op) => op.execute('create table b (n int)'),
      },
    });
    const controller = new AbortController();
    const stopped = at.migrations.upgrade({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'stepFinished') controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'RUN_ABORTED',
      message:
        'The run was stopped before the upgrade of bbbb (revision bbbb). The database is at aaaa; db upgrade continues from there.',
      stopped: { begun: false, statements: 0, rows: ['aaaa'], finished: ['aaaa'] },
    });
    expect((await at.migrations.current()).rows).toEqual(['aaaa']);
  });

  it('says what is left of a revision that was stopped in the middle, and continues from there', async () => {
    const at = await start('sqlite', {
      revisions: {
        aaaa: async (op) => {
          await op.execute('create table a (n int)');
          await op.execute('create table b (n int)');
          await op.execute('create table c (n int)');
        },
      },
    });
    const controller = new AbortController();
    const stopped = at.migrations.upgrade({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'statementFinished' && event.sql.includes('table b')) controller.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'RUN_ABORTED',
      message:
        'The run was stopped before its next statement, in the upgrade of aaaa (revision aaaa). Its transaction was rolled back; the database is at base, and db upgrade continues from there.',
      stopped: { begun: true, aftermath: 'rolled back', rows: [], finished: [] },
    });
    expect((await at.migrations.upgrade()).rows).toEqual(['aaaa']);
  });

  it('stamps, and purges rows that no script has', async () => {
    const at = await start('sqlite', { revisions: { aaaa: {}, bbbb: {} } });
    expect((await at.migrations.stamp({ revisions: 'head' })).rows).toEqual(['bbbb']);
    await rows(at, "update nest_migrate_version set version_num = 'gone' returning 1");
    expect(await codeOf(at.migrations.upgrade())).not.toBe('undefined');
    expect((await at.migrations.stamp({ revisions: 'aaaa', purge: true })).rows).toEqual(['aaaa']);
    expect((await at.migrations.stamp({ revisions: 'base' })).rows).toEqual([]);
  });

  it('is one transaction where that is wanted', async () => {
    const at = await start('sqlite', {
      module: { transactionPerMigration: false },
      revisions: { aaaa: (op) => op.execute('create table a (n int)'), bbbb: (op) => op.execute('select broken(') },
    });
    await at.migrations.upgrade().catch((error: unknown) => {
      expect(error).toMatchObject({ failure: { aftermath: 'rolled back', rows: [], finished: [] } });
    });
    expect(await tables(at)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
  });
});

describe.each(['sqlite', 'mariadb'] as const)('a run on %s whose lock was not held', (engine) => {
  const transactional = TRANSACTIONAL.includes(engine);

  it('runs nothing of a revision where somebody else has moved the rows before its first statement', async () => {
    const move = `update nest_migrate_version set version_num = 'elsewhere'${transactional ? ' returning 1' : ''}`;
    const at = await start(engine, {
      revisions: {
        aaaa: executing('create table a (n int)', 'insert into a values (1)'),
        bbbb: given({ move }, async (op, values) => {
          await op.query(values.move);
          await op.execute('update a set n = n * 10');
        }),
        cccc: given({ move }, async (op, values) => {
          await op.query(values.move);
          await op.transaction(async ({ em }) => {
            await em.execute('update a set n = n * 10');
          });
        }),
      },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    for (const [revision, before] of Object.entries({ bbbb: 'aaaa', cccc: 'bbbb' })) {
      const error = await at.migrations.upgrade({ target: revision }).catch((reason: unknown) => reason);
      if (!transactional) {
        const message = `Another run has moved the version table nest_migrate_version meanwhile: it held ${before} and holds elsewhere. Nothing of ${revision} was run. Run the command again.`;
        expect(error).toMatchObject({ code: 'VERSION_CONFLICT', message });
      }
      expect(await rows(at, 'select n from a')).toEqual([{ n: 1 }]);
      expect((await at.migrations.status()).unfinished).toBeNull();
      await at.migrations.stamp({ revisions: 'bbbb', purge: true });
    }
  });
});

describe.each(['postgres', 'pglite', 'sqlite'] as const)('transactions on %s', (engine) => {
  it('let an autocommit block out, with what was done before it', async () => {
    const at = await start(engine, {
      module: { transactionPerMigration: false },
      revisions: {
        aaaa: (op) => op.execute('create table a (n int)'),
        bbbb: async (op) => {
          await op.execute('create table b (n int)');
          await op.autocommitBlock(async (block) => {
            if (block.dialect === 'sqlite') await block.execute('vacuum');
            await block.createIndex('b', ['n'], { name: 'b_n_index', concurrently: true });
          });
          await op.execute('select broken(');
        },
      },
    });
    await at.migrations.upgrade().catch((error: unknown) => {
      expect(error).toMatchObject({ failure: { aftermath: 'partly applied', rows: ['aaaa'] } });
    });
    expect(await tables(at)).toEqual(['a', 'b', 'nest_migrate_history', 'nest_migrate_version']);
    const indexes = {
      postgres: "select indexname as name from pg_indexes where tablename = 'b'",
      sqlite: "select name from sqlite_master where type = 'index' and tbl_name = 'b'",
    };
    expect(await rows(at, indexes[engine === 'sqlite' ? 'sqlite' : 'postgres'])).toEqual([{ name: 'b_n_index' }]);
  });
});

// SQLite builds indexes within its transactions, whatever it is told
it.each(['postgres', 'pglite'] as const)(
  'a transaction on %s refuses a statement that cannot run in one, with the way out',
  async (engine) => {
    const at = await start(engine, {
      revisions: {
        aaaa: async (op) => {
          await op.execute('create table a (n int)');
          await op.createIndex('a', ['n'], { name: 'i', concurrently: true });
        },
      },
    });
    await expect(at.migrations.upgrade()).rejects.toThrow(/op\.autocommitBlock/);
  },
);

describe('the migration lock', () => {
  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    'tells a waiter on %s who holds it, and gives up in time',
    async (engine) => {
      const { at, gate, statement } = await startAtGate(engine, executing);
      const holding = at.migrations.upgrade();
      await gate.reached();
      const events: MigrationEvent[] = [];
      const error = await at.migrations
        .upgrade({ lockWaitTimeout: 500, onEvent: (event) => events.push(event) })
        .catch((failure: unknown) => failure as Error);
      expect(error).toMatchObject({ code: 'LOCK_TIMEOUT' });
      expect((error as Error).message).toMatch(/the session with pid \d+/);
      expect((error as Error).message).toContain(`which runs: ${statement}`);
      expect((await at.migrations.status()).lock).toMatchObject({ pid: expect.any(Number), statement });
      const health = new MigrationHealthIndicator(at.migrations);
      expect((await health.check('migrations', { details: true })).migrations).toMatchObject({
        status: 'down',
        message: expect.stringMatching(/; the session with pid \d+.* holds the migration lock$/),
      });
      expect(await health.check()).toEqual({
        migrations: {
          status: 'down',
          standing: 'behind',
          pending: 1,
          message: '1 revision is pending; another session holds the migration lock',
        },
      });
      const waiting = events.find((event) => event.type === 'lockWaiting');
      expect(waiting).toMatchObject({ holder: { pid: expect.any(Number), statement } });
      await gate.open();
      expect((await holding).rows).toEqual(['aaaa']);
    },
  );

  it('on PostgreSQL has its session notice a client that is lost, for as long as it is held', async () => {
    const settings = `select name, setting from pg_settings
       where name like 'tcp%' or name = 'client_connection_check_interval' order by name`;
    const at = await start('postgres', {
      poolMax: 1,
      revisions: {
        aaaa: executing('create table setting (name text, setting text)', `insert into setting ${settings}`),
        bbbb: (op) => op.execute('select broken('),
      },
    });
    const fresh = await rows(at, settings);
    // a stricter one is somebody's who knows why
    const stricter = "select set_config('tcp_keepalives_count', '2', false)";
    await rows(at, stricter);
    const before = await rows(at, settings);
    await at.migrations.upgrade({ target: 'aaaa' });
    expect(await rows(at, 'select * from setting order by name')).toEqual([
      { name: 'client_connection_check_interval', setting: '5000' },
      { name: 'tcp_keepalives_count', setting: '2' },
      { name: 'tcp_keepalives_idle', setting: '10' },
      { name: 'tcp_keepalives_interval', setting: '5' },
      { name: 'tcp_user_timeout', setting: '30000' },
    ]);
    // the connection that ran a revision is closed
    expect(await rows(at, settings)).toEqual(fresh);
    await rows(at, stricter);
    await at.migrations.stamp({ revisions: 'base' });
    expect(await rows(at, settings)).toEqual(before);
    await at.migrations.stamp({ revisions: 'aaaa' });
    expect(await rows(at, settings)).toEqual(before);
    expect(await codeOf(at.migrations.upgrade())).toBe('REVISION_FAILED');
    expect(await rows(at, settings)).toEqual(fresh);
  });

  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    'is not asked for by a health check, which on %s is down once the database is gone',
    async (engine) => {
      const at = await start(engine, { revisions: { aaaa: (op) => op.execute('create table a (n int)') } });
      const health = new MigrationHealthIndicator(at.migrations);
      expect((await health.check()).migrations).toMatchObject({ status: 'down', pending: 1 });
      await at.migrations.upgrade();
      expect((await health.check('schema')).schema).toEqual({ status: 'up', standing: 'head', pending: 0 });
      await at.database.drop();
      // to a session that is there MySQL shows a database that is not as an empty one
      const message = engine === 'postgres' ? /connection|does not exist/i : /^1 revision is pending$/;
      expect((await health.check('migrations', { details: true })).migrations).toMatchObject({
        status: 'down',
        message: expect.stringMatching(message),
      });
      expect((await health.check()).migrations).toMatchObject({
        status: 'down',
        message: expect.stringMatching(
          /^(where the database stands cannot be told( \([A-Z_]+\))?|1 revision is pending)$/,
        ),
      });
    },
  );

  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    'is lost on %s with its session: the run ends there, and another one goes on',
    async (engine) => {
      const revision = (statement: string): RevisionCode =>
        given({ statement }, async (op, { statement: gated }) => {
          await op.execute('create table a (n int)');
          if (process.env['WAIT_HERE'] === 'yes') await op.execute(gated);
          await op.execute('insert into a values (1)');
        });
      process.env['WAIT_HERE'] = 'yes';
      const { at, gate, statement } = await startAtGate(engine, revision);
      const other = await start(engine, { database: at.database, revisions: { aaaa: revision(statement) } });
      const failing = at.migrations.upgrade().catch((failure: unknown) => failure as Error);
      await gate.reached();
      const events: MigrationEvent[] = [];
      await other.migrations
        .upgrade({ lockWaitTimeout: 300, onEvent: (event) => events.push(event) })
        .catch(() => undefined);
      const waiting = events.find((event) => event.type === 'lockWaiting');
      const pid = waiting?.type === 'lockWaiting' ? (waiting.holder?.pid ?? 0) : 0;
      await rows(other, engine === 'postgres' ? `select pg_terminate_backend(${pid})` : `kill ${pid}`);
      expect(await failing).toBeInstanceOf(Error);
      expect((await other.migrations.current()).rows).toEqual([]);
      process.env['WAIT_HERE'] = 'no';
      // what was begun is told apart from what was done: on PostgreSQL all of it is gone
      const interrupted = engine === 'postgres' ? {} : { interrupted: 'skip' as const };
      expect((await other.migrations.upgrade(interrupted)).rows).toEqual(['aaaa']);
      expect(await rows(other, 'select n from a')).toEqual([{ n: 1 }]);
    },
  );

  it.each(['postgres', 'mysql', 'mariadb'] as const)(
    'is lost on %s between two transactions: what is sent afterwards fails, and waits for nothing',
    async (engine) => {
      const database = await createDatabase(engine);
      const { orm } = await openDatabase(database);
      const connection = orm.em.getConnection() as AbstractSqlConnection;
      await connection.connect();
      await connection
        .getClient<unknown>()
        .connection()
        .execute(async (pinned) => {
          const session = new PinnedSession(connection, pinned);
          const [id, end] =
            engine === 'postgres'
              ? ['pg_backend_pid()', (pid: number) => `select pg_terminate_backend(${pid})`]
              : ['connection_id()', (pid: number) => `kill ${pid}`];
          const [row] = await session.query<{ pid: number }>(`select ${id} as pid`);
          await adminQuery(engine, end(row?.pid ?? 0));
          await expect(session.begin()).rejects.toThrow();
          await expect(session.query('select 1')).rejects.toThrow();
          await expect(session.begin()).rejects.toThrow();
        });
      await orm.close(true);
      await database.drop();
    },
  );

  it('does not keep tenants in schemas of their own waiting', async () => {
    const { at, gate } = await startAtGate('postgres', executing);
    await rows(at, 'create schema tenant');
    const tenant = await start('postgres', {
      database: at.database,
      revisions: { aaaa: {} },
      module: { versionTableSchema: 'tenant' },
    });
    const holding = at.migrations.upgrade();
    await gate.reached();
    expect((await tenant.migrations.upgrade({ lockWaitTimeout: 0 })).rows).toEqual(['aaaa']);
    await gate.open();
    await holding;
  });
});
