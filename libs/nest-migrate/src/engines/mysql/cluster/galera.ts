import { ClusterNotVisibleError, MemberNotReadyError, UnsafeMemberError } from '../../../errors/cluster.errors.js';
import { type Cluster } from '../../session/cluster.js';
import { type SqlSession } from '../../session/sql-session.js';
import { errorCode } from '../../session/limits.js';
import { isConflict, sessionsOf, settings } from './cluster-session.js';
import { type ProcessListTable } from '../session/lock.js';

const MEMBERS = 'mysql.wsrep_cluster_members';

/**
 * A Galera cluster, as MariaDB has it: all members accept writes, and a transaction is certified when it commits. DDL
 * runs in total order, so that everything ordered before a commit of this session is visible once the commit has
 * returned.
 */
export async function galera(session: SqlSession, processList: ProcessListTable): Promise<Cluster> {
  const variables = await settings(
    session,
    "show variables where variable_name in ('wsrep_on', 'wsrep_osu_method', 'wsrep_node_name', 'wsrep_node_incoming_address')",
  );
  const status = await stateOf(session);
  const [name = '', address = 'AUTO'] = [
    variables.get('wsrep_node_name'),
    variables.get('wsrep_node_incoming_address'),
  ];
  return {
    self: { id: status.get('wsrep_gcomm_uuid') ?? '', name: address === 'AUTO' ? name : `${name} (${address})` },
    assertWritable: () => {
      assertPrimary(status);
      if (variables.get('wsrep_on') !== 'ON') {
        const cure = 'Take it out of what sets up the connections.';
        throw new UnsafeMemberError(
          'wsrep_on = OFF in its sessions',
          'nothing that is written reaches the cluster',
          cure,
        );
      }
      if (variables.get('wsrep_osu_method') === 'TOI') return;
      const setting = `wsrep_OSU_method = ${variables.get('wsrep_osu_method')}`;
      throw new UnsafeMemberError(setting, 'DDL would change this member alone', 'Set it to TOI for the migrations.');
    },
    members: async (reader) => {
      assertPrimary(await stateOf(reader));
      try {
        const rows = await reader.query<{ id: string }>(`select node_uuid as id from ${MEMBERS}`);
        return new Set(rows.map(({ id }) => id));
      } catch (error) {
        if (errorCode(error) === 'ER_TABLEACCESS_DENIED_ERROR') throw new ClusterNotVisibleError(MEMBERS, error);
        throw error;
      }
    },
    // commits are ordered: after the commit that took the lock, this session sees all earlier ones
    catchUp: async () => undefined,
    ...sessionsOf(processList),
    isConflict,
  };
}

function stateOf(session: SqlSession): Promise<ReadonlyMap<string, string>> {
  return settings(
    session,
    "show status where variable_name in ('wsrep_gcomm_uuid', 'wsrep_ready', 'wsrep_cluster_status', 'wsrep_local_state_comment')",
  );
}

/**
 * The error by which a member refuses all but `show` and `set`: it is not in the primary component, or has not caught
 * up with it.
 */
export const UNPREPARED = 'ER_UNKNOWN_COM_ERROR';

/** @throws MemberNotReadyError where the server is a member that refuses statements. */
export async function assertPreparedMember(session: SqlSession): Promise<void> {
  const status = await stateOf(session);
  if (status.has('wsrep_ready')) assertPrimary(status);
}

function assertPrimary(status: ReadonlyMap<string, string>): void {
  if (status.get('wsrep_ready') === 'ON' && status.get('wsrep_cluster_status') === 'Primary') return;
  const [component, local] = [status.get('wsrep_cluster_status'), status.get('wsrep_local_state_comment')];
  throw new MemberNotReadyError(`its Galera component is ${component}, its state is ${local}`);
}
