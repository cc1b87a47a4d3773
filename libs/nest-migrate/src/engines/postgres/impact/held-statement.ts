import { type StatementImpact } from '../../impact/impact.js';
import { type SqlSession } from '../../session/sql-session.js';
import { postgresSql } from '../lexical-rules.js';
import { type OutsideStatement, outsideImpact } from './outside-statement.js';
import { byRelation, USER_RELATIONS } from './relations.js';

/** The pause between two looks, in milliseconds. */
const LOOK_MS = 5;

/**
 * Measures a statement that does its work in several transactions, and waits in between for those of others. Two other
 * sessions take turns at holding a lock on every table, so that it waits at each of these points, where its locks are
 * seen.
 */
export async function heldImpact(statement: OutsideStatement): Promise<StatementImpact> {
  const { session, send } = statement;
  const [self] = await session.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
  const seen = await session.another((first) =>
    session.another((second) => locksWhileHeld(Number(self?.pid), [first, second], send)),
  );
  return outsideImpact(statement, byRelation(seen), 'measured');
}

type SeenLock = readonly [relation: number, mode: string];

async function locksWhileHeld(
  pid: number,
  [first, second]: readonly [SqlSession, SqlSession],
  send: () => Promise<void>,
): Promise<readonly SeenLock[]> {
  const seen: SeenLock[] = [];
  let holder = first;
  let isOver = false;
  // every statement that does not run in a transaction has to wait for this one at its beginning
  await hold(holder, 'share update exclusive');
  const running = send().finally(() => (isOver = true));
  // a failure is reported below
  running.catch(() => undefined);
  try {
    while (!isOver) {
      const { locks, isWaiting } = await locksOf(holder, pid);
      if (!isWaiting) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      else {
        // not between the points: there it locks an index that it drops and that no query can find any more
        seen.push(...locks);
        const next = holder === first ? second : first;
        // it lets the statement pass, and makes it wait where it waits for transactions that change rows
        const isHeld = await hold(next, 'row exclusive');
        await letGo(holder);
        if (!isHeld) break;
        holder = next;
      }
    }
  } finally {
    await letGo(first);
    await letGo(second);
  }
  await running;
  return seen;
}

/** Takes a lock on every table; returns `false` where the statement is in the way. */
async function hold(holder: SqlSession, mode: string): Promise<boolean> {
  await holder.execute('begin');
  const tables = await holder.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from ${USER_RELATIONS} and c.relkind in ('r', 'p') order by c.oid`,
  );
  const names = tables.map(({ schema, name }) => postgresSql.quote(schema, name));
  if (names.length === 0) return true;
  try {
    await holder.execute(`lock table only ${names.join(', only ')} in ${mode} mode nowait`);
    return true;
  } catch {
    await letGo(holder);
    return false;
  }
}

async function letGo(holder: SqlSession): Promise<void> {
  await holder.execute('rollback');
}

async function locksOf(
  holder: SqlSession,
  pid: number,
): Promise<{ readonly locks: readonly SeenLock[]; readonly isWaiting: boolean }> {
  const rows = await holder.query<{ relation: string | number | null; mode: string; granted: boolean }>(
    `select relation::bigint as relation, mode, granted from pg_catalog.pg_locks where pid = ${pid}`,
  );
  return {
    locks: rows.filter(({ relation }) => relation !== null).map(({ relation, mode }) => [Number(relation), mode]),
    isWaiting: rows.some(({ granted }) => !granted),
  };
}
