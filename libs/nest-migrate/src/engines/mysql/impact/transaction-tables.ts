import { type SqlSession } from '../../session/sql-session.js';
import { type PlannedTable } from './planned-rows.js';

/**
 * The tables that the open transaction has used, by its metadata locks, which stay until it ends. Which rows it has changed
 * they do not tell. `undefined` where the role may not see them.
 */
export async function tablesOfTransaction(session: SqlSession): Promise<readonly PlannedTable[] | undefined> {
  const rows = await session
    .query<{ name: string; changed: string | number }>(
      `select object_name as name, max(lock_type like 'SHARED_WRITE%') as changed
         from performance_schema.metadata_locks
        where owner_thread_id = ps_current_thread_id() and object_type = 'TABLE' and object_schema = database()
          and lock_duration = 'TRANSACTION' and lock_status = 'GRANTED' and lock_type like 'SHARED%'
        group by object_name order by 1`,
    )
    .catch(() => undefined);
  return rows?.map(({ name: table, changed }) => {
    const isChanged = Number(changed) === 1;
    return { table, isScanned: true, rows: isChanged ? 'some' : null, isChanged };
  });
}
