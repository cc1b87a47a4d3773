import { setTimeout as pause } from 'node:timers/promises';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type SqlSession } from '../engines/session/sql-session.js';
import { type LeaseRow } from '../engines/tables/lock-table.js';
import { LeaseLostError } from '../errors/cluster.errors.js';
import { describeHolder } from './describe-holder.js';
import { holderOfLease, type LeaseTable } from './lease-table.js';
import { type Fence } from './ports.js';

/** The interval at which the owner's process signals that it is alive. */
export const PULSE_MS = 1_000;

/**
 * The lock of a cluster, as its owner holds it. Each transaction of the run first moves the lease. The transaction of
 * an owner that has lost the lease finds no row, or is not certified. The process moves the pulse on another
 * connection, since the run's own connection may be busy with one statement for long.
 */
export class Lease implements Fence {
  /** Whether the last pulse found no row. On a member that lags behind, that proves nothing. */
  #isInDoubt = false;
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<void> = Promise.resolve();

  constructor(
    private readonly table: LeaseTable,
    private readonly owner: string,
  ) {}

  /** Moves the pulse until {@link stop}. */
  start(connection: AbstractSqlConnection): void {
    this.#timer = setTimeout(() => {
      this.#beat = this.#move(connection).finally(() => {
        if (this.#timer !== undefined) this.start(connection);
      });
    }, PULSE_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // a pulse that hangs, as on a member that is cut off, is abandoned
    await Promise.race([this.#beat, pause(5 * PULSE_MS, undefined, { ref: false })]);
  }

  async check(session: SqlSession): Promise<void> {
    if (!this.#isInDoubt) return;
    this.#isInDoubt = false;
    const loss = await this.lossBehind(session);
    if (loss !== undefined) throw loss;
  }

  async move(session: SqlSession): Promise<void> {
    if ((await session.execute(this.table.sql.move('lease', this.owner))) === 1) return;
    throw this.#loss(await this.table.read(session));
  }

  async lossBehind(session: SqlSession, error?: unknown): Promise<LeaseLostError | undefined> {
    if (error instanceof LeaseLostError) return error;
    const lease = await this.table.read(session);
    return lease?.owner === this.owner ? undefined : this.#loss(lease, error);
  }

  /** Releases the lock, where this run still holds it. */
  async release(session: SqlSession): Promise<void> {
    await session.execute(this.table.sql.release(this.owner));
  }

  #loss(lease: LeaseRow | undefined, cause?: unknown): LeaseLostError {
    return new LeaseLostError(describeHolder(holderOfLease(lease)), cause);
  }

  async #move(connection: AbstractSqlConnection): Promise<void> {
    try {
      const sql = this.table.sql.move('pulse', this.owner);
      const { affectedRows } = await connection.execute<{ affectedRows: number }>(sql, [], 'run');
      if (affectedRows === 0) this.#isInDoubt = true;
    } catch {
      // a pulse that could not be moved says nothing about the lease
    }
  }
}
