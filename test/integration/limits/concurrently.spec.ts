/**
 * Statements that wait for transactions which they do not block, under limits that would end them: on the PostgreSQL of the
 * run, and on PostgreSQL 18.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type DdlLimits, type MigrationEvent } from 'nest-migrate';
import { waitsForOthers } from '../../../libs/nest-migrate/src/engines/postgres/session/concurrent-statements.js';
import { createDatabase, serverOf } from '../../support/databases.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { type OpenTransaction, openTransaction } from '../../support/open-transaction.ts';
import { given, type RevisionCode } from '../../support/revision-file.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';
import { type Server, type ServerCoordinates, startPostgres18 } from '../../support/servers/index.ts';

let newest: Server;
beforeAll(async () => {
  newest = await startPostgres18();
});
afterAll(() => newest.stop());

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

const before = [
  'create table busy (id int primary key, n int)',
  'create table other (id int)',
  'insert into busy values (1, 1), (2, 2)',
  'create index busy_n on busy (n)',
  // it takes longer than a statement may
  'create materialized view seen as select id, pg_sleep(0.6)::text as slept from busy where id = 1',
  'create unique index seen_id on seen (id)',
  'create table parts (id int) partition by list (id)',
  'create table parts_1 partition of parts for values in (1)',
];

/** Statements in a block outside of any transaction, behind something that is committed by then. */
const block = (...statements: readonly string[]): RevisionCode =>
  given({ statements }, async (op, values) => {
    await op.execute('create table committed (id int)');
    await op.autocommitBlock(async (outside) => {
      for (const sql of values.statements) await outside.execute(sql);
    });
  });

/** A unique index that such a block creates. */
const uniqueIndex = (name: string, column: string): RevisionCode =>
  given({ name, column }, async (op, values) => {
    await op.execute('create table committed (id int)');
    await op.autocommitBlock((outside) =>
      outside.createIndex('busy', [values.column], { name: values.name, unique: true, concurrently: true }),
    );
  });

async function start(
  server: ServerCoordinates,
  revision: RevisionCode,
  options: { readonly ddl?: DdlLimits; readonly poolMax?: number; readonly setting?: string } = {},
): Promise<Scenario> {
  const database = await createDatabase('postgres', { server });
  ending.push(() => database.drop());
  const { ddl = { lockTimeout: 300, statementTimeout: 500, retries: 0 }, poolMax = 3, setting } = options;
  if (setting !== undefined) await queryDatabase(database, `alter database ${database.name} set ${setting}`);
  for (const statement of before) await queryDatabase(database, statement);
  const revisions = { aaaa: '', bbbb: revision };
  const at = await scenario('postgres', { database, revisions, poolMax, module: { ddl } });
  ending.push(() => at.end());
  await at.migrations.upgrade({ target: 'aaaa' });
  return at;
}

/** Uses the tables, with one view of their rows, until the test ends, or says so. */
async function using(at: Scenario, sql: string): Promise<OpenTransaction> {
  const open = await openTransaction(at.database, 'set transaction isolation level repeatable read', sql);
  ending.push(open.end);
  return open;
}

const unrelated = 'select * from other';
const writer = 'insert into busy values (3, 3)';
const verbs = [
  { verb: 'create index', sql: 'create index concurrently made on busy (n)', waitsFor: [writer, unrelated] },
  { verb: 'drop index', sql: '/* as written */ DROP INDEX\n  CONCURRENTLY busy_n', waitsFor: [writer] },
  { verb: 'reindex', sql: 'reindex (verbose) index concurrently busy_n', waitsFor: [writer, unrelated] },
  { verb: 'reindex by option', sql: 'reindex (concurrently) table busy', waitsFor: [writer, unrelated] },
  {
    verb: 'refresh materialized view',
    sql: 'refresh materialized view concurrently seen',
    waitsFor: ['refresh materialized view concurrently seen'],
  },
  {
    verb: 'detach partition',
    sql: 'alter table only "parts" detach partition parts_1 concurrently',
    waitsFor: ['insert into parts values (1)'],
  },
];
const cases = verbs.flatMap(({ verb, sql, waitsFor }) =>
  [...new Set([...waitsFor, writer, unrelated])].map((blocker) => ({
    ...{ verb, sql, blocker },
    waits: waitsFor.includes(blocker),
  })),
);

describe.each(['15', '18'] as const)('on PostgreSQL %s', (version) => {
  const server = (): ServerCoordinates => (version === '18' ? newest : serverOf('postgres'));

  it('the server is that', () => {
    expect(server().version).toMatch(new RegExp(`^${version}\\.`));
  });

  it.each(cases)('$verb concurrently is not ended while others are open: $blocker', async ({ sql, blocker, waits }) => {
    const at = await start(server(), block(sql));
    const other = await using(at, blocker);
    const events: MigrationEvent[] = [];
    let isTold = false;
    const upgraded = at.migrations.upgrade({
      onEvent: (event) => {
        events.push(event);
        isTold ||= event.type === 'warning' && event.message.includes(`pid ${other.session} `);
      },
    });
    let isOver = false;
    const over = upgraded.finally(() => (isOver = true)).catch(() => undefined);
    if (waits) {
      while (!isTold && !isOver) await new Promise((resolve) => setTimeout(resolve, 50));
      // longer than either limit
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(isOver).toBe(false);
      await other.end();
    }
    await over;
    expect((await upgraded).rows).toEqual(['bbbb']);
    const invalid = 'select indexrelid::regclass::text as name from pg_index where not indisvalid';
    expect(await queryDatabase(at.database, invalid)).toEqual([]);
  });

  it.each([
    ['what op.createIndex builds', uniqueIndex('busy_once', 'n')],
    [
      'what a revision says itself',
      block('create unique index concurrently if not exists "busy_once" on public.busy (n)'),
    ],
  ])('an index that failed to become unique is gone at once, and enforced no more: %s', async (_, revision) => {
    const at = await start(server(), revision);
    await queryDatabase(at.database, 'insert into busy values (7, 7), (8, 7)');
    const events: MigrationEvent[] = [];
    const error = await at.migrations
      .upgrade({ onEvent: (event) => void events.push(event) })
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'REVISION_FAILED', failure: { rows: ['aaaa'] } });
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual([
      expect.stringContaining("The build of index 'busy_once' failed"),
    ]);
    const found = "select 1 as n from pg_class where relname = 'busy_once'";
    expect(await queryDatabase(at.database, found)).toEqual([]);
    await queryDatabase(at.database, 'insert into busy values (9, 2)');
    await queryDatabase(at.database, 'delete from busy where id > 2');
    expect((await at.migrations.upgrade()).rows).toEqual(['bbbb']);
    expect(await queryDatabase(at.database, found)).toEqual([{ n: 1 }]);
  });

  it('an index of that name which was there before stays', async () => {
    const at = await start(server(), uniqueIndex('busy_n', 'id'));
    await expect(at.migrations.upgrade()).rejects.toThrow(/busy_n.*already exists/);
    const valid = "select indisvalid from pg_index where indexrelid = 'busy_n'::regclass";
    expect(await queryDatabase(at.database, valid)).toEqual([{ indisvalid: true }]);
  });

  it('a build that the server ended is tried again, although something was committed before', async () => {
    const at = await start(server(), uniqueIndex('made', 'n'), {
      ddl: { retries: 20 },
      setting: "lock_timeout = '900ms'",
    });
    const other = await using(at, writer);
    let ended: Promise<void> | undefined;
    const { rows } = await at.migrations.upgrade({
      onEvent: ({ type }) => void (type === 'retrying' && (ended ??= other.end())),
    });
    await ended;
    expect(ended).toBeDefined();
    expect(rows).toEqual(['bbbb']);
    const indexes =
      "select indexrelid::regclass::text as name, indisvalid from pg_index where indrelid = 'busy'::regclass order by 1";
    expect(await queryDatabase(at.database, indexes)).toEqual([
      { name: 'busy_n', indisvalid: true },
      { name: 'busy_pkey', indisvalid: true },
      { name: 'made', indisvalid: true },
    ]);
  });

  it('a build that the server ended says whom it waited for', async () => {
    const at = await start(server(), block('create index concurrently made on busy (n)'), {
      ddl: { retries: 0 },
      setting: "lock_timeout = '900ms'",
    });
    const other = await using(at, writer);
    await expect(at.migrations.upgrade()).rejects.toThrow(`It waited for the session with pid ${other.session} (`);
  });

  it('what comes behind is limited again, and so is a statement that only looks like one of these', async () => {
    const at = await start(
      server(),
      block('create index concurrently made on busy (n)', 'select pg_sleep(30) as "create index concurrently"'),
    );
    await expect(at.migrations.upgrade()).rejects.toThrow(/statement 3 .*statement timeout/);
  });
});

describe('a statement that waits for transactions which it does not block', () => {
  it.each([
    'create index concurrently on t (n)',
    '-- why\nCREATE /* x */ UNIQUE INDEX\tCONCURRENTLY IF NOT EXISTS "a b" ON t (n);',
    'drop index concurrently if exists a, b cascade',
    'reindex table concurrently t',
    'reindex (verbose, tablespace x) database concurrently d',
    'reindex (concurrently true, verbose) index i',
    'refresh materialized view concurrently v with data',
    'alter table if exists a.b detach partition c concurrently',
    'alter table t detach partition "x; y" finalize;',
  ])('is known by its words: %s', (sql) => expect(waitsForOthers(sql)).toBe(true));

  it.each([
    'create index i on t (n)',
    'create index "concurrently" on t (n)',
    "comment on table t is 'create index concurrently'",
    'create index i on t (n) where n in (1) -- concurrently',
    'reindex (concurrently false) table t',
    'reindex (concurrently off) table t',
    'refresh materialized view v',
    'alter table t detach partition c',
    'select 1; create index concurrently i on t (n)',
    '',
  ])('is not mistaken for another: %s', (sql) => expect(waitsForOthers(sql)).toBe(false));
});
