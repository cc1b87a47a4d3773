/**
 * The truth about a statement on PostgreSQL: while its transaction is held open, a second session tries to read, to write and to
 * change the schema, and gives up after 50 ms.
 */
import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.ts';
import { type TestDatabase } from '../../support/databases.ts';
import { type MeasuredCase, preparing } from './measured-cases.ts';
import { oneConnectionTo } from './one-connection.ts';

/** What other sessions could not do with a table. */
export interface ObservedTable {
  readonly reads: boolean;
  /** `null`: not tried, since it is no table. */
  readonly writes: boolean | null;
  readonly schemaChanges: boolean | null;
  /** The rows that another session could not lock; `undefined` where the table as a whole was locked. */
  readonly rows: 'all' | 'some' | null | undefined;
}

export interface ObservedStatement {
  readonly tables: ReadonlyMap<string, ObservedTable>;
  /** The pages of tables and indexes that the statement asked for; `undefined` where that can't be told. */
  readonly pages: number | undefined;
}

type Row = Readonly<Record<string, string | number | null>>;

/** A session of its own. */
interface Session {
  readonly orm: MikroORM;
  readonly query: (sql: string) => Promise<Row[]>;
}

/** Runs the statements of a case on tables with so many rows, and watches each. */
export async function observePostgres(
  database: TestDatabase,
  one: MeasuredCase,
  rows: number,
): Promise<readonly ObservedStatement[]> {
  const sessions: Session[] = [];
  const open = async (): Promise<Session> => {
    const session = await openSession(database);
    sessions.push(session);
    return session;
  };
  try {
    const [runner, observer] = [await open(), await open()];
    await prepare(runner, one, rows);
    const observed: ObservedStatement[] = [];
    let kept: readonly string[] = KEPT.map(() => '');
    for (const { sql } of one.statements) {
      if (one.outside === true) {
        const holders = [await open(), await open()] as const;
        observed.push(await observeOutside({ runner, observer, holders }, sql, one.prefix));
      } else {
        const seen = await observeInside({ runner, observer, kept }, sql, one.prefix);
        kept = seen.kept;
        observed.push(seen);
      }
    }
    return observed;
  } finally {
    for (const { orm } of sessions) await orm.close(true);
  }
}

async function openSession(database: TestDatabase): Promise<Session> {
  const orm = await oneConnectionTo(database);
  return { orm, query: (sql) => orm.em.getConnection().execute(sql) };
}

async function prepare({ orm, query }: Session, one: MeasuredCase, rows: number): Promise<void> {
  const { prefix } = one;
  const { ddl } = engineFor(orm);
  // what an earlier case has left
  for (const schema of [`${prefix}s`, 'public']) await query(`drop schema if exists ${schema} cascade`);
  await query('create schema public');
  for (const operation of preparing(one)) for (const { sql } of ddl.statements(operation)) await query(sql);
  const all = await tablesOf({ orm, query }, prefix);
  // its lock would be taken for that of the statement
  for (const { name, kind } of all) if (kind === 'r') await query(`alter table ${name} set (autovacuum_enabled = off)`);
  const numbers = `from generate_series(1, ${rows}) i`;
  await query(`insert into ${prefix}author select i, 'name', i ${numbers}`);
  await query(`insert into ${prefix}book select i, i, 'title ' || i, 1, i, 'note', 1, i ${numbers}`);
  await query(`alter table ${prefix}log disable trigger user`);
  await query(`insert into ${prefix}log select i, i ${numbers}`);
  await query(`alter table ${prefix}log enable trigger user`);
  if (all.some(({ name }) => name === `${prefix}event`)) await query(`insert into ${prefix}event select i ${numbers}`);
  for (const { name, kind } of all) if (kind === 'm') await query(`refresh materialized view ${name}`);
}

async function tablesOf({ query }: Session, prefix: string): Promise<{ name: string; kind: string }[]> {
  const found = await query(
    `select relname as name, relkind as kind from pg_class where relkind in ('r', 'p', 'v', 'm') and starts_with(relname, '${prefix}')
      order by relname`,
  );
  return found as unknown as { name: string; kind: string }[];
}

/** Settings that one statement of a transaction leaves for a later one. */
const KEPT = ['nest_migrate.dependents', 'nest_migrate.attributes'];

async function keptIn({ query }: Session): Promise<readonly string[]> {
  const found = await query(KEPT.map((name) => `select current_setting('${name}', true) as value`).join(' union all '));
  return found.map(({ value }) => (value === null ? '' : String(value)));
}

async function keep({ query }: Session, values: readonly string[]): Promise<void> {
  const sets = values.map((value, at) => `set_config('${KEPT[at]}', '${value.replaceAll("'", "''")}', true)`);
  await query(`select ${sets.join(', ')}`);
}

async function observeInside(
  { runner, observer, kept }: { runner: Session; observer: Session; kept: readonly string[] },
  sql: string,
  prefix: string,
): Promise<ObservedStatement & { readonly kept: readonly string[] }> {
  const tables = await tablesOf(runner, prefix);
  await runner.query('begin');
  await keep(runner, kept);
  const pages = async (): Promise<ReadonlyMap<string, number>> => {
    const found = await runner.query(
      `select c.oid::text as id, pg_stat_get_xact_blocks_fetched(c.oid) as pages from pg_class c where starts_with(relname, '${prefix}')`,
    );
    return new Map(found.map(({ id, pages: count }) => [String(id), Number(count)]));
  };
  const before = await pages();
  await runner.query(sql);
  const after = await pages();
  const observed = new Map<string, ObservedTable>();
  for (const table of tables) observed.set(table.name, await tryOn(observer, table));
  const left = await keptIn(runner);
  await runner.query('commit');
  const counts = [...before].map(([id, count]) => Math.max(0, (after.get(id) ?? count) - count));
  return { tables: observed, pages: counts.reduce((sum, count) => sum + count, 0), kept: left };
}

/** What a session can do with a table within 50 ms. */
async function tryOn({ query }: Session, { name, kind }: { name: string; kind: string }): Promise<ObservedTable> {
  const isStopped = async (sql: string): Promise<boolean> => {
    await query('begin');
    try {
      await query("set local lock_timeout = '50ms'");
      await query(sql);
      return false;
    } catch (error) {
      if ((error as { code?: unknown }).code !== '55P03') throw error;
      return true;
    } finally {
      await query('rollback');
    }
  };
  const isTable = kind === 'r' || kind === 'p';
  const reads = await isStopped(`select 1 from ${name} limit 1`);
  const writes = isTable ? await isStopped(`delete from ${name} where false`) : null;
  // the one changes the table, the other its indexes
  const schemaChanges = isTable
    ? (await isStopped(`alter table ${name} rename to tried`)) ||
      (kind === 'r' && (await isStopped(`reindex table ${name}`)))
    : null;
  if (!isTable || writes === true || reads) return { reads, writes, schemaChanges, rows: undefined };
  const [{ total, free }] = await query(
    `select (select count(*) from ${name}) as total,
            (select count(*) from (select 1 from ${name} for no key update skip locked) x) as free`,
  );
  const locked = Number(total) - Number(free);
  return { reads, writes, schemaChanges, rows: locked === 0 ? null : locked === Number(total) ? 'all' : 'some' };
}

/** A statement that runs in several transactions is watched at the points where it waits for others. */
async function observeOutside(
  { runner, observer, holders }: { runner: Session; observer: Session; holders: readonly [Session, Session] },
  sql: string,
  prefix: string,
): Promise<ObservedStatement> {
  const tables = await tablesOf(runner, prefix);
  const [{ pid }] = await runner.query('select pg_backend_pid() as pid');
  const hold = async ({ query }: Session, mode: string): Promise<void> => {
    await query('begin');
    const names = tables.filter(({ kind }) => kind === 'r' || kind === 'p').map(({ name }) => name);
    await query(`lock table only ${names.join(', only ')} in ${mode} mode nowait`).catch(() => undefined);
  };
  await hold(holders[0], 'row exclusive');
  let isOver = false;
  const running = runner.query(sql).finally(() => (isOver = true));
  running.catch(() => undefined);
  const waits = async (): Promise<boolean> => {
    while (!isOver) {
      const found = await observer.query(`select 1 from pg_locks where pid = ${pid} and not granted`);
      if (found.length > 0) return true;
    }
    return false;
  };
  const observed = new Map<string, ObservedTable>();
  const look = async (): Promise<void> => {
    for (const table of tables) {
      const { reads, writes } = await tryOn(observer, table);
      const earlier = observed.get(table.name);
      observed.set(table.name, {
        reads: reads || earlier?.reads === true,
        writes: writes === true || earlier?.writes === true,
        // the sessions that hold it up are in the way of those
        schemaChanges: null,
        rows: undefined,
      });
    }
  };
  if (await waits()) {
    await look();
    await hold(holders[1], 'access share');
  }
  await holders[0].query('rollback');
  // until it has left the first point
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (await waits()) await look();
  await holders[1].query('rollback');
  await running;
  return { tables: observed, pages: undefined };
}
