import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FailureAftermath, RevisionFailedError } from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { executing, given, type RevisionCode } from '../../support/revision-file.ts';
import { openDatabase } from '../../support/scripts.ts';
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

async function rows(at: Scenario, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (at.orm.em.getConnection() as AbstractSqlConnection).execute(sql);
}

const has = (at: Scenario, table: string): Promise<boolean> =>
  rows(at, `select * from ${table}`).then(
    () => true,
    () => false,
  );

async function failureOf(at: Scenario): Promise<RevisionFailedError> {
  const error: unknown = await at.migrations.upgrade().catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(RevisionFailedError);
  return error as RevisionFailedError;
}

/** Sends statements of its own through the ORM, between two tables. */
const inData = (...sql: readonly string[]): RevisionCode =>
  given({ sql }, async (op, values) => {
    await op.execute('create table a (n int)');
    await op.transaction(async ({ em }) => {
      for (const each of values.sql) await em.execute(each);
    });
    await op.execute('create table b (n int)');
  });

describe.each(['postgres', 'pglite', 'sqlite'] as const)(
  'a transaction that something in a revision ended on %s',
  (engine) => {
    it.each(['commit', 'rollback'] as const)('is told of as what became of it: %s through the ORM', async (control) => {
      const at = await start(engine, {
        revisions: { aaaa: inData(control) },
      });
      const { failure, message } = await failureOf(at);
      expect(message).not.toContain('The connection is lost');
      const told: FailureAftermath =
        engine === 'sqlite' ? 'unknown' : control === 'commit' ? 'committed' : 'rolled back';
      expect(failure).toMatchObject({ aftermath: told, rows: [] });
      expect([await has(at, 'a'), await has(at, 'b')]).toEqual([control === 'commit', false]);
      // the session is of use again
      expect((await at.migrations.current()).rows).toEqual([]);
    });

    it('is noticed although nothing fails: begun again through the ORM', async () => {
      const again = inData('rollback', 'begin', 'savepoint nest_migrate_data');
      const at = await start(engine, { revisions: { aaaa: again } });
      const { failure } = await failureOf(at);
      expect(failure.cause).toMatchObject({ code: 'TRANSACTION_ENDED' });
      expect(failure.rows).toEqual([]);
      expect(await has(at, 'a')).toBe(false);
    });
  },
);

describe('the statement that failed outside of any transaction', () => {
  it.each(['postgres', 'pglite', 'sqlite'] as const)('is not said to be rolled back with one on %s', async (engine) => {
    const at = await start(engine, {
      revisions: { aaaa: (op) => op.autocommitBlock((block) => block.execute('select broken(')) },
    });
    const { failure, message } = await failureOf(at);
    expect(failure.aftermath).toBe('untouched');
    expect(message).toMatch(/Nothing of it was applied; the database is at base\.$/);
  });
});

describe("SQLite's foreign keys", () => {
  const table = 'create table u (id integer primary key on conflict rollback)';
  const row = 'insert into u values (1)';
  const ways: Record<string, { readonly upgrade: RevisionCode; readonly says: RegExp }> = {
    'a conflict that rolls back': {
      upgrade: executing(table, row, row),
      says: /UNIQUE constraint failed: u\.id\. Its transaction was rolled back; the database is at base\.$/,
    },
    'a conflict that rolls back, in op.transaction': {
      upgrade: given({ table, row }, async (op, values) => {
        await op.execute(values.table);
        await op.execute(values.row);
        await op.transaction(async ({ em }) => void (await em.execute(values.row)));
      }),
      says: /UNIQUE constraint failed: u\.id/,
    },
    'a trigger that rolls back': {
      upgrade: executing(
        'create table u (n int)',
        "create trigger t before insert on u begin select raise(rollback, 'not this one'); end",
        row,
      ),
      says: /not this one\. Its transaction was rolled back; the database is at base\.$/,
    },
    'a commit through the ORM': { upgrade: inData('commit'), says: /look whether/ },
    'a rollback through the ORM': { upgrade: inData('rollback'), says: /look whether/ },
    'rows that refer to nothing': {
      upgrade: executing('create table u (n int references v)', row),
      says: /Its transaction was rolled back; the database is at base\.$/,
    },
    'a failure behind an autocommit block': {
      upgrade: async (op) => {
        await op.autocommitBlock(async (block) => void (await block.query('pragma foreign_keys = off')));
        throw new Error('no');
      },
      says: /no\. Its transaction was rolled back/,
    },
  };

  it.each(Object.entries(ways))('are on again behind %s', async (_, { upgrade, says }) => {
    const at = await start('sqlite', { revisions: { aaaa: upgrade } });
    const { message } = await failureOf(at);
    expect(message).toMatch(says);
    expect(message).not.toContain('The connection is lost');
    expect(await rows(at, 'pragma foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect((await at.migrations.current()).rows).toEqual([]);
  });

  it('are on again where the transaction could not be begun', async () => {
    const database = await createDatabase('sqlite');
    databases.push(database);
    const at = await start('sqlite', { database, revisions: { aaaa: '' } });
    const other = await openDatabase(database);
    const connection = other.orm.em.getConnection() as AbstractSqlConnection;
    await connection.execute('begin immediate');
    await expect(at.migrations.upgrade({ lockWaitTimeout: 50 })).rejects.toThrow(/The migration lock was not free/);
    await connection.execute('rollback');
    await other.orm.close(true);
    expect(await rows(at, 'pragma foreign_keys')).toEqual([{ foreign_keys: 1 }]);
  });
});
