import { afterEach, describe, expect, it } from '@jest/globals';
import { type MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { type DdlLimits, type MigrationEvent } from 'nest-migrate';
import { type ServerEngine, serverEngines } from '../../support/engines.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { type OpenTransaction, openTransaction } from '../../support/open-transaction.ts';
import { executing } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const revisions: Revisions = {
  aaaa: async (op) => {
    await op.createTable('busy', { columns: { id: { type: 'integer', primary: true } } });
    await op.bulkInsert('busy', [{ id: 1 }]);
  },
  bbbb: async (op) => {
    await op.createTable('before', { columns: { id: { type: 'integer', primary: true } } });
    await op.addColumn('busy', 'n', { type: 'integer', nullable: true });
    await op.execute('update busy set n = 7');
  },
};

async function start(engine: ServerEngine, ddl: DdlLimits | undefined, poolMax = 2): Promise<Scenario> {
  const at = await scenario(engine, { revisions, poolMax, ...(ddl !== undefined && { module: { ddl } }) });
  ending.push(() => at.end());
  await at.migrations.upgrade({ target: 'aaaa' });
  return at;
}

/** Uses the table until the test ends, or says so. */
async function using(at: Scenario, sql = 'select * from busy'): Promise<OpenTransaction> {
  const open = await openTransaction(at.database, sql);
  ending.push(open.end);
  return open;
}

const settingsQuery: Readonly<Record<ServerEngine, string>> = {
  postgres: "select current_setting('lock_timeout') as a, current_setting('statement_timeout') as b",
  mysql: 'select @@session.lock_wait_timeout as a, @@session.innodb_lock_wait_timeout as b',
  mariadb:
    'select @@session.lock_wait_timeout as a, @@session.innodb_lock_wait_timeout as b, @@session.max_statement_time as c',
};

/** The settings of a connection of the application's pool. */
async function settings({ orm, database }: Scenario): Promise<unknown> {
  const em = (orm as unknown as MikroORM<AbstractSqlDriver, SqlEntityManager>).em.fork();
  return em.execute(settingsQuery[database.engine as ServerEngine]);
}

describe.each(serverEngines)('limits for statements on %s', (engine) => {
  it.each([
    { of: 'the table', revision: 'alter table busy add column m int', blocker: 'select * from busy' },
    { of: 'a row', revision: 'update busy set id = 2', blocker: 'update busy set id = 3' },
  ])('say whose transaction is in the way of $of, and what that runs', async ({ revision, blocker }) => {
    const at = await start(engine, { lockTimeout: 1_500, retries: 1 }, 3);
    await at.addRevision('bbbb', 'aaaa', executing(revision));
    const { session } = await using(at, blocker);
    const events: MigrationEvent[] = [];
    const error = await at.migrations.upgrade({ onEvent: (event) => void events.push(event) }).catch((e: unknown) => e);
    const told = events.flatMap((event) =>
      event.type === 'warning' ? [event.message] : event.type === 'retrying' ? [event.reason] : [],
    );
    // once while it waits, and why it is tried again
    expect(told.length).toBeGreaterThanOrEqual(2);
    for (const text of [told[0], told.at(-1), String(error)]) {
      expect(text).toContain(`session with pid ${session} (`);
      // MariaDB does not keep what a session has run before
      if (engine !== 'mariadb') expect(text).toContain(`open behind: ${blocker}`);
    }
  });

  it('end the wait for a lock after the retries, say so in one line, and leave the session as it was', async () => {
    const at = await start(engine, { lockTimeout: 150, retries: 1 }, 1);
    const before = await settings(at);
    await using(at);
    const events: MigrationEvent[] = [];
    const error = await at.migrations.upgrade({ onEvent: (event) => void events.push(event) }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'REVISION_FAILED', failure: { rows: ['aaaa'], revision: 'bbbb' } });
    expect(String(error)).toMatch(/lock/i);
    expect(String(error)).not.toContain('\n');
    expect(events.filter(({ type }) => type === 'retrying')).toMatchObject([
      { revision: 'bbbb', retry: 1, retries: 1 },
    ]);
    expect(await settings(at)).toEqual(before);
  });

  it('let a revision through once whoever was in the way is gone, with everything done once', async () => {
    const at = await start(engine, { lockTimeout: 150, retries: 20 }, 1);
    const before = await settings(at);
    const { end } = await using(at);
    let ended: Promise<void> | undefined;
    const { rows, steps } = await at.migrations.upgrade({
      onEvent: ({ type }) => void (type === 'retrying' && (ended ??= end())),
    });
    await ended;
    expect(ended).toBeDefined();
    expect(rows).toEqual(['bbbb']);
    expect(steps.map(({ revision }) => revision)).toEqual(['bbbb']);
    expect(await settings(at)).toEqual(before);
    expect(await at.migrations.status()).toMatchObject({ standing: 'head', unfinished: null });
  });

  it('begin a data transaction again that somebody was in the way of, with everything in it done once', async () => {
    const at = await start(engine, { lockTimeout: 150, retries: 20 }, 1);
    await at.migrations.upgrade();
    await at.addRevision('cccc', 'bbbb', async (op) => {
      await op.transaction(async ({ em }) => {
        await em.execute('insert into busy (id, n) values (2, 20)');
        await em.execute('update busy set n = n + 1');
      });
    });
    const { end } = await using(at, 'select * from busy where id = 1 for update');
    let ended: Promise<void> | undefined;
    const { rows } = await at.migrations.upgrade({
      onEvent: ({ type }) => void (type === 'retrying' && (ended ??= end())),
    });
    await ended;
    expect(ended).toBeDefined();
    expect(rows).toEqual(['cccc']);
    expect(await queryDatabase(at.database, 'select id, n from busy order by id')).toEqual([
      { id: 1, n: 8 },
      { id: 2, n: 21 },
    ]);
  });

  it('end a statement that runs too long, which is not tried again', async () => {
    const at = await start(engine, { statementTimeout: 300 });
    const columns = 'information_schema.columns';
    const slow =
      engine === 'postgres'
        ? 'select pg_sleep(60)'
        : `create table slow as select count(*) as n from ${columns} a, ${columns} b, ${columns} c`;
    await at.addRevision('cccc', 'bbbb', executing(slow));
    const before = await settings(at);
    const events: string[] = [];
    const error = await at.migrations
      .upgrade({ onEvent: ({ type }) => void events.push(type) })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'REVISION_FAILED', failure: { rows: ['bbbb'] } });
    expect(events).not.toContain('retrying');
    expect(await settings(at)).toEqual(before);
  });

  it('set nothing where none are asked for', async () => {
    const at = await start(engine, undefined);
    const sent: string[] = [];
    await at.migrations.upgrade({ onEvent: (event) => void ('sql' in event && sent.push(event.sql)) });
    expect(sent.join('\n')).not.toMatch(/timeout/);
    expect(await at.migrations.current()).toMatchObject({ rows: ['bbbb'] });
  });
});

describe('on MySQL, where another session ends what runs too long', () => {
  it('a change of a table that waits is ended too, and a pool of one is refused before anything runs', async () => {
    const at = await start('mysql', { statementTimeout: 300 });
    await using(at);
    await expect(at.migrations.upgrade()).rejects.toMatchObject({ code: 'REVISION_FAILED' });
    const alone = await scenario('mysql', { revisions, poolMax: 1, module: { ddl: { statementTimeout: 300 } } });
    ending.push(() => alone.end());
    await expect(alone.migrations.upgrade()).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(await alone.migrations.current()).toMatchObject({ rows: [] });
  });
});

it.each<[DdlLimits, RegExp]>([
  [{ lockTimeout: 0 }, /'ddl\.lockTimeout' of MigrationModule is no whole number from 1 on: 0/],
  [{ statementTimeout: 1.5 }, /statementTimeout/],
  [{ retries: -1 }, /retries/],
  [{ lockTimout: 5 } as DdlLimits, /lockTimout.*is not known.*/],
])('%j is refused', async (ddl, message) => {
  await expect(scenario('sqlite', { module: { ddl, onBootstrap: 'verify' } })).rejects.toThrow(message);
});
