import { type LockHolder } from '../engines/session/lock.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { type LeaseOwner, type LeaseRow, leaseRowOf, type LockTableSql } from '../engines/tables/lock-table.js';
import { type Session } from './ports.js';

/** The table that holds the lock of a cluster. Only a run on a cluster creates it, and the first one does. */
export class LeaseTable {
  constructor(readonly sql: LockTableSql) {}

  /** Reads the lease; `undefined` where no run has ever taken it, or its row was deleted. Never writes. */
  async read(session: SqlSession): Promise<LeaseRow | undefined> {
    if (!(await this.#exists(session))) return undefined;
    const [row] = await session.query<Record<string, unknown>>(this.sql.select);
    return row === undefined ? undefined : leaseRowOf(row);
  }

  async ensure(session: SqlSession): Promise<void> {
    if (!(await this.#exists(session))) await session.execute(this.sql.create);
  }

  /**
   * Takes the lease where it is still the one that was seen. The cluster certifies the change, so only one of several
   * takers gets it.
   */
  async take(session: Session, owner: LeaseOwner, seen: LeaseRow | undefined): Promise<boolean> {
    await session.begin();
    try {
      if (seen !== undefined && (await session.execute(this.sql.deleteLease(seen))) !== 1) {
        await session.rollback();
        return false;
      }
      await session.execute(this.sql.clear);
      await session.execute(this.sql.insert(owner));
      await session.commit();
      return true;
    } catch (error) {
      await session.rollback().catch(() => undefined);
      throw error;
    }
  }

  async #exists(session: SqlSession): Promise<boolean> {
    const [row] = await session.query<{ present: unknown }>(this.sql.exists);
    return Number(row?.present) === 1;
  }
}

/** The owner of a lease, in the form of every other lock holder; `null` where the lease is free. */
export function holderOfLease(lease: LeaseRow | undefined): LockHolder | null {
  if (lease === undefined || lease.owner === null) return null;
  const { session = 0, memberName, client = null, since } = lease;
  return { pid: session, member: memberName, application: client, address: null, since, statement: null };
}
