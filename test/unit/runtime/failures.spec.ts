/** What a statement that fails leaves, and what is said of it. */
import { describe, expect, it } from '@jest/globals';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { type Line, run } from '../../support/memory-run.ts';

const line: Line = {
  aaaa: (op) => op.execute('create table a'),
  bbbb: async (op) => {
    await op.execute('create table b');
    await op.execute('insert into b');
    await op.execute('alter table broken');
  },
};

function failing(database: MemoryDatabase, statement = 'alter table broken'): MemoryDatabase {
  database.meddle = (call) => {
    if (call === statement) throw new Error(`${statement} is refused`);
  };
  return database;
}

describe('a statement that fails', () => {
  it('in a transaction: takes the revision back, and keeps the revisions before it', async () => {
    const database = failing(new MemoryDatabase());
    const { error } = await run({ line, database });
    expect(error).toMatchObject({
      code: 'REVISION_FAILED',
      cause: { message: 'alter table broken is refused' },
      failure: {
        ...{ revision: 'bbbb', direction: 'upgrade', aftermath: 'rolled back', rows: ['aaaa'], finished: ['aaaa'] },
        statement: { ordinal: 2, sql: 'alter table broken' },
      },
    });
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create table a'], notes: [] });
  });

  it('where DDL commits: leaves what is done, with a note of each statement, and says so', async () => {
    const database = failing(new MemoryDatabase(true));
    const { error } = await run({ line, database });
    expect(error).toMatchObject({
      failure: { revision: 'bbbb', aftermath: 'partly applied', rows: ['aaaa'], finished: ['aaaa'] },
    });
    expect(database.committed).toMatchObject({
      rows: ['aaaa'],
      done: ['create table a', 'create table b', 'insert into b'],
      notes: [
        { revision: 'bbbb', ordinal: 0, state: 'done', sql: 'create table b' },
        { revision: 'bbbb', ordinal: 1, state: 'done', sql: 'insert into b' },
      ],
    });
  });

  it('in an autocommit block: keeps what was committed for it, with notes, and nothing else', async () => {
    const database = failing(new MemoryDatabase());
    const { error } = await run({
      database,
      line: {
        aaaa: async (op) => {
          await op.execute('create table a');
          await op.autocommitBlock(async (block) => {
            await block.execute('create index a_n');
            await block.execute('alter table broken');
          });
        },
      },
    });
    expect(error).toMatchObject({ failure: { revision: 'aaaa', aftermath: 'partly applied', rows: [] } });
    expect(database.committed).toMatchObject({
      rows: [],
      done: ['create table a', 'create index a_n'],
      notes: [
        { ordinal: 0, state: 'done' },
        { ordinal: 1, state: 'done' },
      ],
    });
  });

  it('behind an autocommit block: takes back what came behind it, and only that', async () => {
    const database = failing(new MemoryDatabase());
    await run({
      database,
      line: {
        aaaa: async (op) => {
          await op.autocommitBlock((block) => block.execute('create index a_n'));
          await op.execute('insert into a');
          await op.execute('alter table broken');
        },
      },
    });
    expect(database.committed.done).toEqual(['create index a_n']);
    expect(database.committed.notes).toHaveLength(1);
  });

  it('that needs to run outside of a transaction is refused inside, before it is sent', async () => {
    const database = new MemoryDatabase();
    const concurrently: Line = { aaaa: (op) => op.createIndex('a', ['n'], { name: 'a_n', concurrently: true }) };
    const { error, sent } = await run({ line: concurrently, database });
    expect(error).toMatchObject({ failure: { cause: { code: 'OUTSIDE_TRANSACTION' } } });
    expect(sent).toEqual([]);
  });

  it('and was swallowed fails the revision all the same, and nothing behind it is sent', async () => {
    const database = failing(new MemoryDatabase());
    const { error, sent } = await run({
      database,
      line: {
        aaaa: async (op) => {
          await op.execute('alter table broken').catch(() => undefined);
          await op.execute('create table a').catch(() => undefined);
        },
      },
    });
    expect(error).toMatchObject({ code: 'REVISION_FAILED' });
    expect(sent).toEqual(['alter table broken']);
  });

  it('takes back the data transaction that it is in, on an engine whose DDL commits', async () => {
    const database = failing(new MemoryDatabase(true), 'update a');
    const { error } = await run({
      database,
      line: {
        aaaa: async (op) => {
          await op.execute('create table a');
          await op.transaction(async ({ em }) => {
            await em.execute('insert into a');
            await em.execute('update a');
          });
        },
      },
    });
    expect(error).toMatchObject({ failure: { aftermath: 'partly applied', rows: [] } });
    expect(database.committed.done).toEqual(['create table a']);
  });
});

describe('what became of a transaction', () => {
  const mark = { begun: 'mark', now: 'mark', fate: (of: string) => `fate of ${of}` };

  it.each([
    ['committed', 'committed'],
    ['aborted', 'rolled back'],
    [null, 'unknown'],
  ] as const)('is asked for where something in the revision has ended it: %s', async (fate, aftermath) => {
    const database = new MemoryDatabase();
    database.results.set('mark', [{ mark: '1' }]);
    database.results.set('fate of 1', [{ fate }]);
    database.meddle = (call) => {
      if (call === 'create table a') database.results.set('mark', [{ mark: '2' }]);
    };
    const ended: Line = { aaaa: (op) => op.execute('create table a') };
    const { error } = await run({ line: ended, database, engine: { transactionMark: mark } });
    expect(error).toMatchObject({ failure: { aftermath, cause: { code: 'TRANSACTION_ENDED' } } });
  });
});

it('a failure that nothing can be asked behind says that the rows are not known', async () => {
  const database = new MemoryDatabase();
  database.meddle = (call) => (call === 'create table a' ? 'before' : undefined);
  const { error } = await run({ line, database });
  expect(error).toMatchObject({ failure: { revision: 'aaaa', rows: null } });
  expect(database.committed.done).toEqual([]);
});
