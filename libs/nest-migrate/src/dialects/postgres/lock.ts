import { createHash } from 'node:crypto';
import { type LockHolder, type MigrationLock, type SqlSession } from '../dialect.js';
import { onOneLine } from '../statement.js';
import { noticeLostClient } from './keepalive.js';

/**
 * A session-level advisory lock. PostgreSQL scopes advisory locks to the database by itself, so the key holds schema
 * and version table alone: tenants in schemas of their own do not wait for one another.
 */
export function postgresLock(versionTable: string, schema: string | undefined): MigrationLock {
  const key = migrationKey(versionTable, schema);
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
    holder: (session) => holderOf(session, key),
  };
}

/** What `pg_stat_activity a` tells of a session. */
const HOLDER = `a.pid, nullif(a.application_name, '') as application, host(a.client_addr) as address,
                to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
                case when a.state = 'active' and a.query <> '<insufficient privilege>' then a.query end as statement`;

/** Who holds an advisory lock, for a session or for a transaction. */
export async function holderOf(session: SqlSession, key: bigint): Promise<LockHolder | null> {
  // the catalogue shows a 64-bit key as two unsigned halves
  const high = BigInt.asUintN(32, key >> 32n);
  const low = BigInt.asUintN(32, key);
  return oneHolder(
    session,
    `select ${HOLDER}
           from pg_locks l join pg_stat_activity a on a.pid = l.pid
          where l.locktype = 'advisory' and l.granted and l.objsubid = 1
            and l.classid = ${high} and l.objid = ${low}
            and l.database = (select oid from pg_database where datname = current_database())`,
  );
}

/**
 * Another session of this database that runs this very statement. The server cuts what it shows of a statement, so that of
 * a longer one the beginning is compared. What other roles run it hides, but whoever goes on with a run is of its role.
 */
export async function runnerOf(session: SqlSession, sql: string): Promise<LockHolder | null> {
  return oneHolder(
    session,
    `select ${HOLDER} from pg_stat_activity a
          where a.datname = current_database() and a.pid <> pg_backend_pid() and a.state = 'active'
            and (a.query = ?
              or starts_with(?, a.query) and octet_length(a.query) >=
                 (select setting::int - 4 from pg_settings where name = 'track_activity_query_size'))
          limit 1`,
    [sql, sql],
  );
}

async function oneHolder(
  session: SqlSession,
  query: string,
  params: readonly unknown[] = [],
): Promise<LockHolder | null> {
  const [row] = await session.query<LockHolder>(query, params);
  return row === undefined ? null : { ...row, statement: onOneLine(row.statement) };
}

/** The key of the migration lock, the same for a session's lock as for a transaction's: the two exclude one another. */
export function migrationKey(versionTable: string, schema: string | undefined): bigint {
  return lockKey(`${schema ?? ''}.${versionTable}`);
}

/** A signed 64-bit number that depends on nothing but the name. */
export function lockKey(name: string): bigint {
  return createHash('sha256').update(`nest-migrate:${name}`).digest().readBigInt64BE(0);
}
