import { type SqlSession } from '../../session/sql-session.js';
import { type TransactionLock } from '../../session/transaction-lock.js';
import { holderOf, lockKey, migrationKey, runnerOf } from './lock.js';

/**
 * The migration lock as an advisory lock of a transaction. A pooler keeps a transaction on one server session until it
 * ends. At `read committed` an idle transaction has no snapshot, so that `create index concurrently` does not wait for
 * it.
 */
export function postgresTransactionLock(versionTable: string, schema: string | undefined): TransactionLock {
  const key = migrationKey(versionTable, schema);
  const workKey = lockKey(`${schema ?? ''}.${versionTable}:transactions`);
  return {
    async prepare(session: SqlSession): Promise<void> {
      await session.execute('set transaction isolation level read committed');
      // the transaction stays open and idle as long as the run takes; the second limit exists since PostgreSQL 17
      await session.query(
        `select set_config(name, '0', true) from pg_settings
          where name in ('idle_in_transaction_session_timeout', 'transaction_timeout')`,
      );
    },
    tryAcquire: (session) => tryTransactionLock(session, key),
    holder: (session) => holderOf(session, key),
    tryAcquireWork: (session) => tryTransactionLock(session, workKey),
    workHolder: (session) => holderOf(session, workKey),
    runner: runnerOf,
  };
}

async function tryTransactionLock(session: SqlSession, key: bigint): Promise<boolean> {
  const [row] = await session.query<{ acquired: boolean }>(`select pg_try_advisory_xact_lock(${key}) as acquired`);
  return row?.acquired === true;
}
