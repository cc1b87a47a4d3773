import { randomUUID } from 'node:crypto';
import { type SideSession, type SqlSession, type WayToServer } from '../../dialect.js';

/** How often is looked. A pooler that is idle is seen through at the first look, a busy one hides behind chance. */
const LOOKS = 4;
/** How many server sessions are gone through for one that is to be found again: as many as a pool of a pooler has by default. */
const MOST_SIDE_SESSIONS = 20;
/** How often a busy pooler is asked before, which hands out its sessions by chance. */
const TRIES = 50;

/** The server session that a statement reaches, and a mark in what the server knows as its last statement. */
interface Look {
  readonly pid: number;
  readonly mark: string;
}

async function look(session: Pick<SqlSession, 'query'>): Promise<Look> {
  const mark = randomUUID();
  const [row] = await session.query<{ pid: number }>(`select pg_backend_pid() as pid, '${mark}' as mark`);
  return { pid: Number(row?.pid), mark };
}

/**
 * The server session that all statements of this session reach; `undefined` where they reach different ones, as behind a
 * pooler in transaction mode, which gives a server session to another client after each transaction. One look after the
 * other would not tell while the pooler has nothing else to do: so a second client is put in between, which gets the server
 * session of the first, or drives it to another, or sees that another client has used it.
 */
export async function keptSession(session: SqlSession, way: WayToServer): Promise<number | undefined> {
  const { pid } = await look(session);
  let side = await way.openBeside();
  try {
    for (let count = 0; count < LOOKS; count++) {
      const before = await look(session);
      if (before.pid !== pid) return undefined;
      const seen = side && (await lookBeside(side, before));
      if (seen === 'shared' || (await look(session)).pid !== pid) return undefined;
      if (seen === 'nothing') {
        await side?.close();
        side = undefined;
      }
      await side?.query('rollback').catch(() => undefined);
    }
    return pid;
  } finally {
    await side?.close();
  }
}

/**
 * Whether another client has, or has had, the server session that was seen. It keeps the one that it has got.
 *
 * @returns `nothing` where it got no server session in time: all that there are belong to clients that keep them.
 */
async function lookBeside(side: SideSession, { pid, mark }: Look): Promise<'shared' | 'apart' | 'nothing'> {
  try {
    await side.query('begin');
    const [row] = await side.query<{ pid: number; statement: string | null }>(
      `select pg_backend_pid() as pid, (select query from pg_stat_activity where pid = ${pid}) as statement`,
    );
    const statement = row?.statement ?? '';
    // what the server hides, or keeps no account of, says nothing
    const isHidden = statement === '' || statement === '<insufficient privilege>';
    return Number(row?.pid) === pid || !(isHidden || statement.includes(mark)) ? 'shared' : 'apart';
  } catch {
    return 'nothing';
  }
}

/**
 * Lets go of a lock that a server session holds which no longer is this client's: statements are sent until one reaches
 * it, in the end by clients which keep what they have got meanwhile.
 *
 * @returns whether the lock was let go of.
 */
export async function releaseElsewhere(
  session: SqlSession,
  { pid, key }: { readonly pid: number; readonly key: bigint },
  way: WayToServer,
): Promise<boolean> {
  const release = `select case when pg_backend_pid() = ${pid} then pg_advisory_unlock(${key}) else false end as released`;
  const reached = async (client: Pick<SqlSession, 'query'>): Promise<boolean> => {
    const [row] = await client.query<{ released: boolean }>(release);
    return row?.released === true;
  };
  const sides: SideSession[] = [];
  try {
    for (let count = 0; count < TRIES; count++) if (await reached(session)) return true;
    for (let count = 0; count < MOST_SIDE_SESSIONS; count++) {
      const side = await way.openBeside();
      if (side === undefined) return false;
      sides.push(side);
      await side.query('begin');
      if (await reached(side)) return true;
    }
    return false;
  } catch {
    return false;
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}
