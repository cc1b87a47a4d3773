import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection, IsolationLevel } from '@mikro-orm/sql';
import { type MigrationError, type MigrationEvent, MigrationHealthIndicator } from 'nest-migrate';
import { createDatabase, type Engine, type Row, type TestDatabase } from '../../support/databases.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { openDatabase } from '../../support/scripts.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** An application on a database of its own. */
async function start(engine: Engine, { revisions }: { readonly revisions: Revisions }): Promise<Scenario> {
  const database = await createDatabase(engine);
  ending.push(() => database.drop());
  return open(database, revisions);
}

/** The same application after its revisions were edited: another process, since a module is loaded once. */
async function restart(at: Scenario, revisions: Revisions): Promise<Scenario> {
  await ending.pop()!();
  return open(at.database, revisions);
}

async function open(database: TestDatabase, revisions: Revisions): Promise<Scenario> {
  const started = await scenario(database.engine, { database, revisions });
  ending.push(() => started.end());
  return started;
}

async function rows(at: Scenario, sql: string): Promise<readonly Row[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute<Row[]>(sql);
}

/** What an upgrade or a downgrade did: the statements that it sent, those that it left out, and how it ended. */
async function outcome(run: (options: { onEvent: (event: MigrationEvent) => void }) => Promise<unknown>): Promise<{
  sent: readonly string[];
  skipped: readonly string[];
  warnings: readonly string[];
  code: string | undefined;
  text: string;
}> {
  const sent: string[] = [];
  const skipped: string[] = [];
  const warnings: string[] = [];
  const onEvent = (event: MigrationEvent): void => {
    if (event.type === 'statementStarted') sent.push(event.sql);
    if (event.type === 'statementSkipped') skipped.push(event.sql);
    if (event.type === 'warning') warnings.push(event.message);
  };
  const error = await run({ onEvent }).then(
    () => undefined,
    (reason: unknown) => reason as MigrationError,
  );
  return { sent, skipped, warnings, code: error?.code, text: String(error) };
}

/** What no database takes, until the revision is mended. */
const NONSENSE = 'insert into nosuch values (1)';

/** The journal, as somebody would look at it. */
const journal = 'select ordinal, part, state from nest_migrate_journal order by ordinal, part';

const made = [
  'create table log (n int primary key)',
  'insert into log values (1)',
  'alter table log add m int',
  'insert into log values (2, 2)',
];

/** A journal as a process leaves it that dies while a statement runs. */
async function dead(at: Scenario): Promise<void> {
  await outcome((options) => at.migrations.upgrade(options));
  await rows(at, "update nest_migrate_journal set state = 'running' where ordinal = 1");
}

describe.each(['mysql', 'mariadb'] as const)('a revision that failed half-way on %s', (engine) => {
  it('is gone on with behind what was applied, once it is mended; each statement takes effect once', async () => {
    let at = await start(engine, { revisions: { aaaa: executing(...made, NONSENSE) } });
    const failed = await outcome((options) => at.migrations.upgrade(options));
    expect(failed).toMatchObject({ code: 'REVISION_FAILED', sent: [...made, NONSENSE] });
    expect(failed.text).toContain('It continues after them');
    expect((await at.migrations.current()).rows).toEqual([]);
    expect(await at.migrations.status()).toMatchObject({
      standing: 'behind',
      unfinished: { revision: 'aaaa', direction: 'upgrade', done: 4, running: null },
    });
    expect(await new MigrationHealthIndicator(at.migrations).check()).toEqual({
      migrations: { status: 'down', standing: 'behind', pending: 1, message: 'the upgrade of aaaa was interrupted' },
    });

    // not mended yet
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
      code: 'REVISION_FAILED',
      sent: [NONSENSE],
      skipped: made,
      warnings: ['The upgrade of aaaa was interrupted: continuing after its first 4 statements.'],
    });
    at = await restart(at, {
      aaaa: { upgrade: executing(...made, 'insert into log values (3, 3)'), downgrade: executing('drop table log') },
    });
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
      code: undefined,
      sent: ['insert into log values (3, 3)'],
      skipped: made,
    });
    expect((await rows(at, 'select n from log order by n')).map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(await rows(at, journal)).toEqual([]);
    expect((await at.migrations.downgrade()).rows).toEqual([]);
    expect(await rows(at, journal)).toEqual([]);
  });

  it('asks the catalogue about a statement that was running when the process died', async () => {
    const body = (...last: readonly string[]): RevisionCode =>
      given({ last }, async (op, values) => {
        await op.execute('create table t (n int)');
        await op.addColumn('t', 'm', { type: 'integer', nullable: true });
        for (const sql of values.last) await op.execute(sql);
      });
    let at = await start(engine, { revisions: { aaaa: body(NONSENSE) } });
    await dead(at);
    at = await restart(at, { aaaa: body() });
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({ code: undefined, sent: [] });

    let other = await start(engine, { revisions: { aaaa: body(NONSENSE) } });
    await dead(other);
    await rows(other, 'alter table t drop column m');
    other = await restart(other, { aaaa: body() });
    const again = await outcome((options) => other.migrations.upgrade(options));
    expect(again).toMatchObject({ code: undefined, sent: [expect.stringMatching(/add .*`m`/)] });
  });
});

describe.each(['mysql', 'mariadb'] as const)('a rename on %s', (engine) => {
  it('lets the next run take along what the last one has not, and notes what only the revision says', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: executing(
          'create table t (n int, m int)',
          'create view v as select n as seen from t',
          'create view w as select n as seen from t where n > 0',
          'create trigger g before insert on t for each row set new.m = new.n',
        ),
        bbbb: given({}, async (op) => op.renameColumn('t', 'n', 'z')),
      },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    const stopping = new AbortController();
    const stopped = await outcome(({ onEvent }) =>
      at.migrations.upgrade({
        signal: stopping.signal,
        onEvent: (event) => {
          onEvent(event);
          if (event.type === 'statementFinished' && event.sql.includes('`v`')) stopping.abort();
        },
      }),
    );
    expect(stopped.code).toBe('RUN_ABORTED');
    expect(await rows(at, journal)).toEqual([{ ordinal: 0, part: 0, state: 'done' }]);
    const next = await outcome((options) => at.migrations.upgrade(options));
    expect(next.code).toBeUndefined();
    expect(next.skipped).toEqual(stopped.sent.slice(0, 1));
    expect(next.sent.filter((sql) => sql.includes('`v`'))).toEqual([]);
    await rows(at, 'insert into t (z) values (7)');
    expect(await rows(at, 'select m, v.seen, w.seen as other from t, v, w')).toEqual([{ m: 7, seen: 7, other: 7 }]);
    expect(await rows(at, journal)).toEqual([]);
  });
});

describe.each(['mysql', 'mariadb'] as const)('changes of a table that are one statement on %s', (engine) => {
  const columns = 'select column_name as name from information_schema.columns where table_schema = database()';
  const namesOf = async (at: Scenario): Promise<readonly unknown[]> =>
    (await rows(at, `${columns} and table_name = 't' order by ordinal_position`)).map(({ name }) => name);
  const together = (...last: readonly string[]): RevisionCode =>
    given({ last }, async (op, values) => {
      await op.execute('create table t (n int, m int)');
      await op.batchAlterTable('t', async (batch) => {
        await batch.dropColumn('t', 'm');
        await batch.addColumn('t', 'a', { type: 'integer', nullable: true });
        await batch.alterColumn('t', 'n', { type: 'bigint' }, { existing: { type: 'integer', nullable: true } });
        await batch.createIndex('t', ['a'], { name: 't_a' });
        await batch.createIndex('t', ['n'], { name: 't_n' });
      });
      for (const sql of values.last) await op.execute(sql);
    });
  const oneByOne = (...last: readonly string[]): RevisionCode =>
    given({ last }, async (op, values) => {
      await op.execute('create table t (n int, m int)');
      await op.dropColumn('t', 'm');
      await op.addColumn('t', 'a', { type: 'integer', nullable: true });
      for (const sql of values.last) await op.execute(sql);
    });

  it('are sent, noted and written into a script as one', async () => {
    const at = await start(engine, { revisions: { aaaa: together(NONSENSE) } });
    const [, columnsOf, indexes] = (await outcome((options) => at.migrations.upgrade(options))).sent;
    expect(columnsOf).toBe('alter table `t`\n  drop column `m`,\n  add `a` int null,\n  modify `n` bigint null');
    expect(indexes).toBe('alter table `t`\n  add index `t_a` (`a`),\n  add index `t_n` (`n`)');
    expect(await namesOf(at)).toEqual(['n', 'a']);
    expect(await rows(at, journal)).toEqual([0, 1, 2].map((ordinal) => ({ ordinal, part: 0, state: 'done' })));
    const { sql } = (await at.migrations.upgrade({ sql: true })) as { readonly sql: string };
    expect(sql).toContain(`${columnsOf};\n${indexes};\n`);
  });

  it('are done where the catalogue shows one of them, and are sent again where it does not', async () => {
    for (const tookEffect of [true, false]) {
      let at = await start(engine, { revisions: { aaaa: together(NONSENSE) } });
      await dead(at);
      await rows(at, 'delete from nest_migrate_journal where ordinal > 1');
      await rows(at, 'alter table t drop index t_a, drop index t_n');
      if (!tookEffect) await rows(at, 'alter table t drop column a, modify n int, add m int');
      at = await restart(at, { aaaa: together() });
      const { sent, code } = await outcome((options) => at.migrations.upgrade(options));
      expect(code).toBeUndefined();
      expect(sent).toEqual([
        ...(tookEffect ? [] : [expect.stringContaining('drop column')]),
        expect.stringContaining('add index'),
      ]);
      expect(await namesOf(at)).toEqual(['n', 'a']);
    }
  });

  it('may not be edited once they are done', async () => {
    let at = await start(engine, { revisions: { aaaa: together(NONSENSE) } });
    await outcome((options) => at.migrations.upgrade(options));
    at = await restart(at, { aaaa: oneByOne() });
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
      code: 'APPLIED_STATEMENT_EDITED',
      sent: [],
    });
  });

  it('continue behind what an earlier version of the library has done one by one', async () => {
    // that version noted each change of a batch as it notes one without a batch
    let at = await start(engine, { revisions: { aaaa: oneByOne(NONSENSE) } });
    await outcome((options) => at.migrations.upgrade(options));
    at = await restart(at, { aaaa: together() });
    const { sent, skipped, code } = await outcome((options) => at.migrations.upgrade(options));
    expect(code).toBeUndefined();
    expect(skipped).toHaveLength(3);
    expect(sent).toEqual([
      'alter table `t` modify `n` bigint null',
      'alter table `t`\n  add index `t_a` (`a`),\n  add index `t_n` (`n`)',
    ]);
    expect(await rows(at, journal)).toEqual([]);
  });
});

// what the runtime makes of its notes is in test/unit/runtime: once more, with a journal that is a table
describe('a revision that failed half-way on MariaDB', () => {
  it('refuses a change of what was applied, and says what it was', async () => {
    let at = await start('mariadb', { revisions: { aaaa: executing(...made, NONSENSE) } });
    await outcome((options) => at.migrations.upgrade(options));
    const [first = '', second = '', ...rest] = made;
    at = await restart(at, { aaaa: executing(first, 'insert into log values (9)', ...rest) });
    const edited = await outcome((options) => at.migrations.upgrade(options));
    expect(edited).toMatchObject({ code: 'APPLIED_STATEMENT_EDITED', sent: [] });
    expect(edited.text).toMatch(/Statement 2 of the upgrade of aaaa .* it was .*values \(1\).* and is .*values \(9\)/);
    at = await restart(at, { aaaa: executing(first, second) });
    const shorter = await outcome((options) => at.migrations.upgrade(options));
    expect(shorter).toMatchObject({ code: 'APPLIED_STATEMENT_EDITED' });
    expect(shorter.text).toContain('and is gone');
    expect(await rows(at, 'select n from log order by n')).toHaveLength(2);
  });

  it('is finished before anything else is done, unless a stamp says where the database is', async () => {
    const at = await start('mariadb', {
      revisions: {
        aaaa: (op) => op.createTable('t', { columns: { id: { type: 'integer', primary: true } } }),
        bbbb: { downgrade: executing('create table half (n int)', NONSENSE) },
      },
    });
    await at.migrations.upgrade();
    await outcome((options) => at.migrations.downgrade(options));
    // the database is at head, and half-way down
    const up = await outcome((options) => at.migrations.upgrade(options));
    expect(up).toMatchObject({ code: 'INTERRUPTED_REVISION', sent: [] });
    expect(up.text).toContain('The downgrade of bbbb was interrupted: 1 statement of it is done, the rest is not.');
    const stamped = await outcome((options) => at.migrations.stamp({ ...options, revisions: 'aaaa' }));
    expect(stamped).toMatchObject({ code: undefined, warnings: [expect.stringContaining('forgotten')] });
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({ code: undefined });
  });

  it('keeps data work and its note together', async () => {
    const at = await start('mariadb', {
      revisions: {
        aaaa: given({ nonsense: NONSENSE }, async (op, { nonsense }) => {
          await op.execute('create table log (n int)');
          await op.transaction(async ({ em }) => {
            await em.getConnection().execute('insert into log values (1)', [], 'run', em.getTransactionContext());
          });
          await op.execute(nonsense);
        }),
      },
    });
    await outcome((options) => at.migrations.upgrade(options));
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
      skipped: ['create table log (n int)', 'op.transaction'],
    });
    expect(await rows(at, 'select n from log')).toEqual([{ n: 1 }]);
  });

  it('stops at one that nothing tells about, and is told', async () => {
    const body = executing('create table t (n int)', 'update t set n = n + 1', NONSENSE);
    for (const [interrupted, sent] of [
      ['skip', ['insert into t values (1)']],
      ['repeat', ['update t set n = n + 1', 'insert into t values (1)']],
    ] as const) {
      let at = await start('mariadb', { revisions: { aaaa: body } });
      await dead(at);
      const stopped = await outcome((options) => at.migrations.upgrade(options));
      expect(stopped).toMatchObject({ code: 'INTERRUPTED_STATEMENT', sent: [] });
      expect(stopped.text).toMatch(
        /died while statement 2 ran \[update t set n = n \+ 1\].*db upgrade --interrupted skip/,
      );
      at = await restart(at, {
        aaaa: executing('create table t (n int)', 'update t set n = n + 1', 'insert into t values (1)'),
      });
      expect(await outcome((options) => at.migrations.upgrade({ ...options, interrupted }))).toMatchObject({
        code: undefined,
        sent,
      });
    }
  });

  it('runs again what may run twice', async () => {
    const body = (...last: readonly string[]): RevisionCode =>
      given({ last }, async (op, values) => {
        await op.execute('create table t (n int)');
        await op.execute('update t set n = 1', [], { repeatable: true });
        for (const sql of values.last) await op.execute(sql);
      });
    let at = await start('mariadb', { revisions: { aaaa: body(NONSENSE) } });
    await dead(at);
    at = await restart(at, { aaaa: body() });
    expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
      code: undefined,
      sent: ['update t set n = 1'],
    });
  });
});

describe.each(['postgres', 'pglite', 'sqlite'] as const)(
  'a revision with a block outside of transactions on %s',
  (engine) => {
    it('continues after the block where what comes after it failed, and keeps no journal otherwise', async () => {
      const body = (...last: readonly string[]): RevisionCode =>
        given({ last }, async (op, values) => {
          await op.execute('create table t (n int)');
          await op.execute('insert into t values (1)');
          await op.autocommitBlock(async (block) => {
            await block.createIndex('t', ['n'], { name: 't_n', concurrently: block.dialect === 'postgres' });
            await block.execute('insert into t values (2)');
          });
          await op.execute('insert into t values (3)');
          for (const sql of values.last) await op.execute(sql);
        });
      let at = await start(engine, {
        revisions: { aaaa: body(NONSENSE) },
      });
      const failed = await outcome((options) => at.migrations.upgrade(options));
      expect(failed).toMatchObject({ code: 'REVISION_FAILED' });
      expect((await rows(at, 'select n from t order by n')).map(({ n }) => n)).toEqual([1, 2]);
      expect(await rows(at, journal)).toHaveLength(4);
      at = await restart(at, { aaaa: body() });
      expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
        code: undefined,
        sent: ['insert into t values (3)'],
      });
      expect((await rows(at, 'select n from t order by n')).map(({ n }) => n)).toEqual([1, 2, 3]);
      expect(await rows(at, journal)).toEqual([]);
    });
  },
);

const invalid = 'select 1 as n from pg_index where not indisvalid';
const indexes = "select 1 as n from pg_class where relname = 't_n'";

it('an index that a failed concurrent build left invalid on PostgreSQL is dropped at once, and built by the next run', async () => {
  const at = await start('postgres', {
    revisions: {
      aaaa: async (op) => {
        await op.execute('create table t (n int)');
        await op.execute('insert into t values (1), (1)');
        await op.autocommitBlock(async (block) =>
          block.createIndex('t', ['n'], { name: 't_n', unique: true, concurrently: true }),
        );
      },
    },
  });
  expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({ code: 'REVISION_FAILED' });
  expect(await rows(at, indexes)).toEqual([]);
  await rows(at, 'delete from t where ctid = (select max(ctid) from t) returning 1');
  expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
    code: undefined,
    sent: [expect.stringContaining('concurrently')],
  });
  expect(await rows(at, invalid)).toEqual([]);
  expect(await rows(at, indexes)).toHaveLength(1);
});

it('an index that a concurrent build left invalid on PostgreSQL, whose session was ended, is dropped and built again', async () => {
  const at = await start('postgres', {
    revisions: {
      aaaa: async (op) => {
        await op.execute('create table t (n int)');
        await op.autocommitBlock(async (block) => block.createIndex('t', ['n'], { name: 't_n', concurrently: true }));
      },
    },
  });
  // the build waits for every transaction that has an older view of the database
  const reader = await openDatabase(at.database);
  ending.push(() => reader.orm.close(true));
  const em = reader.orm.em.fork();
  await em.begin({ isolationLevel: IsolationLevel.REPEATABLE_READ });
  await em.getConnection().execute('select 1 from pg_class limit 1', [], 'all', em.getTransactionContext());
  const running = outcome((options) => at.migrations.upgrade(options));
  const end = `select pg_terminate_backend(pid) as ended from pg_stat_activity
    where datname = current_database() and query like '%concurrently%' and pid <> pg_backend_pid() and wait_event = 'virtualxid'`;
  while ((await rows(at, end)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await em.rollback();
  expect((await running).code).toBeDefined();
  expect(await rows(at, invalid)).toHaveLength(1);
  expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
    code: undefined,
    sent: [expect.stringContaining('concurrently')],
  });
  expect(await rows(at, invalid)).toEqual([]);
  expect(await rows(at, indexes)).toHaveLength(1);
});

it('an index whose concurrent build failed on PostgreSQL may be edited before it is built again', async () => {
  const body = (unique: boolean): RevisionCode =>
    given({ unique }, async (op, values) => {
      await op.execute('create table t (n int)');
      await op.execute('insert into t values (1), (1)');
      const index = { name: 't_n', unique: values.unique, concurrently: true };
      await op.autocommitBlock((block) => block.createIndex('t', ['n'], index));
    });
  let at = await start('postgres', { revisions: { aaaa: body(true) } });
  expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({ code: 'REVISION_FAILED' });
  at = await restart(at, { aaaa: body(false) });
  expect(await outcome((options) => at.migrations.upgrade(options))).toMatchObject({
    code: undefined,
    sent: [expect.stringContaining('concurrently')],
  });
  expect(await rows(at, 'select indisvalid from pg_index where indexrelid = $$t_n$$::regclass')).toEqual([
    { indisvalid: true },
  ]);
});
