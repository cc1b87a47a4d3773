import { type Cluster } from './cluster.js';
import { type MigrationLock } from './lock.js';
import { type SqlSession } from './sql-session.js';
import { type TransactionLock } from './transaction-lock.js';

/** What keeps two runs on one database and version table apart. */
export interface Locks {
  /** The lock that a session holds; `null` where the engine has no lock that lasts as long as a session. */
  ofSession(versionTable: string, schema: string | undefined): MigrationLock | null;
  /** The same lock for a transaction; absent where the engine has none, or none that a pooler would be needed for. */
  ofTransaction?(versionTable: string, schema: string | undefined): TransactionLock;
  /**
   * The cluster that the session's server is a member of; `null` where it is in none. Absent where the engine has no
   * cluster whose members all accept writes.
   *
   * @throws ClusterNotVisibleError | MemberNotReadyError | ReadOnlyMemberError
   */
  cluster?(session: SqlSession): Promise<Cluster | null>;
}
