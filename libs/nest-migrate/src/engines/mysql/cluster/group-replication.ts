import { ClusterNotVisibleError, MemberNotReadyError, ReadOnlyMemberError } from '../../../errors/cluster.errors.js';
import { type Cluster } from '../../session/cluster.js';
import { type SqlSession } from '../../session/sql-session.js';
import { errorCode } from '../../session/limits.js';
import { isConflict, sessionsOf } from './cluster-session.js';
import { type ProcessListTable } from '../session/lock.js';
import { mysqlSql } from '../lexical-rules.js';

const MEMBERS = 'performance_schema.replication_group_members';

interface Member {
  readonly id: string;
  readonly address: string;
  readonly state: string;
  readonly role: string;
}

/**
 * MySQL's group replication; `null` where the server has its plugin but is in no group. With a single primary there is
 * only one server to lock, until another member becomes primary. Both modes are therefore treated alike.
 */
export async function groupReplication(session: SqlSession, processList: ProcessListTable): Promise<Cluster | null> {
  const [own] = await session.query<{ id: string; port: number; host: string; readOnly: number }>(
    'select @@server_uuid as id, @@port as port, @@hostname as host, @@global.super_read_only as readOnly',
  );
  const all = await membersOf(session);
  const id = own?.id ?? '';
  const self = all.find((member) => member.id === id);
  if (self === undefined || self.state === 'OFFLINE') return null;
  return {
    self: { id, name: self.address },
    assertWritable: () => {
      assertMajority(all, id);
      const primary = all.find(({ role }) => role === 'PRIMARY');
      if (self.role === 'SECONDARY') throw new ReadOnlyMemberError(self.address, primary?.address ?? null);
      if (Number(own?.readOnly) === 1) throw new ReadOnlyMemberError(self.address, null);
    },
    members: async (reader) => {
      const now = await membersOf(reader);
      assertMajority(now, id);
      return new Set(now.map((member) => member.id));
    },
    // a certified transaction of another member may still wait to be applied here
    catchUp: async (reader) => {
      const [row] = await reader.query<{ was: string }>('select @@session.group_replication_consistency as was');
      await reader.execute("set session group_replication_consistency = 'BEFORE'");
      try {
        await reader.query('select count(*) as members from information_schema.schemata');
      } finally {
        await reader.execute(`set session group_replication_consistency = ${mysqlSql.text(row?.was ?? 'EVENTUAL')}`);
      }
    },
    ...sessionsOf(processList),
    isConflict,
  };
}

async function membersOf(session: SqlSession): Promise<readonly Member[]> {
  try {
    return await session.query<Member>(
      `select member_id as id, concat(member_host, ':', member_port) as address, member_state as state, member_role as role from ${MEMBERS}`,
    );
  } catch (error) {
    if (errorCode(error) === 'ER_TABLEACCESS_DENIED_ERROR') throw new ClusterNotVisibleError(MEMBERS, error);
    throw error;
  }
}

/** Refuses a member that the group has left behind: it still lists the others, as unreachable. */
function assertMajority(members: readonly Member[], id: string): void {
  const own = members.find((member) => member.id === id)?.state ?? 'not in the group';
  if (own !== 'ONLINE') throw new MemberNotReadyError(`its state in the replication group is ${own}`);
  const reached = members.filter(({ state }) => state !== 'UNREACHABLE').length;
  if (reached * 2 > members.length) return;
  throw new MemberNotReadyError(`it reaches ${reached} of the ${members.length} members of its replication group`);
}
