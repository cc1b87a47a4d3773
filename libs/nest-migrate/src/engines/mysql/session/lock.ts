import { type LockHolder, type MigrationLock } from '../../session/lock.js';
import { type SqlSession } from '../../session/sql-session.js';
import { onOneLine } from '../../ddl/statement.js';
import { mysqlSql } from '../lexical-rules.js';

const { text: literal } = mysqlSql;

/** The table in which the server lists its connections. */
export type ProcessListTable = 'information_schema.processlist' | 'performance_schema.processlist';

/**
 * `get_lock`, which survives the implicit commits of DDL and ends with its session. Its names are shared by the whole
 * server and limited to 64 characters, so a hash of database and version table is used.
 */
export function mysqlLock(
  versionTable: string,
  schema: string | undefined,
  processList: ProcessListTable,
): MigrationLock {
  const name = lockName(versionTable, schema);
  return {
    async tryAcquire(session: SqlSession): Promise<boolean> {
      const [row] = await session.query<{ acquired: number | null }>(`select get_lock(${name}, 0) as acquired`);
      return Number(row?.acquired) === 1;
    },
    async release(session: SqlSession): Promise<boolean> {
      const [row] = await session.query<{ released: number | null }>(`select release_lock(${name}) as released`);
      return Number(row?.released) === 1;
    },
    async holder(session: SqlSession): Promise<LockHolder | null> {
      const [owner] = await session.query<{ id: number | null }>(`select is_used_lock(${name}) as id`);
      if (owner?.id == null) return null;
      const pid = Number(owner.id);
      const [row] = await session.query<{
        application: string | null;
        address: string | null;
        since: string | null;
        statement: string | null;
      }>(
        `select user as application, host as address,
                date_format(utc_timestamp() - interval time second, '%Y-%m-%dT%H:%i:%sZ') as since, info as statement
           from ${processList} where id = ${pid}`,
      );
      return {
        pid,
        application: row?.application ?? null,
        address: row?.address ?? null,
        since: row?.since ?? null,
        statement: onOneLine(row?.statement ?? null),
      };
    },
  };
}

/**
 * The name of the lock, as an expression. The same table has the same lock however its name is spelled: where the
 * server ignores the case of names, the lock's name ignores it too.
 */
export function lockName(versionTable: string, schema: string | undefined): string {
  const database = schema === undefined ? "ifnull(database(), '')" : literal(schema);
  const table = `concat(${database}, '.', ${literal(versionTable)})`;
  return `concat('nm:', sha2(if(@@lower_case_table_names = 0, ${table}, lower(${table})), 224))`;
}
