/** The truth about a statement on MySQL and MariaDB: what other sessions wait for while it runs. */
import { type MikroORM } from '@mikro-orm/sql';
import { type StatementImpact } from '../../../libs/nest-migrate/src/engines/impact/impact.ts';
import { shapeOf } from '../../../libs/nest-migrate/src/engines/mysql/impact/statement-shape.ts';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.ts';
import { type Engine, type TestDatabase } from '../../support/databases.ts';
import { processLists } from '../../support/engines.ts';
import { type MeasuredCase, preparing } from './measured-cases.ts';
import { oneConnectionTo } from './one-connection.ts';

type Row = Readonly<Record<string, string | number | null>>;

interface Session {
  readonly orm: MikroORM;
  readonly id: number;
  readonly processList: string;
  readonly query: (sql: string) => Promise<Row[]>;
}

async function openSession(database: TestDatabase): Promise<Session> {
  const orm = await oneConnectionTo(database);
  const query = (sql: string): Promise<Row[]> => orm.em.getConnection().execute(sql);
  const [{ id }] = await query('select connection_id() as id');
  return { orm, id: Number(id), processList: processLists[database.engine === 'mysql' ? 'mysql' : 'mariadb'], query };
}

/** Runs work with so many sessions of a database. */
export async function withSessions<T>(
  database: TestDatabase,
  count: number,
  work: (sessions: readonly Session[]) => Promise<T>,
): Promise<T> {
  const sessions: Session[] = [];
  try {
    for (let at = 0; at < count; at++) sessions.push(await openSession(database));
    return await work(sessions);
  } finally {
    for (const { orm } of sessions) await orm.close(true);
  }
}

/** Makes the tables of a case, with so many rows in each. */
async function prepare({ orm, query }: Session, one: MeasuredCase, rows: number): Promise<readonly string[]> {
  const { ddl } = engineFor(orm);
  for (const operation of preparing(one)) for (const { sql } of ddl.statements(operation)) await query(sql);
  const { prefix } = one;
  const numbers = `from (with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000) select i from n) a
    join (with recursive n (i) as (select 0 union all select i + 1 from n where i < ${Math.ceil(rows / 1000) - 1}) select i from n) b`;
  const i = 'a.i + 1000 * b.i';
  await query('set foreign_key_checks = 0');
  await query(`insert into ${prefix}author select ${i}, 'name', 1 ${numbers}`);
  await query(
    `insert into ${prefix}book select ${i}, ${i}, concat('title ', ${i}), 1, ${i}, 'note', 1, ${i} ${numbers}`,
  );
  await query(`insert into ${prefix}log select ${i}, ${i} ${numbers}`);
  await query('set foreign_key_checks = 1');
  return tablesOf({ query }, prefix);
}

async function tablesOf({ query }: Pick<Session, 'query'>, prefix: string): Promise<readonly string[]> {
  const found = await query(
    `select table_name as name from information_schema.tables where table_schema = database() and left(table_name, 5) = '${prefix}'
      order by table_name`,
  );
  return found.map(({ name }) => String(name));
}

async function clear({ query }: Session, prefix: string): Promise<void> {
  await query('set foreign_key_checks = 0');
  for (const name of await tablesOf({ query }, prefix)) {
    const [{ type }] = await query(
      `select table_type as type from information_schema.tables where table_schema = database() and table_name = '${name}'`,
    );
    await query(`drop ${type === 'VIEW' ? 'view' : type === 'SEQUENCE' ? 'sequence' : 'table'} if exists ${name}`);
  }
  await query('set foreign_key_checks = 1');
}

/** What a statement waits for while other sessions have read a table in a transaction, and which rows it keeps. */
export interface ObservedStatement {
  /** The tables that it needs for itself, if only for a moment. */
  readonly alone: readonly string[];
  /** Statements on rows: the tables of which all or some rows were locked. */
  readonly rows: Readonly<Record<string, 'all' | 'some'>>;
}

/** Runs the statements of a case on tables with a few rows, and finds out which tables they need for themselves. */
export async function observeMySql(database: TestDatabase, one: MeasuredCase): Promise<readonly ObservedStatement[]> {
  return withSessions(database, 4, async ([runner, reader, others, observer]) => {
    await prepare(runner, one, 1000);
    const observed: ObservedStatement[] = [];
    for (const { sql, impact } of one.statements) {
      const tables = await tablesOf(runner, one.prefix);
      const claimed = tables.filter((name) => isNeededAlone(name, impact, database.engine));
      const alone: string[] = [];
      await others.query('begin');
      // a sequence is read as a table is, which takes no lock of its transaction
      for (const name of tables.filter((table) => !claimed.includes(table)))
        await others.query(`select * from ${name} limit 1`);
      for (const name of claimed) {
        await reader.query('begin');
        await reader.query(`select * from ${name} limit 1`);
        const { running, isOver } = start(runner, sql);
        if (await isIn(observer, runner, WAITS, isOver)) {
          alone.push(name);
          await observer.query(`kill query ${runner.id}`);
          await running.catch(() => undefined);
        }
        await reader.query('rollback');
        await running.catch(() => undefined);
      }
      await runner.query('begin');
      // on rows as well the server takes what it took without any
      const { running, isOver } = start(runner, asserted(sql, impact));
      if (await isIn(observer, runner, WAITS, isOver)) alone.push('another table');
      const isRowWork = impact.algorithm === null && impact.tables.some(({ lock }) => isOnRows(lock));
      if (!isOver()) await others.query('rollback');
      await running;
      observed.push({ alone, rows: isRowWork ? await lockedRows(observer, tables) : {} });
      await runner.query('commit');
      await others.query('rollback');
    }
    await clear(runner, one.prefix);
    return observed;
  });
}

/** Whether it is said that a statement needs a table for itself. MariaDB only keeps the rows of a related one. */
export function isNeededAlone(name: string, { algorithm, tables }: StatementImpact, engine: Engine): boolean {
  const related = engine === 'mariadb' && algorithm !== null ? tables.slice(1) : [];
  const found = tables.find(({ table }) => table === name);
  return found !== undefined && !isOnRows(found.lock) && !related.includes(found);
}

function asserted(sql: string, { algorithm, tables: [first] }: StatementImpact): string {
  const shape = shapeOf(sql);
  if (algorithm === null || shape.kind !== 'alteration') return sql;
  const lock = algorithm === 'INSTANT' ? null : first.lock === 'NONE' ? 'NONE' : 'SHARED';
  return shape.asserting({ algorithm, lock });
}

function isOnRows(lock: string | null): boolean {
  return lock === 'SHARED_READ' || lock === 'SHARED_WRITE';
}

function start({ query }: Session, sql: string): { running: Promise<unknown>; isOver: () => boolean } {
  let over = false;
  const running = query(sql).finally(() => (over = true));
  running.catch(() => undefined);
  return { running, isOver: () => over };
}

async function lockedRows({ query }: Session, tables: readonly string[]): Promise<ObservedStatement['rows']> {
  const locked: Record<string, 'all' | 'some'> = {};
  for (const name of tables.filter((table) => !/_(?:v|q|r)$/.test(table))) {
    await query('begin');
    const [{ total }] = await query(`select count(*) as total from ${name}`);
    const free = await query(`select 1 from ${name} for update skip locked`);
    await query('rollback');
    if (free.length < Number(total)) locked[name] = free.length === 0 ? 'all' : 'some';
  }
  return locked;
}

/** What waits while an alteration works on the rows. */
export interface ObservedAlteration {
  readonly reads: boolean;
  readonly writes: boolean;
  /** The other tables of which a row could not be changed, at some moment. */
  readonly others: readonly string[];
}

/**
 * Finds out whether a change of a row, and a look at one, wait while an alteration works on the rows. The tables grow until it
 * takes long enough to be watched.
 */
export async function observeAlteration(
  database: TestDatabase,
  one: MeasuredCase,
): Promise<ObservedAlteration | undefined> {
  const [{ sql, impact }] = one.statements;
  const [{ table }, ...more] = impact.tables;
  const others = more.filter(({ lock }) => lock !== 'EXCLUSIVE').map((other) => other.table);
  const awaited = new Set<string>();
  let seen: ObservedAlteration | undefined;
  return withSessions(database, 4, async ([runner, reader, writer, observer]) => {
    for (let rows = 50_000; rows <= 800_000; rows *= 2) {
      await prepare(runner, one, rows);
      const altering = start(runner, sql);
      if (await isIn(observer, runner, WORKS, altering.isOver)) {
        const read = start(reader, `select id from ${table} where id = 5`);
        const write = start(writer, `update ${table} set id = id where id = 5`);
        const outcome = async (session: Session, other: ReturnType<typeof start>): Promise<boolean | undefined> => {
          while (!altering.isOver()) {
            const passed = other.isOver();
            const states = await statesOf(observer, [runner, session]);
            if (!WORKS.test(states[0])) return undefined;
            if (passed) return false;
            if (WAITS.test(states[1])) return true;
          }
          return undefined;
        };
        const [writes, reads] = [await outcome(writer, write), await outcome(reader, read)];
        for (const name of others) {
          if (!awaited.has(name) && (await isWaitedFor(name, { reader, observer }, altering.isOver))) awaited.add(name);
        }
        await Promise.all([altering.running, read.running, write.running]);
        await clear(runner, one.prefix);
        if (reads !== undefined && writes !== undefined) seen = { reads, writes, others: [...awaited] };
        // a machine with other work may not have looked at the moment that counts
        if (seen !== undefined && awaited.size === others.length) return seen;
      } else {
        await altering.running;
        await clear(runner, one.prefix);
      }
    }
    return seen;
  });
}

/** Whether a change of a row waits at some moment before an alteration is over. */
async function isWaitedFor(
  table: string,
  { reader, observer }: { readonly reader: Session; readonly observer: Session },
  isOver: () => boolean,
): Promise<boolean> {
  // it may wait for rows of an alteration that waits for it, which the server cannot see
  await reader.query('set innodb_lock_wait_timeout = 3');
  while (!isOver()) {
    const write = start(reader, `update ${table} set id = id, name = concat(name, 'x') where id = 5`);
    while (!write.isOver() && !isOver()) {
      const [state] = await statesOf(observer, [reader]);
      const found = await observer.query(
        `select 1 from information_schema.innodb_trx where trx_mysql_thread_id = ${reader.id} and trx_state = 'LOCK WAIT'`,
      );
      if (WAITS.test(state) || found.length > 0) {
        await write.running.catch(() => undefined);
        return true;
      }
    }
    await write.running.catch(() => undefined);
  }
  return false;
}

// the second is what MariaDB says, the third what MySQL says
const WORKS = /copy to tmp table|altering table|alter table \(/i;
const WAITS = /metadata lock/i;

/** Waits until a session is in a state; `false` where its statement ends before. */
async function isIn(observer: Session, session: Session, state: RegExp, isOver: () => boolean): Promise<boolean> {
  while (!isOver()) {
    const [now] = await statesOf(observer, [session]);
    if (state.test(now)) return true;
  }
  return false;
}

async function statesOf({ query, processList }: Session, sessions: readonly Session[]): Promise<readonly string[]> {
  const ids = sessions.map(({ id }) => id);
  const found = await query(`select id as id, state as state from ${processList} where id in (${ids.join(', ')})`);
  return ids.map((id) => String(found.find((row) => Number(row['id']) === id)?.['state'] ?? ''));
}
