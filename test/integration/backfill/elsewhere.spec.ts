/** What a backfill is in places other than an upgrade of the application's own database. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type allEngines, type Row } from '../../support/databases.ts';
import { scratchOption } from '../../support/rehearsals.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function start(engine: (typeof allEngines)[number], options: ScenarioOptions): Promise<Scenario> {
  const started = await scenario(engine, options);
  ending.push(() => started.end());
  return started;
}

describe.each(enginesByDialect('elsewhere'))('a backfill on %s', (engine) => {
  it('is verified on a scratch database, with the rows of the fixture', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: {
          upgrade: (op) => op.execute('create table book (id int not null primary key, title varchar(40) not null)'),
          downgrade: (op) => op.dropTable('book'),
        },
        bbbb: {
          fixture: executing("insert into book (id, title) values (1, 'Emma'), (2, 'Sula')"),
          upgrade: async (op) => {
            await op.addColumn('book', 'slug', { type: 'string', length: 40, nullable: true });
            await op.backfill({ table: 'book', where: 'slug is null', set: { slug: 'lower(title)' } });
            await op.alterColumn(
              'book',
              'slug',
              { nullable: false },
              { existing: { type: 'string', length: 40, nullable: true } },
            );
          },
          downgrade: (op) => op.dropColumn('book', 'slug'),
        },
      },
      module: { scratch: scratchOption(engine) },
    });
    const { findings, revisions } = await at.migrations.verify({ all: true });
    // no entity has the table
    expect(findings.filter(({ revision }) => revision !== null)).toEqual([]);
    expect(revisions.map(({ outcome }) => outcome)).toEqual(['verified', 'verified']);
  });

  it('blocks nothing in a plan, and lets what comes after it be planned', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: (op) => op.execute('create table book (id int not null primary key, title varchar(40) not null)'),
        bbbb: async (op) => {
          await op.addColumn('book', 'slug', { type: 'string', length: 40, nullable: true });
          await op.backfill({ table: 'book', where: 'slug is null', set: { slug: 'lower(title)' } });
          await op.backfill({ table: 'book', rows: async (_, { em }) => em.execute('update book set slug = title') });
          await op.addColumn('book', 'pages', { type: 'integer', nullable: true });
        },
      },
      module: { scratch: scratchOption(engine) },
    });
    await at.migrations.upgrade({ target: 'aaaa' });
    const { revisions, findings } = await at.migrations.plan();
    const statements = revisions.flatMap(({ statements: planned }) => planned.map(({ sql }) => String(sql)));
    expect(statements.filter((sql) => sql.startsWith('alter table'))).toHaveLength(2);
    expect(findings.filter(({ level }) => level === 'blocking')).toEqual([]);
  });

  it('is refused in onVersionApply, which belongs to the transaction of the step', async () => {
    const at = await start(engine, {
      revisions: { aaaa: (op) => op.execute('create table book (id int not null primary key, n int)') },
      module: { onVersionApply: ({ op }) => op.backfill({ table: 'book', set: { n: '1' } }) },
    });
    await expect(at.migrations.upgrade()).rejects.toThrow(
      'backfill was called in onVersionApply, which belongs to the transaction of the step. Do it in a revision.',
    );
  });

  it('may be the first of several in a revision, of tables that the revision itself creates', async () => {
    const at = await start(engine, {
      revisions: {
        aaaa: async (op) => {
          for (const table of ['one', 'two']) {
            await op.createTable(table, {
              columns: { id: { type: 'integer', primary: true }, n: { type: 'integer', default: 0 } },
            });
            await op.bulkInsert(table, [{ id: 1 }, { id: 2 }, { id: 3 }]);
            await op.backfill({ table, set: { n: 'n + id' }, batch: 2 });
            await op.autocommitBlock(async (block) => {
              await block.backfill({ table, set: { n: 'n + 10' }, batch: 2 });
              await block.execute(`update ${table} set n = n + 100`);
            });
          }
        },
      },
    });
    await at.migrations.upgrade();
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    for (const table of ['one', 'two'])
      expect((await connection.execute<Row[]>(`select n from ${table} order by n`)).map(({ n }) => n)).toEqual([
        111, 112, 113,
      ]);
  });
});
