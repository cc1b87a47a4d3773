import { setTimeout as pause } from 'node:timers/promises';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent } from 'nest-migrate';
import { adminQuery, createDatabase, type TestDatabase } from '../../support/databases.ts';
import { processLists, serverEngines, type ServerEngine } from '../../support/engines.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
const databases: TestDatabase[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
  while (databases.length > 0) await databases.pop()!.drop();
});

async function start(...args: Parameters<typeof scenario>): Promise<Scenario> {
  const started = await scenario(...args);
  running.push(started);
  return started;
}

const sessionNumber: Record<ServerEngine, string> = {
  postgres: 'select pg_backend_pid() as id',
  mysql: 'select connection_id() as id',
  mariadb: 'select connection_id() as id',
};

/** The numbers of the server's sessions on the scenario's database. */
async function sessions(engine: ServerEngine, { database }: Scenario): Promise<readonly number[]> {
  const found =
    engine === 'postgres'
      ? await adminQuery(engine, 'select pid as id from pg_stat_activity where datname = ?', [database.name])
      : await adminQuery(engine, `select id from ${processLists[engine]} where db = ?`, [database.name]);
  return found.map(({ id }) => Number(id));
}

/** A server takes a moment to notice that a client has gone. */
async function isGone(engine: ServerEngine, at: Scenario, id: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    if (!(await sessions(engine, at)).includes(id)) return true;
    await pause(50);
  }
  return false;
}

async function own(engine: ServerEngine, at: Scenario): Promise<number> {
  const connection = at.orm.em.getConnection() as AbstractSqlConnection;
  const [row] = await connection.execute<{ id: number | string }[]>(sessionNumber[engine]);
  return Number(row?.id);
}

/** Notes its session and, where it is told to, stays for a while. */
const noted = (engine: ServerEngine, { stays = false, fails = false } = {}): RevisionCode =>
  given({ query: sessionNumber[engine], stays, fails }, async (op, values) => {
    const [{ id }] = await op.query<{ id: number | string }>(values.query);
    (globalThis as { migratingSession?: number }).migratingSession = Number(id);
    if (values.fails) throw new Error('no');
    if (!values.stays) return;
    await new Promise((done) => setTimeout(done, 1500));
    await op.execute('select 1');
  });
const migrating = (): number => (globalThis as { migratingSession?: number }).migratingSession ?? 0;

describe.each(serverEngines)('the connection that ran revisions on %s', (engine) => {
  it.each([
    ['in a pool of one', { poolMax: 1 }],
    ['in the default pool', {}],
    ...(engine === 'postgres' ? [["under lock: 'transaction'", { module: { lock: 'transaction' } }] as const] : []),
  ] as const)('is closed and not given to the application: %s', async (_, options) => {
    const at = await start(engine, { ...options, revisions: { aaaa: noted(engine) } });
    await own(engine, at);
    await at.migrations.upgrade();
    expect(await isGone(engine, at, migrating())).toBe(true);
    expect(await own(engine, at)).not.toBe(migrating());
  });

  it('is closed where the revision failed', async () => {
    const at = await start(engine, { poolMax: 1, revisions: { aaaa: noted(engine, { fails: true }) } });
    await expect(at.migrations.upgrade()).rejects.toThrow(/no\./);
    expect(await isGone(engine, at, migrating())).toBe(true);
    expect(await own(engine, at)).not.toBe(migrating());
  });

  it('is found among those that the application takes meanwhile', async () => {
    const at = await start(engine, { revisions: { aaaa: noted(engine) } });
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    let isDone = false;
    const others = Array.from({ length: 4 }, async () => {
      while (!isDone) await connection.execute(sessionNumber[engine]);
    });
    await at.migrations.upgrade();
    isDone = true;
    await Promise.all(others);
    expect(await isGone(engine, at, migrating())).toBe(true);
  });

  it('is kept where nothing was run', async () => {
    const at = await start(engine, { poolMax: 1, revisions: { aaaa: '' } });
    await at.migrations.stamp({ revisions: 'head' });
    const id = await own(engine, at);
    await at.migrations.upgrade();
    await at.migrations.current();
    expect(await own(engine, at)).toBe(id);
  });
});

describe.each(serverEngines)('a session that the server ends on %s', (engine) => {
  it('is told of in the words of the server: ended by an administrator', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: noted(engine, { stays: true }),
      },
    });
    const kill = async (): Promise<void> => {
      while (migrating() === 0) await pause(20);
      await adminQuery(
        engine,
        engine === 'postgres' ? `select pg_terminate_backend(${migrating()})` : `kill ${migrating()}`,
      );
    };
    (globalThis as { migratingSession?: number }).migratingSession = 0;
    const [error] = await Promise.all([at.migrations.upgrade().catch((failure: unknown) => failure as Error), kill()]);
    expect((error as Error).message).toMatch(
      {
        postgres: /The connection was lost: terminating connection due to administrator command\./,
        mysql: /The connection was lost: .*closed the connection/,
        // it closes the connection without a word
        mariadb: /The connection was lost: .*closed the connection/,
      }[engine],
    );
  });
});

describe('a session that a setting of PostgreSQL ends', () => {
  const idleInTransaction: RevisionCode = async (op) => {
    await op.execute("set idle_in_transaction_session_timeout = '200ms'");
    await new Promise((done) => setTimeout(done, 1500));
    await op.execute('select 1');
  };
  const idleOutside: RevisionCode = async (op) => {
    await op.autocommitBlock(async (block) => {
      await block.query("set idle_session_timeout = '200ms'");
      await new Promise((done) => setTimeout(done, 1500));
    });
    await op.execute('select 1');
  };

  it.each([
    ['idle_in_transaction_session_timeout', idleInTransaction],
    ['idle_session_timeout', idleOutside],
  ])('is told of with its name: %s', async (setting, upgrade) => {
    const at = await start('postgres', { revisions: { aaaa: upgrade } });
    await expect(at.migrations.upgrade()).rejects.toThrow(
      new RegExp(`The connection was lost: terminating connection due to idle.* timeout \\(${setting}\\)\\.`),
    );
    // and the next run has a connection
    await at.migrations.current();
  });

  it('is told of where it held the lock', async () => {
    // before any connection is made: a run has two, both are ended, and the one that is asked first is told of
    const database = await createDatabase('postgres');
    databases.push(database);
    await adminQuery('postgres', `alter database ${database.name} set idle_in_transaction_session_timeout = '300ms'`);
    const at = await start('postgres', {
      database,
      module: { lock: 'transaction' },
      revisions: {
        aaaa: async (op) => {
          await new Promise((done) => setTimeout(done, 1500));
          await op.execute('select 1');
        },
      },
    });
    await expect(at.migrations.upgrade()).rejects.toThrow(/lost\b.*\(idle_in_transaction_session_timeout\)/);
  });
});

describe.each(['mysql', 'mariadb'] as const)('a session that was idle for too long on %s', (engine) => {
  it('is told of, with the name of the setting where the server says so', async () => {
    const events: MigrationEvent[] = [];
    const at = await start(engine, {
      revisions: {
        aaaa: async (op) => {
          await op.execute('set wait_timeout = 1');
          await new Promise((done) => setTimeout(done, 3000));
          await op.execute('select 1');
        },
      },
    });
    await expect(at.migrations.upgrade({ onEvent: (event) => events.push(event) })).rejects.toThrow(
      engine === 'mysql' ? /The connection was lost: .*wait_timeout/ : /The connection was lost: /,
    );
  });
});
