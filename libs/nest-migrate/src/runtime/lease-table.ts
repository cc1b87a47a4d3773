import { type LockHolder } from '../engines/session/lock.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import {
  type LeaseOwner,
  type LeaseRow,
  leaseRowOf,
  LOCK_COLUMNS,
  type LockTableSql,
} from '../engines/tables/lock-table.js';
import { checkColumns } from './own-columns.js';
import { type Session } from './ports.js';

/** The table that holds the lock of a cluster. Only a run on a cluster creates it, and the first one does. */
export class LeaseTable {
  constructor(
    readonly name: string,
    readonly sql: LockTableSql,
  ) {}

  /**
   * Reads the lease; `undefined` where no run has ever taken it, or its row was deleted. Never writes. Another table of
   * that name holds no lease: outside of a cluster it is none of the tool's.
   */
  async read(session: SqlSession): Promise<LeaseRow | undefined> {
    const columns = await this.#columns(session);
    if (LOCK_COLUMNS.some((name) => !columns.has(name))) return undefined;
    const [row] = await session.query<Record<string, unknown>>(this.sql.select);
    return row === undefined ? undefined : leaseRowOf(row);
  }

  /**
   * Creates the table where it is missing.
   *
   * @throws OwnTableColumnMissingError where another table has its name.
   */
  async ensure(session: SqlSession): Promise<void> {
    const columns = await this.#columns(session);
    checkColumns(this.name, 'lock', { columns, needed: LOCK_COLUMNS });
    if (columns.size === 0) await session.execute(this.sql.create);
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

  async #columns(session: SqlSession): Promise<ReadonlySet<string>> {
    const rows = await session.query<{ name: string }>(this.sql.columns);
    return new Set(rows.map(({ name }) => name));
  }
}

/** The owner of a lease, in the form of every other lock holder; `null` where the lease is free. */
export function holderOfLease(lease: LeaseRow | undefined): LockHolder | null {
  if (lease === undefined || lease.owner === null) return null;
  const { session = 0, memberName, client = null, since } = lease;
  return { pid: session, member: memberName, application: client, address: null, since, statement: null };
}
