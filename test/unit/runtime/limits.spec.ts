/** The limits of a run: set before it, lifted for what must not be limited, and taken back however it ends. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type SessionLimits, type StatementLimits } from '../../../libs/nest-migrate/src/engines/session/limits.ts';
import { type Guard, withLimits } from '../../../libs/nest-migrate/src/runtime/limited-session.ts';
import { MemoryDatabase, type MemorySession } from '../../support/memory-database.ts';

const limits: StatementLimits = { lockTimeout: 10, statementTimeout: 20, retries: 0 };
const plain: SessionLimits = {
  read: 'read limits',
  set: ({ lockTimeout, statementTimeout }) => [`set ${lockTimeout} ${statementTimeout}`],
  restore: ({ lock }) => [`restore ${String(lock)}`],
  isLockTimeout: () => false,
};
const watched: SessionLimits = { ...plain, watchdog: { self: 'who am I', kill: (id) => `kill ${id}` } };

let session: MemorySession;
/** What another session of the pool was told, and what it waits for before it is done. */
let beside: string[];
let killed: Promise<void>;

beforeEach(() => {
  const database = new MemoryDatabase();
  database.results.set('read limits', [{ lock: 5 }]).set('who am I', [{ id: '7' }]);
  session = database.session();
  beside = [];
  killed = Promise.resolve();
});

function limited(
  work: (guard: Guard) => Promise<unknown>,
  {
    engine = plain,
    poolMax,
    ...own
  }: { engine?: SessionLimits | null; poolMax?: number } & Partial<StatementLimits> = {},
): Promise<unknown> {
  const execute = async (sql: string): Promise<void> => {
    beside.push(sql);
    await killed;
  };
  const connection = { execute } as unknown as AbstractSqlConnection;
  const parts = { session, connection, poolMax, engine: engine ?? undefined, limits: { ...limits, ...own } };
  return withLimits(parts, work);
}

describe('the limits of a run', () => {
  it('are set before the work, and the settings of the session come back behind it', async () => {
    await limited(async (guard) => guard(() => session.execute('work')));
    expect(session.calls).toEqual(['read limits', 'set 10 20', 'work', 'restore 5']);
  });

  it.each([
    ['there are none', { lockTimeout: undefined, statementTimeout: undefined }],
    ['the engine has none', { engine: null }],
  ])('cost nothing where %s', async (_, given) => {
    await limited(async (guard) => guard(() => session.execute('work')), given);
    expect(session.calls).toEqual(['work']);
  });

  it('come back behind work that fails, whose error stays', async () => {
    const failed = limited(() => Promise.reject(new Error('no such table')));
    await expect(failed).rejects.toThrow('no such table');
    expect(session.calls.at(-1)).toBe('restore 5');
  });

  it('of a session that is lost hide no error', async () => {
    const failed = limited(async () => {
      session.end();
      throw new Error('the server is gone');
    });
    await expect(failed).rejects.toThrow('the server is gone');
  });
});

describe('a statement that must not be limited', () => {
  const engine: SessionLimits = { ...plain, isExempt: (sql) => sql === 'long' };

  it('runs without limits, and the next one has them again', async () => {
    await limited(
      async (guard) => {
        await guard(() => session.execute('long'), 'long');
        await guard(() => session.execute('short'), 'short');
      },
      { engine },
    );
    expect(session.calls).toEqual(['read limits', 'set 10 20', 'set 0 0', 'long', 'set 10 20', 'short', 'restore 5']);
  });

  it('lifts only those that are set', async () => {
    await limited((guard) => guard(() => session.execute('long'), 'long'), { engine, statementTimeout: undefined });
    expect(session.calls).toContain('set 0 undefined');
  });

  it('has its own error, also where the transaction takes no settings any more', async () => {
    session.database.meddle = (call) => {
      if (call === 'long') throw new Error('duplicate key');
      if (call.startsWith('set 10') && session.calls.includes('long')) throw new Error('transaction is aborted');
    };
    const failed = limited((guard) => guard(() => session.execute('long'), 'long'), { engine });
    await expect(failed).rejects.toThrow('duplicate key');
  });
});

describe('an engine that ends no statement by itself', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** A statement that runs until the test ends it. */
  function running(): { readonly send: () => Promise<string>; readonly end: (result: string) => void } {
    let end = (_result: string): void => undefined;
    const result = new Promise<string>((resolve) => (end = resolve));
    return { send: () => result, end };
  }

  it('has another session end what takes too long, before the next statement is sent', async () => {
    const { send, end } = running();
    const work = limited((guard) => guard(send), { engine: watched });
    await jest.advanceTimersByTimeAsync(19);
    expect(beside).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(beside).toEqual(['kill 7']);
    end('killed');
    expect(await work).toBe('killed');
    // a kill that arrives late hits this one
    expect(session.calls.slice(-2)).toEqual(['select 1', 'restore 5']);
  });

  it('sends nothing more while the other session is still at it, which could hit the next statement', async () => {
    let arrive = (): void => undefined;
    killed = new Promise((resolve) => (arrive = resolve));
    const { send, end } = running();
    const work = limited((guard) => guard(send), { engine: watched });
    await jest.advanceTimersByTimeAsync(20);
    end('done by itself');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(session.calls.at(-1)).toBe('who am I');
    arrive();
    await work;
    expect(session.calls.slice(-2)).toEqual(['select 1', 'restore 5']);
  });

  it('is left alone where a statement ends in time', async () => {
    const { send, end } = running();
    const work = limited((guard) => guard(send), { engine: watched });
    await jest.advanceTimersByTimeAsync(19);
    end('done');
    await work;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(beside).toEqual([]);
    expect(session.calls).not.toContain('select 1');
  });

  it('needs a second connection for it', async () => {
    await expect(limited(async () => undefined, { engine: watched, poolMax: 1 })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      option: 'ddl.statementTimeout',
    });
    expect(session.calls).toEqual([]);
  });
});
