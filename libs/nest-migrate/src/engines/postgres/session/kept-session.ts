import { randomUUID } from 'node:crypto';
import { type SideSession, type WayToServer } from '../../session/lock.js';
import { type SqlSession } from '../../session/sql-session.js';
import { postgresSql } from '../lexical-rules.js';

/** The number of looks. An idle pooler is detected at the first look; a busy one may by chance pass some. */
const LOOKS = 4;
/**
 * The number of further connections that are opened to find a server session again: the default pool size of a pooler.
 */
const MOST_SIDE_SESSIONS = 20;
/** The number of tries before that, in which a busy pooler may by chance assign the session again. */
const TRIES = 50;

/** How long this session waits for the first reply to the other client before it continues. */
const FIRST_REPLY_MS = 250;
/** How often this session is served while the other client waits, until that client is taken to wait for good. */
const MOST_PASSED_OVER = 20;

/** The server session that a statement reached, and the mark that the server shows in its last statement. */
interface Look {
  readonly pid: number;
  readonly mark: string;
}

/** This client, and how it reaches the server. */
interface Client {
  readonly session: SqlSession;
  readonly way: WayToServer;
}

async function look(session: Pick<SqlSession, 'query'>, mark: string = randomUUID()): Promise<Look> {
  const [row] = await session.query<{ pid: number }>(
    `select pg_backend_pid() as pid, ${postgresSql.text(mark)} as mark`,
  );
  return { pid: Number(row?.pid), mark };
}

/**
 * The server session that all statements of this session reach. `undefined` where they reach different ones, as behind
 * a pooler in transaction mode, which gives a server session to another client after each transaction. Repeated looks
 * alone would not reveal a pooler that is otherwise idle. A second client is therefore used in between: it gets the
 * server session of the first, or forces the first onto another one, or sees that another client has used it.
 */
export async function keptSession(session: SqlSession, way: WayToServer): Promise<number | undefined> {
  const { pid } = await look(session);
  let side = await way.openBeside();
  try {
    for (let count = 0; count < LOOKS; count++) {
      const before = await look(session);
      if (before.pid !== pid) return undefined;
      const seen = side && (await lookBeside(side, { session, way }, before));
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
 * Whether another client has, or has had, the server session that was seen. `side` keeps the server session that it
 * gets.
 *
 * @returns `nothing` where it gets no server session: other clients hold all of them.
 */
async function lookBeside(side: SideSession, client: Client, before: Look): Promise<'shared' | 'apart' | 'nothing'> {
  const { pid, mark } = before;
  try {
    const served = await isServed(side.query('begin'), client, before);
    if (served !== 'apart') return served;
    const [row] = await side.query<{ pid: number; statement: string | null }>(
      `select pg_backend_pid() as pid, (select query from pg_stat_activity where pid = ${pid}) as statement`,
    );
    const statement = row?.statement ?? '';
    // an empty or hidden statement proves nothing
    const isHidden = statement === '' || statement === '<insufficient privilege>';
    return Number(row?.pid) === pid || !(isHidden || statement.includes(mark)) ? 'shared' : 'apart';
  } catch {
    return 'nothing';
  }
}

/**
 * Waits until the pooler serves the other client's statement, or is seen not to. A pooler that shares server sessions
 * serves clients in the order in which they ask: it does not serve this one many times while the other waits. What
 * happens first decides, not the clock: on a busy machine a reply can take any time.
 */
async function isServed(
  statement: Promise<unknown>,
  { session, way }: Client,
  { pid, mark }: Look,
): Promise<'shared' | 'apart' | 'nothing'> {
  const served = statement.then(() => 'apart' as const);
  // an idle pooler replies before this session is used again, so that the other client sees it as it was left
  const first = await Promise.race([served, way.pause(FIRST_REPLY_MS)]);
  if (first !== undefined) return first;
  for (let count = 0; count < MOST_PASSED_OVER; count++) {
    const own = look(session, mark).then((seen) => (seen.pid === pid ? undefined : ('shared' as const)));
    const next = await Promise.race([served, own]);
    if (next !== undefined) return next;
  }
  return 'nothing';
}

/**
 * Releases a lock of a server session that no longer belongs to this client: sends statements until one reaches that
 * session. At last it uses further clients, which keep the sessions that they get meanwhile.
 *
 * @returns whether the lock was released.
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
