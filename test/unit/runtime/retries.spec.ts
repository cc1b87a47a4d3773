/** What waited too long for a lock is tried again, as a whole and as often as it may be. */
import { describe, expect, it } from '@jest/globals';
import { Retries } from '../../../libs/nest-migrate/src/runtime/retries.ts';
import { type RevisionFunction } from '../../../libs/nest-migrate/src/runtime/revision-data.ts';
import { MemoryDatabase } from '../../support/memory-database.ts';
import {
  type Line,
  LockWaitTimeout,
  memoryEngine,
  MemoryClock,
  type MemoryRun,
  run,
  type RunOutcome,
} from '../../support/memory-run.ts';

const limits = (retries: number): MemoryRun['options'] => ({
  limits: { lockTimeout: 100, statementTimeout: undefined, retries },
});

/** The statement waits too long for a lock, so many times. */
function busy(database: MemoryDatabase, statement: string, times: number): MemoryDatabase {
  let left = times;
  database.meddle = (call) => {
    if (call === statement && left-- > 0) throw new LockWaitTimeout('canceling statement due to lock timeout');
  };
  return database;
}

const line: Line = {
  aaaa: async (op) => {
    await op.execute('create table a');
    await op.execute('alter table busy');
  },
};

describe('a revision in a transaction', () => {
  it('is begun again from its first statement, and everything of it is done once', async () => {
    const database = busy(new MemoryDatabase(), 'alter table busy', 2);
    const { error, events, sent } = await run({ line, database, options: limits(3) });
    expect(error).toBeUndefined();
    const once = ['create table a', 'alter table busy'];
    expect(sent).toEqual([...once, ...once, ...once]);
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: once, lines: ['upgrade aaaa'] });
    expect(events.filter(({ type }) => type === 'retrying')).toMatchObject([
      { revision: 'aaaa', retry: 1, retries: 3, reason: 'canceling statement due to lock timeout' },
      { revision: 'aaaa', retry: 2, retries: 3 },
    ]);
  });

  it('fails behind the last retry with what it failed with', async () => {
    const database = busy(new MemoryDatabase(), 'alter table busy', 9);
    const { error, sent } = await run({ line, database, options: limits(2) });
    expect(error).toMatchObject({
      code: 'REVISION_FAILED',
      failure: { statement: { ordinal: 1 }, aftermath: 'rolled back', rows: [] },
    });
    expect(sent.filter((sql) => sql === 'alter table busy')).toHaveLength(3);
    expect(database.committed.done).toEqual([]);
  });

  it('has its own retries: those of the revision before it do not count', async () => {
    const database = new MemoryDatabase();
    const left = new Map([
      ['create table a', 1],
      ['create table b', 1],
    ]);
    database.meddle = (call) => {
      const times = left.get(call) ?? 0;
      left.set(call, times - 1);
      if (times > 0) throw new LockWaitTimeout('too long');
    };
    const two: Line = { aaaa: (op) => op.execute('create table a'), bbbb: (op) => op.execute('create table b') };
    const { error } = await run({ line: two, database, options: limits(1) });
    expect(error).toBeUndefined();
    expect(database.committed.rows).toEqual(['bbbb']);
  });

  it('is not begun again where a part of it is committed', async () => {
    const database = busy(new MemoryDatabase(), 'alter table busy', 1);
    const { error, events } = await run({
      ...{ database, options: limits(3) },
      line: {
        aaaa: async (op) => {
          await op.autocommitBlock((block) => block.execute('create index a_n'));
          await op.execute('alter table busy');
        },
      },
    });
    expect(error).toMatchObject({ failure: { aftermath: 'partly applied' } });
    expect(events.map(({ type }) => type)).not.toContain('retrying');
  });

  it('is not begun again where all revisions are one transaction', async () => {
    const database = busy(new MemoryDatabase(), 'alter table busy', 1);
    const { error } = await run({ line, database, options: { ...limits(3), transactionPerMigration: false } });
    expect(error).toMatchObject({ code: 'REVISION_FAILED' });
  });

  it('is not begun again for any other failure', async () => {
    const database = new MemoryDatabase();
    database.meddle = (call) => {
      if (call === 'create table a') throw new Error('no room');
    };
    const { events } = await run({ line, database, options: limits(3) });
    expect(events.map(({ type }) => type)).not.toContain('retrying');
  });
});

describe('where DDL commits', () => {
  it('the statement alone is tried again', async () => {
    const database = busy(new MemoryDatabase(true), 'alter table busy', 2);
    const { error, sent } = await run({ line, database, options: limits(2) });
    expect(error).toBeUndefined();
    expect(sent).toEqual(['create table a', 'alter table busy', 'alter table busy', 'alter table busy']);
    expect(database.committed).toMatchObject({
      rows: ['aaaa'],
      done: ['create table a', 'alter table busy'],
      notes: [],
    });
  });

  it('a data transaction is begun again as a whole', async () => {
    const database = busy(new MemoryDatabase(true), 'update a', 1);
    const { error } = await run({
      ...{ database, options: limits(2) },
      line: {
        aaaa: (op) =>
          op.transaction(async ({ em }) => {
            await em.execute('insert into a');
            await em.execute('update a');
          }),
      },
    });
    expect(error).toBeUndefined();
    expect(database.committed.done).toEqual(['insert into a', 'update a']);
  });
});

describe('a build outside of a transaction that may have left something', () => {
  const build: RevisionFunction = (op) =>
    op.autocommitBlock((block) => block.createIndex('a', ['n'], { name: 'a_n', concurrently: true }));
  /** What was left half-way goes first. */
  const built = ['create index a_n', 'drop index a_n', 'create index a_n'];
  const callsOf = ({ session }: RunOutcome): readonly string[] => session.calls.filter((call) => built.includes(call));

  it('is noted as failed, and cleaned up by the next run', async () => {
    const database = busy(new MemoryDatabase(), 'create index a_n', 1);
    const failed = await run({ line: { aaaa: build }, database });
    expect(failed.error).toMatchObject({ code: 'REVISION_FAILED' });
    expect(database.committed.notes).toMatchObject([{ sql: 'create index a_n', state: 'failed' }]);
    const again = await run({ line: { aaaa: build }, database });
    expect(again.error).toBeUndefined();
    expect([...callsOf(failed), ...callsOf(again)]).toEqual(built);
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create index a_n'], notes: [] });
  });

  it.each<[string, Line]>([
    ['the first revision', { aaaa: build }],
    ['a later revision', { aaaa: (op) => op.execute('create table a'), bbbb: build }],
  ])('is cleaned up before %s is begun again', async (_, of) => {
    const database = busy(new MemoryDatabase(), 'create index a_n', 1);
    const outcome = await run({ line: of, database, options: limits(2) });
    expect(outcome.error).toBeUndefined();
    expect(callsOf(outcome)).toEqual(built);
    expect(database.committed.notes).toEqual([]);
  });
});

it('pauses grow twofold up to ten seconds, with jitter, and end with the signal', async () => {
  const clock = new MemoryClock();
  const stop = new AbortController();
  const { limits: engine } = memoryEngine(new MemoryDatabase()).session;
  const retries = new Retries('aaaa', {
    ...{ engine, clock, signal: stop.signal, emit: () => undefined },
    limits: { lockTimeout: 1, statementTimeout: undefined, retries: 9 },
  });
  for (let tries = 0; tries < 8; tries++) expect(await retries.again(new LockWaitTimeout())).toBe(true);
  for (const [index, length] of [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000].entries()) {
    expect(clock.pauses[index]).toBeGreaterThanOrEqual(length * 0.5);
    expect(clock.pauses[index]).toBeLessThanOrEqual(length * 1.5);
  }
  clock.onPause = () => stop.abort('enough');
  await expect(retries.again(new LockWaitTimeout())).rejects.toMatchObject({ code: 'RUN_ABORTED', reason: 'enough' });
  expect(await retries.again(new LockWaitTimeout())).toBe(false);
});
