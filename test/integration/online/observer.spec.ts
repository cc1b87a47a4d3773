/**
 * A second session tries to read and to write while each statement of a revision is held. A statement that keeps it out
 * must not read or write all rows: it would keep out every request for as long as that takes.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type MikroORM } from '@mikro-orm/sql';
import { renderBody } from '../../../libs/nest-migrate/src/commands/render-item.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { runBody } from '../../unit/autogenerate/run-rendered.js';
import { type OnlineSources } from '../../../libs/nest-migrate/src/engines/online/online.js';
import { type Server, startPostgres18 } from '../../support/servers/index.js';
import { sessionOn } from '../../support/statements.js';
import { isTurn } from '../../support/turns.js';
import { LiveDatabase } from '../autogenerate/live-database.js';
import { namedCases, type OnlineCase, tables } from './cases.js';

/** The database itself: what is asked of the scratch database is gone afterwards. */
const onScratchOf =
  (live: LiveDatabase): OnlineSources['onScratch'] =>
  (work) =>
    work(sessionOn(live.connection));

const about = { direction: 'upgrade', connection: 'default' } as const;
const names = [
  'author',
  'book',
  'note',
  'event',
  'event_1',
  'event_2',
  'event_3',
  'event_rest',
  'lot',
  'lot_1',
  'fresh',
  'work',
  'occurrence',
];

const versions = ['PostgreSQL', 'PostgreSQL 18'] as const;

describe.each(versions)('requests while a revision runs on %s', (version) => {
  let newest: Server | undefined;
  let live: LiveDatabase;
  let observer: MikroORM;
  let holder: MikroORM;
  beforeAll(async () => {
    if (version === 'PostgreSQL 18') newest = await startPostgres18();
    live = await LiveDatabase.create('postgres', {}, newest);
    [observer, holder] = [await live.another(), await live.another()];
    await observer.em.getConnection().execute(`set lock_timeout = '50ms'`);
  });
  afterAll(async () => {
    await observer.close(true);
    await holder.close(true);
    await live.close();
    await newest?.stop();
  });

  /** Whether a request waits on one of the tables. */
  async function isBlocked(): Promise<boolean> {
    for (const name of names) {
      for (const sql of [`select 1 from "${name}" limit 1`, `delete from "${name}" where false`]) {
        try {
          await observer.em.getConnection().execute(sql);
        } catch (error) {
          const { code } = error as { readonly code?: string };
          if (code === '55P03') return true;
          if (code !== '42P01') throw error; // the revision may have dropped or renamed it
        }
      }
    }
    return false;
  }

  /** How many rows the session has read, and the files of tables and indexes. */
  async function work(): Promise<{ readonly read: number; readonly files: string }> {
    const [row] = await live.connection.execute<{ read: string; files: string }[]>(
      `select (select coalesce(sum(seq_tup_read), 0) from pg_stat_xact_user_tables) as read,
        (select string_agg(oid || ':' || relfilenode, ',' order by oid) from pg_class
          where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')) as files`,
    );
    return { read: Number(row?.read), files: row?.files ?? '' };
  }

  /** Runs a statement in a transaction that stays open while the observer looks. */
  async function held(sql: string): Promise<boolean> {
    await live.execute('begin');
    const before = await work();
    await live.execute(sql);
    const after = await work();
    const reads = after.read > before.read;
    // a new file of something that was there: it is written again, or an index is built for rows
    const files = new Set(before.files.split(','));
    const isWritten = after.files.split(',').some((file) => !files.has(file)) && after.files !== before.files && reads;
    const isKeptOut = await isBlocked();
    await live.execute('commit');
    return isKeptOut && (reads || isWritten);
  }

  /** Runs a statement that takes no transaction, and looks while it waits for the transaction of another session. */
  async function waiting(sql: string): Promise<boolean> {
    await holder.em.getConnection().execute('begin');
    const writer = holder.em.getConnection();
    for (const name of names) {
      await writer.execute('savepoint writes');
      await writer
        .execute(`delete from "${name}" where false`)
        .catch(() => writer.execute('rollback to savepoint writes'));
    }
    let isOver = false;
    const running = live.connection.execute(sql).finally(() => (isOver = true));
    running.catch(() => undefined);
    try {
      for (let isWaiting = false; !isWaiting;) {
        if (isOver) throw new Error(`It waits for no other session: ${sql}`);
        const rows = await observer.em
          .getConnection()
          .execute<object[]>(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query = ?`, [sql]);
        isWaiting = rows.length > 0;
      }
      return await isBlocked();
    } finally {
      await holder.em.getConnection().execute('rollback');
      await running;
    }
  }

  /** The statements that keep requests out for as long as they read or write rows. */
  async function blocking(one: OnlineCase, text: string): Promise<readonly string[]> {
    await live.reset();
    for (const operation of [...tables, ...(one.before ?? [])]) await live.apply([operation]);
    // what is part of one transaction is held statement by statement all the same: nothing but its own lock counts
    const found: string[] = [];
    await runBody(text, 'postgres', {
      take: async (step) => {
        for await (const { sql, outsideTransaction, needsTransaction } of live.statementsOf(step)) {
          if (needsTransaction === true) continue;
          const isFound = outsideTransaction === true ? await waiting(sql) : await held(sql);
          if (isFound) found.push(sql);
        }
      },
      outside: (block) => block(),
      fill: (backfill) => live.fill(backfill), // each batch of it locks its own rows
    });
    return found;
  }

  const online = async ({ operations, before = [] }: OnlineCase): Promise<string> => {
    await live.reset();
    for (const operation of [...tables, ...before]) await live.apply([operation]);
    return renderBody(operations, { ...about, online: await live.online(operations, onScratchOf(live)) }, {});
  };
  const plain = ({ operations }: { readonly operations: readonly Operation[] }): string =>
    renderBody(operations, about, {});

  const alone = namedCases.filter(
    ([, { operations }], index) =>
      isTurn(index, version, versions) && operations.every(({ kind }) => kind !== 'dropDependents'),
  );

  it.each(alone.filter(([, { waits }]) => waits === undefined))('do not wait for rows: %s', async (_, one) => {
    expect(await blocking(one, await online(one))).toEqual([]);
  });

  it.each(alone.filter(([, { waits, scans }]) => waits !== undefined || scans === true))(
    'wait for rows without the online form, or with its warning: %s',
    async (_, one) => {
      expect(await blocking(one, plain(one))).not.toEqual([]);
    },
  );
});
