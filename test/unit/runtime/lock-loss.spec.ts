/** A run that has lost its lock commits nothing more, and says so. */
import { describe, expect, it } from '@jest/globals';
import { type Fence } from '../../../libs/nest-migrate/src/runtime/ports.ts';
import { HeldLock, withTransactionLock } from '../../../libs/nest-migrate/src/runtime/held-lock.ts';
import { MemoryDatabase, type MemorySession } from '../../support/memory-database.ts';
import { type Line, MemoryClock, run } from '../../support/memory-run.ts';
import { otherSession, workLock } from './work-lock.ts';

const line: Line = {
  aaaa: (op) => op.execute('create table a'),
  bbbb: async (op) => {
    await op.execute('create table b');
    await op.execute('create table c');
  },
};

describe('a lock on another connection', () => {
  it.each([
    ['before a statement', 'create table b', ['create table a', 'create table b']],
    ['before a commit', 'create table c', ['create table a', 'create table b', 'create table c']],
  ])('that is lost %s: the revision is taken back', async (_, during, statements) => {
    const database = new MemoryDatabase();
    const holding = database.session();
    database.meddle = (call) => {
      if (call === during) holding.end();
    };
    const { error, sent } = await run({ line, database, options: { held: new HeldLock(holding, workLock()) } });
    expect(error).toMatchObject({ code: 'LOCK_LOST' });
    expect(sent).toEqual(statements);
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create table a'] });
  });

  it('where the engine commits, what was done is noted, and the row does not move', async () => {
    const database = new MemoryDatabase(true);
    const holding = database.session();
    database.meddle = (call) => {
      if (call === 'create table b') holding.end();
    };
    const { error } = await run({ line, database, options: { held: new HeldLock(holding, workLock()) } });
    expect(error).toMatchObject({ code: 'LOCK_LOST' });
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create table a', 'create table b'] });
    expect(database.committed.notes).toMatchObject([{ sql: 'create table b' }]);
  });

  it('the transaction of another run that is still open is waited for, and named where it stays', async () => {
    const database = new MemoryDatabase();
    const clock = new MemoryClock();
    let isOpen = true;
    clock.onPause = () => (isOpen = clock.pauses.length < 3);
    const lock = workLock({ tryAcquireWork: async () => !isOpen });
    const waiting = await run({
      ...{ line, database, ports: { clock } },
      options: { held: new HeldLock(database.session(), lock) },
    });
    expect(waiting.error).toBeUndefined();
    expect(waiting.events).toContainEqual({ type: 'lockWaiting', holder: otherSession });
    const stuck = await run({
      ...{ line, database: new MemoryDatabase() },
      options: { held: new HeldLock(database.session(), workLock({ tryAcquireWork: async () => false })) },
    });
    expect(stuck.error).toMatchObject({ code: 'LOCK_TIMEOUT', message: expect.stringContaining('pid 7') });
    expect(stuck.sent).toEqual([]);
  });

  it('a statement that an earlier run was at is waited for before it is judged', async () => {
    const database = new MemoryDatabase(true);
    const once: Line = { aaaa: (op) => op.execute('create table a') };
    database.meddle = (call) => (call === 'create table a' ? 'behind' : undefined);
    await run({ line: once, database });
    expect(database.committed.notes).toMatchObject([{ state: 'running' }]);
    database.meddle = () => undefined;
    const asked: string[] = [];
    const lock = workLock({
      runner: async (_, sql) => (asked.push(sql) < 3 ? otherSession : null),
    });
    const { warnings, error } = await run({
      ...{ line: once, database, begun: { interrupted: 'skip' } },
      options: { held: new HeldLock(database.session(), lock) },
    });
    expect(error).toBeUndefined();
    expect(asked).toEqual(['create table a', 'create table a', 'create table a']);
    expect(warnings[0]).toMatch(/^Waiting for a statement of an interrupted run .*pid 7/);
  });
});

describe('taking the lock on another connection', () => {
  const pinned =
    (database: MemoryDatabase, all: MemorySession[]) =>
    async <T>(work: (session: MemorySession) => Promise<T>): Promise<T> => {
      const session = database.session();
      all.push(session);
      return work(session);
    };

  it('keeps no transaction open between two tries, and lets go of it behind the work', async () => {
    const sessions: MemorySession[] = [];
    const clock = new MemoryClock();
    const lock = workLock({ tryAcquire: async () => clock.pauses.length >= 2, holder: async () => otherSession });
    const events: string[] = [];
    const wait = { timeout: 60_000, clock, emit: ({ type }: { type: string }) => void events.push(type) };
    const result = await withTransactionLock(lock, pinned(new MemoryDatabase(), sessions), wait, async () => {
      expect(sessions.filter(({ inTransaction }) => inTransaction)).toHaveLength(1);
      return 'done';
    });
    expect(result).toBe('done');
    expect(events).toEqual(['lockWaiting', 'lockAcquired', 'lockReleased']);
    expect(sessions.some(({ inTransaction }) => inTransaction)).toBe(false);
  });

  it('is given up behind the time to wait, naming the session that has it', async () => {
    const clock = new MemoryClock();
    const lock = workLock({ tryAcquire: async () => false, holder: async () => otherSession });
    const wait = { timeout: 60_000, clock, emit: () => undefined };
    const taken = withTransactionLock(lock, pinned(new MemoryDatabase(), []), wait, async () => 'never');
    await expect(taken).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', message: expect.stringContaining('pid 7') });
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
  });
});

describe('a fence', () => {
  const loss = new Error('the lease is gone');
  const fence = (fenced: Partial<Fence>): Fence => ({
    ...{ check: async () => undefined, move: async () => undefined, lossBehind: async () => undefined, ...fenced },
  });

  it('is moved first of all in each transaction; one that can not be takes the transaction back', async () => {
    const database = new MemoryDatabase();
    database.committed.hasTables = true;
    const session = database.session();
    let moves = 0;
    session.fence = fence({
      move: async () => {
        expect(session.calls.at(-1)).toBe('begin');
        moves += 1;
        if (moves === 2) throw loss;
      },
      lossBehind: async (_, error) => (error === loss ? loss : undefined),
    });
    const { error } = await run({ line, database, session });
    expect(error).toBe(loss);
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['create table a'] });
  });

  it('is asked before each statement', async () => {
    const database = new MemoryDatabase();
    const session = database.session();
    let checks = 0;
    session.fence = fence({
      check: async () => {
        if (++checks === 2) throw loss;
      },
      lossBehind: async () => loss,
    });
    const { error, sent } = await run({ line, database, session });
    expect(error).toBe(loss);
    expect(sent).toEqual(['create table a']);
  });
});

it('where the rows have moved under a lock that was thought to be held, nothing of the revision is run', async () => {
  const database = new MemoryDatabase(true);
  const { error, sent } = await run({
    ...{ line, database },
    onEvent: (event) => {
      if (event.type === 'stepStarted' && event.step.revision === 'bbbb') database.committed.rows = ['elsewhere'];
    },
  });
  expect(error).toMatchObject({
    code: 'VERSION_CONFLICT',
    message:
      'Another run has moved the version table versions meanwhile: it held aaaa and holds elsewhere. Nothing of bbbb was run. Run the command again.',
  });
  expect(sent).toEqual(['create table a']);
  expect(database.committed).toMatchObject({ done: ['create table a'], notes: [] });
});
