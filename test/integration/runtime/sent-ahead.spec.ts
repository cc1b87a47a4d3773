/** The commit of a revision whose function is plain is sent behind its last statement, before that has ended. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, RevisionFailedError } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { openTransaction } from '../../support/open-transaction.ts';
import { type RecordingProxy, startRecording } from '../../support/recording-proxy.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { isTurn } from '../../support/turns.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ends.length > 0) await ends.pop()!();
});

async function database(): Promise<TestDatabase> {
  const created = await createDatabase('postgres');
  ends.push(() => created.drop());
  return created;
}

async function start(options: Parameters<typeof scenario>[1]): Promise<Scenario> {
  const at = await scenario('postgres', { poolMax: 2, ...options });
  ends.push(() => at.end());
  return at;
}

/** As {@link executing}, in a function that might look whether a statement has ended. */
function waiting(...statements: readonly string[]): RevisionCode {
  return given({ statements }, async (op, values) => {
    for (const sql of values.statements) await op.execute(sql);
  });
}

const forms = { plain: executing, waiting } as const;

/** The database that a connection of the application reaches through a proxy. */
function behind(proxy: { readonly port: number }, real: TestDatabase): TestDatabase {
  return { ...real, options: { ...real.options, host: '127.0.0.1', port: proxy.port } };
}

describe('a plain revision', () => {
  it('has its commit sent before its last statement has ended', async () => {
    const real = await database();
    const { host = '', port = 0 } = real.options;
    const proxy: RecordingProxy = await startRecording({ host, port });
    ends.push(() => proxy.close());
    await queryDatabase(real, 'create table locked (id int)');
    const holder = await openTransaction(real, 'lock table locked in access exclusive mode');
    ends.push(() => holder.end());
    const statement = 'alter table locked add n int';
    const at = await start({
      database: behind(proxy, real),
      revisions: { first: executing('select 1'), second: executing('create table a (n int)', statement) },
    });
    const run = at.migrations.upgrade();
    let sent = '';
    while (!/alter table locked add n int[^]*; commit/.test(sent)) {
      await pause(10);
      sent += proxy.take();
    }
    expect((await at.migrations.current()).rows).toEqual(['first']);
    await holder.end();
    await run;
    expect((await at.migrations.current()).rows).toEqual(['second']);
  });

  it('is recorded with the time that its statements took', async () => {
    const at = await start({
      revisions: {
        first: executing('select 1'),
        second: executing('create table slow as select pg_sleep(0.2) is null as slept'),
      },
    });
    await at.migrations.upgrade();
    const [line] = await queryDatabase(
      at.database,
      "select duration_ms from nest_migrate_history where revision = 'second'",
    );
    expect(Number(line?.['duration_ms'])).toBeGreaterThanOrEqual(200);
  });

  it('is applied where what listens throws once its last statement has ended', async () => {
    const at = await start({
      revisions: { first: executing('create table a (n int)'), second: executing('select 1') },
    });
    const run = at.migrations.upgrade({
      onEvent: ({ type }) => {
        if (type === 'statementFinished') throw new Error('the listener');
      },
    });
    await expect(run).rejects.toThrow('the listener');
    expect((await at.migrations.current()).rows).toEqual(['first']);
    await at.migrations.upgrade();
    expect((await at.migrations.current()).rows).toEqual(['second']);
  });
});

const TABLE = 'create table parent (id int primary key)';
const CHILD = 'create table child (id int references parent deferrable initially deferred)';

/** What a revision executes, the last of them what it ends with. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'that succeeds': [TABLE, CHILD],
  'of one statement': [TABLE],
  'of none': [],
  'with invalid SQL': [TABLE, 'creat table child (id int)'],
  'whose first statement fails': ['select 1/0', TABLE],
  'whose middle statement fails': [TABLE, TABLE, CHILD],
  'whose last statement fails': [TABLE, TABLE],
  'whose commit fails': [TABLE, CHILD, 'insert into child values (1)'],
  'that waits for a lock too long': [TABLE, 'alter table locked add n int'],
  'that runs too long': [TABLE, "set local statement_timeout = '20ms'", 'select pg_sleep(60)'],
  'that ends its session': [TABLE, 'select pg_terminate_backend(pg_backend_pid())'],
  'that changes a setting': [TABLE, "set search_path to 'elsewhere'"],
  'that moves the rows itself': [TABLE, "update nest_migrate_version set version_num = 'elsewhere'"],
  'that ends its transaction': [TABLE, 'rollback'],
  'that is refused by a trigger of the version table': [
    'create function refuse() returns trigger language plpgsql as $$ begin raise exception $m$no$m$; end $$',
    'create trigger refuse before update on nest_migrate_version for each row execute function refuse()',
  ],
};

function statementOf({ failure }: RevisionFailedError): unknown {
  return { ordinal: failure.statement?.ordinal, sql: failure.statement?.sql };
}

/** What a run of a revision is seen to do. */
async function outcome(statements: readonly string[], form: (typeof forms)[keyof typeof forms]): Promise<unknown> {
  const real = await database();
  await queryDatabase(real, 'create table locked (id int)');
  const at = await start({
    database: real,
    revisions: {
      first: executing('select 1'),
      second: form(...statements),
      third: executing('create table c (n int)'),
    },
    module: { ddl: { lockTimeout: 50, retries: 1 } },
  });
  await at.migrations.upgrade({ target: 'first' });
  const holder = await openTransaction(real, 'lock table locked in access exclusive mode');
  const events: string[] = [];
  const told = ({ type, ...event }: MigrationEvent): void =>
    void events.push(`${type} ${'sql' in event ? event.sql : ''}`);
  const error = await at.migrations.upgrade({ onEvent: told }).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  await holder.end();
  const tables = await queryDatabase(
    real,
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );
  const lines = await queryDatabase(
    real,
    'select revision, direction, parents, operations_digest from nest_migrate_history order by id',
  );
  const { rows } = await at.migrations.current();
  const seen = {
    error: error?.message,
    cure: (error as { cure?: unknown } | undefined)?.cure?.toString(),
    failure:
      error instanceof RevisionFailedError
        ? { ...error.failure, cause: undefined, statement: statementOf(error) }
        : undefined,
    events: events.filter((event) => !event.startsWith('warning')),
    rows,
    tables,
    lines,
  };
  // a look at who holds the lock may come too late
  return JSON.parse(JSON.stringify(seen).replaceAll(/ It waited for .*? in access exclusive mode\./g, '')) as unknown;
}

/** Of the cases a run takes one in three, the next day others. */
const ofToday = Object.entries(cases).filter((_, index) => isTurn(index, 0, [0, 1, 2]));

it.each(ofToday)('a revision %s is the same with its commit behind it', async (_, statements) => {
  expect(await outcome(statements, forms.plain)).toEqual(await outcome(statements, forms.waiting));
});
