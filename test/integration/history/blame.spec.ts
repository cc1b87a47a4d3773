import { statSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type BlameResult } from 'nest-migrate';
import { scenario, type Revisions, type Scenario } from '../../support/scenario.ts';

const running: Scenario[] = [];
afterEach(async () => {
  while (running.length > 0) await running.pop()!.end();
});

async function blamed(name: string, revisions: Revisions): Promise<BlameResult> {
  const at = await scenario('sqlite', { revisions });
  running.push(at);
  const result = await at.migrations.blame({ name });
  // no database was asked, nor written to
  expect(statSync(at.database.name).size).toBe(0);
  return result;
}

const told = ({ touched }: BlameResult): unknown =>
  touched.map(({ revision, names, operations }) => [revision.revision, names, operations]);

const book: Revisions = {
  a1: (op) => op.createTable('volume', { columns: { id: { type: 'integer' }, title: { type: 'string' } } }),
  b2: async (op) => {
    await op.createTable('author', { columns: { id: { type: 'integer' } } });
    await op.addColumn('volume', 'isbn', { type: 'string', nullable: true });
  },
  c3: async (op) => {
    await op.query('select 1');
    await op.dropColumn('volume', 'title');
  },
  d4: (op) => op.renameTable('volume', 'book'),
  e5: (op) => op.execute("update book set isbn = 'none' -- author"),
  f6: (op) => op.execute("insert into author (id) values (1); select 'book'"),
  g7: (op) => op.batchAlterTable('book', async (batch) => batch.renameColumn('book', 'isbn', 'code')),
};

describe('blame', () => {
  it('names what touched a table, under each of its names, and lists what could not be recorded', async () => {
    const result = await blamed('book', book);
    expect(told(result)).toEqual([
      ['g7', ['book'], [expect.stringContaining('isbn')]],
      ['e5', ['book'], [expect.stringContaining('update book')]],
      ['d4', ['book'], [expect.stringContaining('volume')]],
      ['b2', ['volume'], [expect.stringContaining('volume.isbn')]],
      ['a1', ['volume'], [expect.stringContaining('volume')]],
    ]);
    expect(result.unrecorded).toMatchObject([{ revision: { revision: 'c3' }, obstacle: 'query' }]);
  });

  it('names what touched a column', async () => {
    expect(told(await blamed('book.code', book))).toEqual([
      ['g7', ['book.code'], [expect.stringContaining('isbn')]],
      ['e5', ['book.isbn'], [expect.stringContaining('update book')]],
      ['d4', ['book.isbn'], [expect.stringContaining('volume')]],
      ['b2', ['volume.isbn'], [expect.stringContaining('volume.isbn')]],
    ]);
    expect(told(await blamed('book.no', book))).toEqual([]);
  });

  it('finds a table by its schema, with or without naming it', async () => {
    const sales: Revisions = {
      a1: (op) => op.createTable('book', { columns: { id: { type: 'integer' } }, schema: 'sales' }),
    };
    for (const name of ['book', 'sales.book', 'sales.book.id', 'book.id']) {
      expect((await blamed(name, sales)).touched).toHaveLength(1);
    }
    expect((await blamed('stock.book', sales)).touched).toEqual([]);
  });

  it('finds a table that was renamed in its schema, without naming that', async () => {
    const { touched } = await blamed('volume', {
      a1: (op) => op.createTable('book', { columns: { id: { type: 'integer' } }, schema: 'sales' }),
      b2: (op) => op.renameTable('book', 'volume', { schema: 'sales' }),
    });
    expect(touched.map(({ revision }) => revision.revision)).toEqual(['b2', 'a1']);
  });

  it('follows the names of each branch', async () => {
    const result = await blamed('book', {
      a1: (op) => op.createTable('volume', { columns: { id: { type: 'integer' } } }),
      b2: (op) => op.renameTable('volume', 'book'),
      b3: (op) => op.addColumn('book', 'pages', { type: 'integer', nullable: true }),
      c2: {
        down: 'a1',
        upgrade: (op) => op.addColumn('volume', 'isbn', { type: 'string', nullable: true }),
      },
      m4: { down: ['b3', 'c2'] },
    });
    // c2, the branch beside the renaming, knows the table by its old name
    expect(result.touched.map(({ revision }) => revision.revision).sort()).toEqual(['a1', 'b2', 'b3', 'c2']);
  });

  it('says why a revision could not be recorded, and what it did before', async () => {
    const { touched, unrecorded } = await blamed('book', {
      a1: async (op) => {
        await op.createTable('book', { columns: { id: { type: 'integer' } } });
        await op.transaction(async () => undefined);
      },
      b2: () => {
        throw new Error('no');
      },
      c3: 'const x: = 1;',
    });
    expect(touched.map(({ revision }) => revision.revision)).toEqual(['a1']);
    expect(unrecorded.map(({ revision, obstacle }) => [revision.revision, obstacle])).toEqual([
      ['c3', 'load'],
      ['b2', 'failure'],
      ['a1', 'transaction'],
    ]);
  });

  it.each(['', '.', 'book.', 'a.b.c.d', ' '])("refuses '%s'", async (name) => {
    await expect(blamed(name, {})).rejects.toMatchObject({ code: 'BLAME_NAME' });
  });
});
