import { afterEach, describe, expect, it } from '@jest/globals';
import { type MeasureOptions, measureSteps } from '../../../libs/nest-migrate/src/commands/measured-statements.ts';
import { type MeasuredStatement } from '../../../libs/nest-migrate/src/engines/impact/impact.ts';
import { contextOf, scratchOption } from '../../support/rehearsals.ts';
import { scenario, type Revisions, type Scenario } from '../../support/scenario.ts';
import { type Engine } from '../../support/databases.ts';
import { type RevisionCode } from '../../support/revision-file.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ofToday = enginesByDialect('steps');
const postgresOfToday = enginesByDialect('steps', ['postgres', 'pglite'] as const);

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function measured(
  engine: Engine,
  revisions: Revisions,
  options: Omit<MeasureOptions, 'at'> & { readonly at: readonly string[] },
): Promise<readonly MeasuredStatement[]> {
  const made = await scenario(engine, { revisions });
  running.push(made);
  return measureSteps(contextOf(made, { scratch: scratchOption(engine) }), options);
}

describe.each(postgresOfToday)('the statements of revisions on %s', (engine) => {
  it('are measured one by one, each without the locks of those before it', async () => {
    const statements = await measured(
      engine,
      {
        aaa1: (op) =>
          op.createTable('book', {
            columns: { id: { type: 'integer' }, title: { type: 'string', length: 100 } },
            primaryKey: { columns: ['id'] },
          }),
        bbb2: {
          upgrade: `
            await op.execute('alter table book add column pages int');
            await op.createIndex('book', ['title'], { name: 'by_title' });
            await op.execute('update book set pages = 1');
            await op.createTable('note', { columns: { id: { type: 'integer' } } });
            await op.execute('alter table note alter column id type bigint');
            await op.autocommitBlock(async (op) => {
              await op.createIndex('book', ['pages'], { name: 'by_pages', concurrently: true });
            });`,
        },
      },
      { at: ['aaa1'] },
    );
    expect(statements.map(({ ordinal, impact }) => [ordinal, ...impact.tables])).toEqual([
      [0, expect.objectContaining({ table: 'book', lock: 'AccessExclusiveLock', work: 'metadata', isNew: false })],
      [1, expect.objectContaining({ table: 'book', lock: 'ShareLock', work: 'scan', indexes: ['by_title'] })],
      [2, expect.objectContaining({ table: 'book', lock: 'RowExclusiveLock', work: 'scan', rows: 'all' })],
      [3],
      [4, expect.objectContaining({ table: 'note', lock: 'AccessExclusiveLock', work: 'rewrite', isNew: true })],
      [5, expect.objectContaining({ table: 'book', lock: 'ShareUpdateExclusiveLock', indexes: ['by_pages'] })],
    ]);
    expect(statements.map(({ impact }) => impact.source)).toEqual([
      ...Array.from({ length: 5 }, () => 'measured'),
      engine === 'pglite' ? 'table' : 'measured',
    ]);
  });
});

describe('indexes that are dropped or built again concurrently on postgres', () => {
  // the server locks an index that is dead for its files alone, for a moment that a look may hit
  it('stop neither reads nor writes, at whatever moment the locks are looked at', async () => {
    const statements = await measured(
      'postgres',
      {
        aaa1: (op) =>
          op.createTable('book', {
            columns: { id: { type: 'integer' } },
            primaryKey: { columns: ['id'] },
          }),
        bbb2: {
          upgrade: `
            for (let i = 0; i < 20; i++) await op.execute('create index by_id_' + i + ' on book (id)');
            await op.autocommitBlock(async (op) => {
              for (let i = 0; i < 20; i++) {
                if (i % 2 === 0) await op.execute('reindex index concurrently by_id_' + i);
                await op.execute('drop index concurrently by_id_' + i);
              }
            });`,
        },
      },
      { at: ['aaa1'] },
    );
    const concurrent = statements.filter(({ sql }) => sql.includes('concurrently'));
    expect(concurrent).toHaveLength(30);
    expect(new Set(concurrent.map(({ impact }) => impact.tables[0].lock))).toEqual(
      new Set(['ShareUpdateExclusiveLock']),
    );
  });
});

const BOOK: RevisionCode = (op) =>
  op.createTable('book', {
    columns: {
      id: { type: 'integer' },
      title: { type: 'string', length: 100 },
      pages: { type: 'integer', nullable: true },
    },
    primaryKey: { columns: ['id'] },
  });

describe.each(postgresOfToday)('a revision that is only whole in one transaction on %s', (engine) => {
  it('is measured in one', async () => {
    const statements = await measured(
      engine,
      {
        aaa1: BOOK,
        bbb2: {
          upgrade: `
            await op.execute('create temp table chosen on commit drop as select id from book');
            await op.execute('update book set pages = 1 where id in (select id from chosen)');
            await op.execute('alter table book add column isbn int');`,
        },
      },
      { at: ['aaa1'] },
    );
    expect(statements.map(({ impact: { tables } }) => tables.map(({ table, lock }) => [table, lock]))).toEqual([
      [['book', 'AccessShareLock']],
      [['book', 'RowExclusiveLock']],
      [['book', 'AccessExclusiveLock']],
    ]);
  });
});

describe.each(['mysql', 'mariadb'] as const)('an alteration that asserts something itself on %s', (engine) => {
  it('is taken by its word', async () => {
    const statements = await measured(
      engine,
      {
        aaa1: BOOK,
        bbb2: {
          upgrade: `
            await op.execute('alter table book add column a int, algorithm=inplace, lock=none');
            await op.execute('alter table book add column b int, algorithm = copy');
            await op.execute('alter table book add column algorithm int, lock=shared');
            await op.execute('create index i on book (title) algorithm=inplace lock=shared');
            await op.execute('alter table book add column c int, algorithm=default');`,
        },
      },
      { at: ['aaa1'] },
    );
    const told = statements.map(({ impact: { algorithm, tables, source } }) => [algorithm, tables[0].lock, source]);
    expect(told).toEqual([
      ['INPLACE', 'NONE', 'measured'],
      ['COPY', 'SHARED', 'measured'],
      // MySQL takes no lock beside INSTANT
      [engine === 'mysql' ? 'INPLACE' : 'INSTANT', 'SHARED', 'measured'],
      ['INPLACE', 'SHARED', 'measured'],
      [null, 'EXCLUSIVE', 'unknown'],
    ]);
  });
});

describe.each(['mysql', 'mariadb'] as const)('the statements of revisions on %s', (engine) => {
  it('are sent with the cheapest algorithm that the server takes', async () => {
    const statements = await measured(
      engine,
      {
        aaa1: BOOK,
        bbb2: {
          upgrade: `
            await op.execute('alter table book add column isbn int');
            await op.createIndex('book', ['title'], { name: 'by_title' });
            await op.execute('alter table book modify pages bigint');
            await op.execute('alter table book modify title varchar(100) not null');
            await op.dropIndex('book', 'by_title');
            await op.execute('update book b set pages = 1');
            await op.execute('update book set pages = 1 where id = 1');
            await op.createTable('note', { columns: { id: { type: 'integer' } } });
            await op.execute('alter table note modify id bigint');
            await op.execute('rename table note to remark');
            await op.execute('truncate table remark');`,
        },
      },
      { at: ['aaa1'] },
    );
    const told = statements.map(({ impact: { algorithm, tables } }) => [
      algorithm,
      ...tables.map((one) => [one.table, one.lock, one.work, one.rows, one.isNew, ...one.indexes].join(' ')),
    ]);
    const online = engine === 'mysql' ? 'INPLACE' : 'NOCOPY';
    expect(told).toEqual([
      ['INSTANT', 'book NONE metadata  false'],
      [online, 'book NONE scan  false by_title'],
      ['COPY', 'book SHARED rewrite  false PRIMARY by_title'],
      [expect.stringMatching(/INSTANT|INPLACE/), expect.stringMatching(/^book NONE/)],
      [online, 'book NONE metadata  false'],
      [null, 'book SHARED_WRITE scan all false'],
      [null, 'book SHARED_WRITE metadata some false'],
      [null],
      ['COPY', 'note SHARED rewrite  true'],
      [null, 'note EXCLUSIVE metadata  true'],
      [null, 'remark EXCLUSIVE metadata  true'],
    ]);
  });
});

it('tells of SQLite which tables are rebuilt', async () => {
  const statements = await measured(
    'sqlite',
    {
      aaa1: BOOK,
      bbb2: {
        upgrade: `
          await op.execute('alter table book add column isbn int');
          await op.createIndex('book', ['title'], { name: 'by_title' });
          await op.alterColumn('book', 'pages', { nullable: false, default: 1 }, { existing: { type: 'integer', nullable: true } });
          await op.execute('update book set pages = 1');
          await op.execute('alter table book drop column isbn');`,
      },
    },
    { at: ['aaa1'] },
  );
  const told = statements.flatMap(({ sql, impact: { tables } }) =>
    tables.map((one) => [sql.slice(0, 18), one.table, one.lock, one.work, one.isNew, ...one.indexes].join(' ')),
  );
  expect(told).toEqual([
    'alter table book a book RESERVED metadata false',
    'create index `by_t book EXCLUSIVE scan false by_title',
    'insert into `book_ book EXCLUSIVE rewrite false',
    'insert into `book_ book__rebuilt EXCLUSIVE metadata true',
    'drop table `book` book RESERVED metadata false',
    'alter table `book_ book__rebuilt RESERVED metadata false',
    'CREATE INDEX `by_t book EXCLUSIVE scan false by_title',
    'update book set pa book EXCLUSIVE scan false',
    'alter table book d book EXCLUSIVE rewrite false',
  ]);
});

describe.each(ofToday)('a way back on %s', (engine) => {
  it('is measured, and so are queries and data work', async () => {
    const statements = await measured(
      engine,
      {
        aaa1: BOOK,
        bbb2: {
          upgrade: (op) => op.createIndex('book', ['title'], { name: 'by_title' }),
          downgrade: `
            await op.query('select count(*) as total from book');
            await op.transaction(async ({ em }) => void (await em.execute('update book set pages = 1')));
            await op.dropIndex('book', 'by_title');`,
        },
      },
      { at: ['bbb2'], direction: 'downgrade', target: 'aaa1' },
    );
    expect(statements.map(({ revision, direction, ordinal }) => [revision, direction, ordinal])).toEqual(
      [0, 1, 2].map((ordinal) => ['bbb2', 'downgrade', ordinal]),
    );
    const [query, work, drop] = statements;
    expect(query).toMatchObject({ operations: [], impact: { tables: [{ table: 'book', work: 'scan', rows: null }] } });
    expect(work).toMatchObject({ sql: 'op.transaction', operations: [] });
    if (engine === 'postgres' || engine === 'pglite') {
      expect(work.impact.tables).toMatchObject([
        { table: 'book', work: 'scan', rows: 'all', blocks: { writes: true } },
      ]);
    } else if (engine === 'mysql') {
      expect(work.impact.tables).toMatchObject([
        { table: 'book', work: 'scan', rows: 'some', lock: 'SHARED_WRITE', blocks: { writes: false } },
      ]);
    } else expect(work.impact).toMatchObject({ tables: [], source: 'unknown' });
    expect(drop).toMatchObject({ operations: [{ kind: 'dropIndex' }], impact: { tables: [{ work: 'metadata' }] } });
  });
});
