import { type Cluster } from '../../session/cluster.js';
import { type SqlSession } from '../../session/sql-session.js';
import { errorCode } from '../../session/limits.js';
import { type ProcessListTable } from '../session/lock.js';

/** Error codes of a transaction that lost against an earlier one, at a statement or when it was certified. */
const CONFLICTS: readonly unknown[] = [
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_TRANSACTION_ROLLBACK_DURING_COMMIT',
  'ER_ERROR_DURING_COMMIT',
  'ER_DUP_ENTRY',
  'ER_CHECKREAD',
];

export function isConflict(error: unknown): boolean {
  return CONFLICTS.includes(errorCode(error));
}

/** The rows of `show variables` and its like: lower-case name to value. */
export async function settings(session: SqlSession, show: string): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query<{ Variable_name: string; Value: string }>(show);
  return new Map(rows.map(({ Variable_name: name, Value: value }) => [name.toLowerCase(), value]));
}

/** What one session can learn about the others on its server, and how it can end them. */
export function sessionsOf(processList: ProcessListTable): Pick<Cluster, 'isIdle' | 'kill'> {
  return {
    isIdle: async (session, id) => {
      const [row] = await session.query<{ command: string }>(
        `select command as command from ${processList} where id = ${id}`,
      );
      return row?.command === 'Sleep';
    },
    kill: async (session, id) => {
      await session.execute(`kill ${id}`);
    },
  };
}
