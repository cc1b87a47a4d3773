import { ReadOnlyMemberError } from '../../../errors/cluster.errors.js';
import { type Cluster } from '../../session/cluster.js';
import { type SqlSession } from '../../session/sql-session.js';
import { settings } from './cluster-session.js';
import { galera } from './galera.js';
import { groupReplication } from './group-replication.js';
import { type ProcessListTable } from '../session/lock.js';

/**
 * The cluster that the server is a member of; `null` where it is in none, which costs one query.
 *
 * @throws ClusterNotVisibleError where the server may be a member of a group, but the role may not see that.
 * @throws ReadOnlyMemberError where a server outside of any cluster accepts no writes.
 */
export async function clusterOf(session: SqlSession, processList: ProcessListTable): Promise<Cluster | null> {
  const found = await settings(
    session,
    "show global variables where variable_name in ('wsrep_on', 'group_replication_group_name', 'super_read_only')",
  );
  if (found.get('wsrep_on') === 'ON') return galera(session, processList);
  const group = found.get('group_replication_group_name') ?? '';
  const cluster = group === '' ? null : await groupReplication(session, processList);
  if (cluster !== null || found.get('super_read_only') !== 'ON') return cluster;
  const [row] = await session.query<{ address: string }>("select concat(@@hostname, ':', @@port) as address");
  throw new ReadOnlyMemberError(row?.address ?? 'of the connection', null);
}
