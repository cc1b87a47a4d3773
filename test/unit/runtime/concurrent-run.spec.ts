/** Statements that wait for the transactions of others: the one in the way is said, and nothing half built stays. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type ConcurrentStatements,
  type Remains,
} from '../../../libs/nest-migrate/src/engines/session/concurrent-statements.ts';
import { type LockHolder } from '../../../libs/nest-migrate/src/engines/session/lock.ts';
import { ConcurrentRun } from '../../../libs/nest-migrate/src/runtime/concurrent-run.ts';
import { type RunEvent } from '../../../libs/nest-migrate/src/runtime/events.ts';
import { WaitWatch } from '../../../libs/nest-migrate/src/runtime/wait-watch.ts';
import { MemoryDatabase } from '../../support/memory-database.ts';
import { memoryEngine } from '../../support/memory-run.ts';
import { otherSession } from './work-lock.ts';

const SQL = 'create index concurrently by_title on book (title)';

/** The session that the statement waits for at each look; the last stays. */
let awaited: (LockHolder | null | Error)[];
let looks: number;
let remains: Remains | undefined;
let events: RunEvent[];

const concurrent: ConcurrentStatements = {
  includes: (sql) => sql === SQL,
  watch: async () => async () => remains,
};

const look = async (): Promise<LockHolder | null> => {
  const holder = awaited[Math.min(looks, awaited.length - 1)] ?? null;
  looks += 1;
  if (holder instanceof Error) throw holder;
  return holder;
};

beforeEach(() => {
  awaited = [otherSession];
  looks = 0;
  remains = undefined;
  events = [];
});

function runOf(sql = SQL, database = new MemoryDatabase(), session = database.session()): ConcurrentRun | undefined {
  const engine = memoryEngine(database, { concurrent });
  return ConcurrentRun.of({ engine, session, emit }, sql);
}

const emit = (event: RunEvent): void => void events.push(event);
const watch = (lockTimeout?: number): WaitWatch => new WaitWatch({ look, lockTimeout, emit });

function concurrentRun(): ConcurrentRun {
  const found = runOf();
  if (found === undefined) throw new Error('It is no such statement.');
  return found;
}

const messages = (): readonly string[] => events.flatMap((event) => ('message' in event ? [event.message ?? ''] : []));

describe('a statement of its kind', () => {
  it('is none inside of a transaction, and no other statement is', async () => {
    const database = new MemoryDatabase();
    const session = database.session();
    expect(runOf(SQL, database, session)).toBeDefined();
    expect(runOf('create index by_title on book (title)')).toBeUndefined();
    await session.begin();
    expect(runOf(SQL, database, session)).toBeUndefined();
  });
});

describe('what it waits for', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Sends a statement that takes that long, and returns when it has ended. */
  async function lasting(milliseconds: number, on = watch()): Promise<WaitWatch> {
    let end = (): void => undefined;
    const sent = on.watched(SQL, () => new Promise<void>((resolve) => (end = resolve)));
    await jest.advanceTimersByTimeAsync(milliseconds);
    end();
    await sent;
    return on;
  }

  it('is not looked for where the statement ends soon', async () => {
    await lasting(249);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(looks).toBe(0);
    expect(messages()).toEqual([]);
  });

  it('is looked for before a short limit ends the wait', async () => {
    await lasting(90, watch(150));
    expect(messages()).toEqual([expect.stringContaining('pid 7')]);
  });

  it('is said once, however long it takes', async () => {
    const on = await lasting(10_000);
    expect(looks).toBeGreaterThan(3);
    expect(messages()).toEqual([expect.stringMatching(/^Waiting for .*pid 7.*: \[create index concurrently/)]);
    expect(on.lastAwaited).toContain('pid 7');
  });

  it('is said again where it is another session', async () => {
    awaited = [otherSession, null, { ...otherSession, pid: 8 }];
    await lasting(10_000);
    expect(messages()).toEqual([expect.stringContaining('pid 7'), expect.stringContaining('pid 8')]);
  });

  it('is looked for again where there was no connection for a look', async () => {
    awaited = [new Error('timeout exceeded when trying to connect'), otherSession];
    await lasting(10_000);
    expect(messages()).toEqual([expect.stringContaining('pid 7')]);
  });

  it('is not looked for any more once the statement has failed, whose error stays', async () => {
    const failed = watch().watched(SQL, () => Promise.reject(new Error('duplicate key')));
    await expect(failed).rejects.toThrow('duplicate key');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(looks).toBe(0);
  });
});

describe('what a build that failed leaves behind', () => {
  const error = new Error('duplicate key');
  let sent: string[];
  beforeEach(() => {
    sent = [];
  });

  async function cleanUp(send: (sql: string) => Promise<void> = async (sql) => void sent.push(sql)): Promise<boolean> {
    const on = concurrentRun();
    await on.prepare();
    return on.cleanUp(error, send);
  }

  it('is dropped, and that is said', async () => {
    remains = { name: 'by_title', drop: 'drop index by_title' };
    expect(await cleanUp()).toBe(true);
    expect(sent).toEqual(['drop index by_title']);
    expect(messages()).toEqual([expect.stringContaining("The build of index 'by_title' failed")]);
  });

  it('may be nothing', async () => {
    expect(await cleanUp()).toBe(true);
    expect(sent).toEqual([]);
    expect(messages()).toEqual([]);
  });

  it('is said where it cannot be dropped', async () => {
    remains = { name: 'by_title', drop: 'drop index by_title' };
    expect(await cleanUp(() => Promise.reject(new Error('lock timeout')))).toBe(false);
    expect(messages()).toEqual([expect.stringMatching(/could not be taken away: lock timeout/)]);
  });
});
