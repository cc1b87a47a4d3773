/** Where a transaction is the lock, or another connection holds it, what is left to do shows only inside. */
import { describe, expect, it } from '@jest/globals';
import { type LockingTransaction } from '../../../libs/nest-migrate/src/engines/session/transaction.ts';
import { HeldLock } from '../../../libs/nest-migrate/src/runtime/held-lock.ts';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { type Line, MemoryClock, type MemoryRun, run, upgradeFrom } from '../../support/memory-run.ts';
import { workLock } from './work-lock.ts';

const line: Line = {
  aaaa: (op) => op.execute('create table a'),
  bbbb: (op) => op.execute('create table b'),
  cccc: (op) => op.execute('create table c'),
};

class Busy extends Error {}

const locking: LockingTransaction = {
  prepare: async (session) => void (await session.execute('prepare')),
  begin: 'begin immediate',
  isBusy: (error) => error instanceof Busy,
  begun: async (session) => void (await session.execute('begun')),
  beforeCommit: async (session) => void (await session.execute('before commit')),
  ended: async (session) => void (await session.execute('ended')),
};

const ways: readonly (readonly [string, (database: MemoryDatabase) => Partial<MemoryRun>])[] = [
  ['a transaction is the lock', () => ({ engine: { lockingTransaction: locking } })],
  [
    'another connection has the lock',
    (database) => ({ options: { held: new HeldLock(database.session(), workLock()) } }),
  ],
];

describe.each(ways)('where %s', (_, way) => {
  /** A run from a plan that was made while the rows were others. */
  const stale = (database: MemoryDatabase, more: Partial<MemoryRun> = {}): ReturnType<typeof run> => {
    const { options, ...rest } = way(database);
    const plan = { steps: upgradeFrom(line, []), rows: [] };
    return run({ line, database, plan, ...rest, ...more, options: { ...options, ...more.options } });
  };

  it('revisions that another run has taken meanwhile are not taken again', async () => {
    const database = new MemoryDatabase();
    database.committed = { ...database.committed, hasTables: true, rows: ['bbbb'] };
    const { steps, sent } = await stale(database);
    expect(steps?.map(({ revision }) => revision)).toEqual(['cccc']);
    expect(sent).toEqual(['create table c']);
    expect(database.committed.rows).toEqual(['cccc']);
  });

  it('nothing is done where another run has done all of it', async () => {
    const database = new MemoryDatabase();
    database.committed = { ...database.committed, hasTables: true, rows: ['cccc'] };
    const { steps, error, session } = await stale(database);
    expect([steps, error]).toEqual([[], undefined]);
    expect(session.inTransaction).toBe(false);
  });

  it('what another run does between two steps counts for the second', async () => {
    const database = new MemoryDatabase();
    const { steps } = await stale(database, {
      onEvent: (event) => {
        if (event.type === 'stepFinished' && event.step.revision === 'aaaa') database.committed.rows = ['bbbb'];
      },
    });
    expect(steps?.map(({ revision }) => revision)).toEqual(['aaaa', 'cccc']);
  });

  it('rows that did not move take no second plan', async () => {
    const database = new MemoryDatabase();
    let plans = 0;
    const { steps } = await stale(database, {
      plan: { steps: upgradeFrom(line, []), rows: [], replan: async () => (plans++, []) },
    });
    expect(steps).toHaveLength(3);
    expect(plans).toBe(0);
  });

  it('all steps in one transaction are planned once, inside it', async () => {
    const database = new MemoryDatabase();
    database.committed = { ...database.committed, hasTables: true, rows: ['aaaa'] };
    const { steps } = await stale(database, { options: { transactionPerMigration: false } });
    expect(steps?.map(({ revision }) => revision)).toEqual(['bbbb', 'cccc']);
  });
});

describe('a transaction that is the lock', () => {
  it('is waited for, and each one begins, commits and ends as the engine says', async () => {
    const database = new MemoryDatabase();
    database.committed.hasTables = true;
    let busy = 2;
    database.meddle = (call) => {
      if (call === 'begin immediate' && busy-- > 0) throw new Busy('database is locked');
    };
    const clock = new MemoryClock();
    const { session, events, error } = await run({
      ...{ database, engine: { lockingTransaction: locking }, ports: { clock } },
      line: { aaaa: (op) => op.execute('create table a') },
    });
    expect(error).toBeUndefined();
    expect(clock.pauses).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'lockWaiting')).toHaveLength(1);
    const own = ['prepare', 'begin immediate', 'begun', 'create table a', 'before commit', 'commit', 'ended'];
    expect(session.calls.filter((call) => own.includes(call))).toEqual([
      ...['prepare', 'begin immediate', 'begin immediate', 'begin immediate', 'begun'],
      ...['create table a', 'before commit', 'commit', 'ended'],
    ]);
  });

  it('is given up behind the time to wait: nothing was run', async () => {
    const database = new MemoryDatabase();
    database.committed.hasTables = true;
    database.meddle = (call) => {
      if (call === 'begin immediate') throw new Busy('database is locked');
    };
    const { error, sent } = await run({ line, database, engine: { lockingTransaction: locking } });
    expect(error).toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(sent).toEqual([]);
  });
});
