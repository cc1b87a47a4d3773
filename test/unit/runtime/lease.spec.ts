/** The lock of a cluster: each transaction moves it, and a run that has lost it commits nothing more. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { LOCK_COLUMNS, type LockTableSql } from '../../../libs/nest-migrate/src/engines/tables/lock-table.ts';
import { Lease, PULSE_MS } from '../../../libs/nest-migrate/src/runtime/lease.ts';
import { LeaseTable } from '../../../libs/nest-migrate/src/runtime/lease-table.ts';
import { MemoryDatabase, MemorySession } from '../../support/memory-database.ts';
import { type Line, run } from '../../support/memory-run.ts';

const sql: LockTableSql = {
  ...{ columns: 'columns of the lease', create: 'create lease', select: 'read lease', clear: 'clear lease' },
  ...{ deleteLease: () => 'delete lease', insert: () => 'insert lease' },
  move: (part, owner) => `move ${part} of ${owner}`,
  release: (owner) => `release lease of ${owner}`,
  free: (owner) => `free lease of ${owner}`,
};

/** A session of the cluster's member, on which the lease has one owner. */
class MemberSession extends MemorySession {
  owner: string | null = 'this run';

  override async execute(text: string, params?: readonly unknown[], author?: 'revision' | 'tool'): Promise<number> {
    const done = await super.execute(text, params, author);
    const [, owner] = /^(?:move lease|release lease) of (.*)$/.exec(text) ?? [];
    if (owner === undefined) return done;
    if (owner !== this.owner) return 0;
    if (text.startsWith('release')) this.owner = null;
    return 1;
  }

  override async query<T = Record<string, unknown>>(text: string): Promise<T[]> {
    const rows = await super.query<T>(text);
    if (text === sql.columns) return LOCK_COLUMNS.map((name) => ({ name })) as T[];
    const row = { owner: this.owner, member_name: 'db-2', session: 8, client: 'db upgrade', since: null };
    return text === sql.select ? ([row] as T[]) : rows;
  }

  /** Another run has taken the lock over. */
  lose(): void {
    this.owner = 'another run';
  }
}

const line: Line = {
  aaaa: (op) => op.execute('update a'),
  bbbb: (op) => op.execute('update b'),
};

let database: MemoryDatabase;
let session: MemberSession;
let lease: Lease;
beforeEach(() => {
  database = new MemoryDatabase();
  session = new MemberSession(database);
  lease = new Lease(new LeaseTable('lock', sql), 'this run');
  session.fence = lease;
});

describe('the lock of a cluster', () => {
  it('is moved first in each transaction', async () => {
    const { error } = await run({ line, database, session });
    expect(error).toBeUndefined();
    const first = session.calls.flatMap((call, index) => (call === 'begin' ? [session.calls[index + 1]] : []));
    expect(first.length).toBeGreaterThan(1);
    expect(new Set(first)).toEqual(new Set(['move lease of this run']));
  });

  it('that was taken over ends the run before the next revision does anything, and the owner is named', async () => {
    database.meddle = (call) => {
      if (call === 'commit' && database.committed.done.length === 0 && session.state.done.includes('update a')) {
        session.lose();
      }
    };
    const { error } = await run({ line, database, session });
    expect(error).toMatchObject({ code: 'LOCK_LOST', message: expect.stringContaining('db-2') });
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['update a'] });
  });

  it('is why the cluster refuses a commit', async () => {
    const refusal = new Error('certification failed');
    database.meddle = (call) => {
      if (call !== 'commit' || !session.state.done.includes('update b')) return;
      session.lose();
      throw refusal;
    };
    const { error } = await run({ line, database, session });
    expect(error).toMatchObject({ code: 'LOCK_LOST', cause: refusal });
    expect(database.committed).toMatchObject({ rows: ['aaaa'], done: ['update a'] });
  });

  it('is released by its owner alone', async () => {
    session.lose();
    await lease.release(session);
    expect(session.owner).toBe('another run');
    session.owner = 'this run';
    await lease.release(session);
    expect(session.owner).toBeNull();
  });
});

describe('the pulse', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(async () => {
    await lease.stop();
    jest.useRealTimers();
  });

  /** A connection that says of each pulse how many rows it moved. */
  function pulsing(affectedRows: number | Error): {
    readonly connection: AbstractSqlConnection;
    readonly sent: string[];
  } {
    const sent: string[] = [];
    const execute = async (text: string): Promise<unknown> => {
      sent.push(text);
      if (affectedRows instanceof Error) throw affectedRows;
      return { affectedRows };
    };
    return { connection: { execute } as unknown as AbstractSqlConnection, sent };
  }

  it('moves on another connection until it is stopped', async () => {
    const { connection, sent } = pulsing(1);
    lease.start(connection);
    await jest.advanceTimersByTimeAsync(3 * PULSE_MS);
    expect(sent).toEqual(Array.from({ length: 3 }, () => 'move pulse of this run'));
    await lease.stop();
    await jest.advanceTimersByTimeAsync(3 * PULSE_MS);
    expect(sent).toHaveLength(3);
    expect(session.calls).toEqual([]);
  });

  it.each([
    ['found its row', 1],
    ['could not be sent', new Error('the member is gone')],
  ])('that %s raises no doubt', async (_, outcome) => {
    lease.start(pulsing(outcome).connection);
    await jest.advanceTimersByTimeAsync(PULSE_MS);
    session.lose();
    await lease.check(session);
    expect(session.calls).toEqual([]);
  });

  it('that found no row makes the run ask once, and proves nothing by itself', async () => {
    lease.start(pulsing(0).connection);
    await jest.advanceTimersByTimeAsync(PULSE_MS);
    await lease.check(session);
    await lease.check(session);
    expect(session.calls).toEqual([sql.columns, sql.select]);
  });

  it('that found no row, where the lock is lost, ends the run', async () => {
    lease.start(pulsing(0).connection);
    await jest.advanceTimersByTimeAsync(PULSE_MS);
    session.lose();
    await expect(lease.check(session)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  });
});
