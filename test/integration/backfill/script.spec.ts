import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type MigrationError } from 'nest-migrate';
import { createDatabase, type Engine, type Row, serverEngines } from '../../support/databases.ts';
import { type Revisions, scenario, type Scenario } from '../../support/scenario.ts';
import { type OpenDatabase, openDatabase, runScript } from '../../support/scripts.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function start(engine: Engine, revisions: Revisions): Promise<Scenario> {
  const started = await scenario(engine, { revisions });
  ending.push(() => started.end());
  return started;
}

async function fresh(engine: Engine): Promise<OpenDatabase> {
  const open = await openDatabase(await createDatabase(engine));
  ending.push(() => open.orm.close(true).then(() => open.database.drop()));
  return open;
}

async function rows({ orm }: Pick<Scenario, 'orm'>, sql: string): Promise<readonly Row[]> {
  return (orm.em.getConnection() as AbstractSqlConnection).execute<Row[]>(sql);
}

async function scriptOf(at: Scenario): Promise<string> {
  const { sql } = await at.migrations.upgrade({ sql: true });
  return sql;
}

const books: Revisions[string] = async (op) => {
  await op.createTable('entry', {
    columns: {
      a: { type: 'integer' },
      b: { type: 'string', length: 20 },
      n: { type: 'integer' },
      slug: { type: 'string', length: 40, nullable: true },
      hits: { type: 'integer', default: 0 },
    },
    primaryKey: { columns: ['a', 'b'] },
  });
  const all = Array.from({ length: 100 }, (_, at) => at);
  await op.bulkInsert(
    'entry',
    all.map((at) => ({ a: at % 3, b: `${at % 2 === 0 ? 'Entry' : 'entry'} ${at}`, n: at })),
  );
};

const filling: Revisions[string] = async (op) => {
  const key = ['a', 'b'];
  await op.backfill({ table: 'entry', key, set: { hits: 'hits + 1' }, batch: 7 });
  await op.execute('update entry set n = n + 1000');
  await op.backfill({
    table: 'entry',
    key,
    where: 'slug is null -- those without',
    set: { slug: 'lower(b)', hits: 'hits + 10' },
    batch: 7,
    pause: 1,
  });
  await op.backfill({ table: 'entry', key, where: 'n < 1050', set: { hits: 'hits + 100' }, batch: 10 });
};

describe.each(serverEngines)('op.backfill in a script for %s', (engine) => {
  it('is a loop that does what a run does', async () => {
    const at = await start(engine, { aaaa: books, bbbb: filling });
    const script = await scriptOf(at);
    const open = await fresh(engine);
    const result = await runScript(open, script);
    expect([result.code, result.stderr]).toEqual([0, expect.not.stringMatching(/error/i)]);
    await at.migrations.upgrade();
    const all = 'select a, b, n, slug, hits from entry order by n';
    expect(await rows(open, all)).toEqual(await rows(at, all));
    expect((await rows(open, 'select sum(hits) as hits from entry')).map(({ hits }) => Number(hits))).toEqual([
      100 + 1000 + 5000,
    ]);
    expect((await rows(open, 'select version_num from nest_migrate_version'))[0]).toEqual({ version_num: 'bbbb' });
  });

  it('finds rows that came behind the cursor', async () => {
    const at = await start(engine, {
      aaaa: books,
      bbbb: (op) =>
        op.backfill({
          table: 'entry',
          key: ['a', 'b'],
          where: 'slug is null',
          set: { slug: 'b' },
          batch: 10,
          pause: 500,
        }),
    });
    const open = await fresh(engine);
    const [first, second] = await Promise.all(
      ['base:aaaa', 'aaaa:bbbb'].map((target) => at.migrations.upgrade({ sql: true, target })),
    );
    expect((await runScript(open, first.sql)).code).toBe(0);
    const running = runScript(open, second.sql);
    // the script still has nine pauses to make when its first batch is seen
    while (Number((await rows(open, 'select count(slug) as filled from entry'))[0]['filled']) === 0);
    await rows(open, "insert into entry (a, b, n) values (-1, 'late', 100)");
    const result = await running;
    expect([result.code, result.stderr]).toEqual([0, expect.not.stringMatching(/error/i)]);
    expect(await rows(open, 'select n from entry where slug is null')).toEqual([]);
    expect(await rows(open, 'select n from entry where n = 100')).toHaveLength(1);
  });

  it('stops where the table has no such key', async () => {
    const at = await start(engine, {
      aaaa: books,
      bbbb: (op) => op.backfill({ table: 'entry', key: 'n', set: { hits: 'hits + 1' } }),
    });
    const open = await fresh(engine);
    const result = await runScript(open, await scriptOf(at));
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('entry has no unique key of n');
    expect((await rows(open, 'select version_num from nest_migrate_version'))[0]).toEqual({ version_num: 'aaaa' });
  });
});

describe('a script that cannot fill rows', () => {
  const refused = async (engine: Engine, filled: Revisions[string]): Promise<string> => {
    const at = await start(engine, { bbbb: filled });
    const error = await at.migrations.upgrade({ sql: true }).then(
      () => undefined,
      (reason: unknown) => reason as MigrationError,
    );
    expect(error?.code).toBe('OFFLINE_BACKFILL');
    return String(error);
  };

  it('says what it lacks', async () => {
    expect(await refused('sqlite', (op) => op.backfill({ table: 'book', key: 'id', set: { n: '1' } }))).toContain(
      "fills 'book' in batches, and a script for SQLite has no loops",
    );
    expect(await refused('postgres', (op) => op.backfill({ table: 'book', set: { n: '1' } }))).toContain(
      "op.backfill needs 'key'. Name the columns of the primary key: key: ['id']",
    );
    expect(await refused('mysql', (op) => op.backfill({ table: 'book', key: 'id', rows: () => undefined }))).toContain(
      "by a function, and a script has none: op.backfill needs 'set'",
    );
  });
});
