import { createHash } from 'node:crypto';
import { type LockHolder, type MigrationLock, type SqlSession } from '../dialect.js';
import { onOneLine } from '../statement.js';
import { noticeLostClient } from './keepalive.js';

/**
 * A session-level advisory lock. PostgreSQL scopes advisory locks to the database by itself, so the key holds schema
 * and version table alone: tenants in schemas of their own do not wait for one another.
 */
export function postgresLock(versionTable: string, schema: string | undefined): MigrationLock {
  const key = lockKey(`${schema ?? ''}.${versionTable}`);
  // the catalogue shows a 64-bit key as two unsigned halves
  const high = BigInt.asUintN(32, key >> 32n);
  const low = BigInt.asUintN(32, key);
  let restore: (() => Promise<void>) | undefined;
  return {
    async tryAcquire(session: SqlSession): Promise<boolean> {
      const [row] = await session.query<{ acquired: boolean }>(`select pg_try_advisory_lock(${key}) as acquired`);
      if (row?.acquired !== true) return false;
      restore = await noticeLostClient(session);
      return true;
    },
    async release(session: SqlSession): Promise<void> {
      await session.query(`select pg_advisory_unlock(${key})`);
      await restore?.();
    },
    async holder(session: SqlSession): Promise<LockHolder | null> {
      const [row] = await session.query<LockHolder>(
        `select a.pid, nullif(a.application_name, '') as application, host(a.client_addr) as address,
                to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
                case when a.state = 'active' and a.query <> '<insufficient privilege>' then a.query end as statement
           from pg_locks l join pg_stat_activity a on a.pid = l.pid
          where l.locktype = 'advisory' and l.granted and l.objsubid = 1
            and l.classid = ${high} and l.objid = ${low}
            and l.database = (select oid from pg_database where datname = current_database())`,
      );
      return row === undefined ? null : { ...row, statement: onOneLine(row.statement) };
    },
  };
}

/** A signed 64-bit number that depends on nothing but the name. */
function lockKey(name: string): bigint {
  return createHash('sha256').update(`nest-migrate:${name}`).digest().readBigInt64BE(0);
}
