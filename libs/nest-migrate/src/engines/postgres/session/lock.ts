import { createHash } from 'node:crypto';
import { SessionNotKeptError } from '../../../errors/database.errors.js';
import { type LockHolder, type MigrationLock, type WayToServer } from '../../session/lock.js';
import { type SqlSession } from '../../session/sql-session.js';
import { onOneLine } from '../../ddl/statement.js';
import { noticeLostClient } from './keepalive.js';
import { keptSession, releaseElsewhere } from './kept-session.js';

/**
 * A session-level advisory lock. PostgreSQL scopes advisory locks to the database, so the key contains only schema and
 * version table: tenants in separate schemas do not wait for one another.
 */
export function postgresLock(versionTable: string, schema: string | undefined): MigrationLock {
  const key = migrationKey(versionTable, schema);
  let isDirect = false;
  /** The server session that holds the lock. */
  let holding = 0;
  let restore: (() => Promise<void>) | undefined;
  /** Releases the lock on the server session of another client. Returns that session where it keeps the lock. */
  const leftOn = async (session: SqlSession, way: WayToServer): Promise<number | null> => {
    if (await releaseElsewhere(session, { pid: holding, key }, way)) return null;
    // the pooler may have closed that session meanwhile
    return (await holderOf(session, key))?.pid === holding ? holding : null;
  };
  return {
    async prepare(session, way): Promise<void> {
      const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
      isDirect = await way.leadsTo(Number(row?.pid));
      if (isDirect || (await keptSession(session, way)) !== undefined) return;
      throw new SessionNotKeptError({ hasRun: false, leftOn: null });
    },
    async tryAcquire(session): Promise<boolean> {
      const [row] = await session.query<{ pid: number; acquired: boolean }>(
        `select pg_backend_pid() as pid, pg_try_advisory_lock(${key}) as acquired`,
      );
      holding = Number(row?.pid);
      return row?.acquired === true;
    },
    async confirm(session, way): Promise<void> {
      if (isDirect || (await keptSession(session, way)) === holding) {
        restore = await noticeLostClient(session);
        return;
      }
      throw new SessionNotKeptError({ hasRun: false, leftOn: await leftOn(session, way) });
    },
    async release(session, way): Promise<boolean> {
      const [row] = await session.query<{ pid: number; released: boolean }>(
        `select pg_backend_pid() as pid, pg_advisory_unlock(${key}) as released`,
      );
      if (row?.released !== true && Number(row?.pid) !== holding) {
        throw new SessionNotKeptError({ hasRun: true, leftOn: await leftOn(session, way) });
      }
      await restore?.();
      return row?.released === true;
    },
    holder: (session) => holderOf(session, key),
  };
}

/** The columns of `pg_stat_activity a` that describe a session. */
const HOLDER = `a.pid, nullif(a.application_name, '') as application, host(a.client_addr) as address,
                to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
                case when a.state = 'active' and a.query <> '<insufficient privilege>' then a.query end as statement`;

/** The holder of an advisory lock, whether a session or a transaction holds it. */
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
 * Another session of this database that is executing this statement. The server cuts the statements that it shows, so
 * for a longer one only its beginning is compared. The statements of other roles are hidden, but a run that continues
 * another one has the same role.
 */
export async function runnerOf(session: Pick<SqlSession, 'query'>, sql: string): Promise<LockHolder | null> {
  return oneHolder(session, `select ${HOLDER} from pg_stat_activity a where ${runs('a')} limit 1`, [sql, sql]);
}

/** The session whose transaction another session of this database is waiting for while it executes this statement. */
export async function blockerOf(session: Pick<SqlSession, 'query'>, sql: string): Promise<LockHolder | null> {
  return oneHolder(
    session,
    `select ${HOLDER},
            case when a.state like 'idle in transaction%' and a.query <> '<insufficient privilege>' then a.query end as "lastStatement"
       from pg_stat_activity r cross join unnest(pg_blocking_pids(r.pid)) as awaited (pid)
       join pg_stat_activity a on a.pid = awaited.pid where ${runs('r')} limit 1`,
    [sql, sql],
  );
}

/** The condition that a session of `pg_stat_activity` is executing a statement, which it takes as a parameter twice. */
function runs(activity: string): string {
  return `${activity}.datname = current_database() and ${activity}.pid <> pg_backend_pid() and ${activity}.state = 'active'
            and (${activity}.query = ?
              or starts_with(?, ${activity}.query) and octet_length(${activity}.query) >=
                 (select setting::int - 4 from pg_settings where name = 'track_activity_query_size'))`;
}

async function oneHolder(
  session: Pick<SqlSession, 'query'>,
  query: string,
  params: readonly unknown[] = [],
): Promise<LockHolder | null> {
  const [row] = await session.query<LockHolder>(query, params);
  if (row === undefined) return null;
  const { lastStatement } = row;
  return {
    ...row,
    statement: onOneLine(row.statement),
    ...(lastStatement !== undefined && { lastStatement: onOneLine(lastStatement) }),
  };
}

/**
 * The key of the migration lock. The lock of a session and that of a transaction have the same key, so that they
 * exclude one another. The schema is that of the table itself, so that two spellings of the table have one key.
 */
export function migrationKey(versionTable: string, schema: string | undefined): bigint {
  return lockKey(`${schema ?? ''}.${versionTable}`);
}

/** A signed 64-bit number that depends only on the name. */
export function lockKey(name: string): bigint {
  return createHash('sha256').update(`nest-migrate:${name}`).digest().readBigInt64BE(0);
}
