import { describe, expect, it } from '@jest/globals';
import { type NamedPlace, NameTrail } from '../../../libs/nest-migrate/src/operations/name-trail.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { type OperationVerbs } from '../../../libs/nest-migrate/src/operations/verbs.js';
import { recorder } from './recording-sink.js';

const id = { type: 'integer' } as const;

/** What verbs do, oldest first. */
async function history(write: (op: OperationVerbs<string>) => unknown): Promise<readonly Operation[]> {
  const { op, applied, finish } = recorder();
  await write(op);
  await finish();
  return applied;
}

/** The places, counted from the oldest, of the operations that touch what is called so at the end. */
function touching(operations: readonly Operation[], place: NamedPlace): readonly number[] {
  const trail = new NameTrail([place]);
  return [...operations.keys()]
    .toReversed()
    .filter((index) => trail.back(operations[index]))
    .toReversed();
}

describe('the trail of a name', () => {
  it('goes back through renames of tables and columns, in both directions of a swap', async () => {
    const operations = await history(async (op) => {
      await op.createTable('a', { columns: { id, x: id } }); // 0
      await op.createTable('b', { columns: { id, x: id } }); // 1
      await op.addColumn('a', 'y', id); // 2
      await op.renameTable('a', 'c'); // 3
      await op.renameTable('b', 'a'); // 4
      await op.renameTable('c', 'b'); // 5
      await op.renameColumn('b', 'y', 'z'); // 6
      await op.createIndex('b', ['z'], { name: 'b_z' }); // 7
      await op.alterColumn('a', 'x', { nullable: true }); // 8
    });
    expect(touching(operations, { table: 'b' })).toEqual([0, 2, 3, 5, 6, 7]);
    expect(touching(operations, { table: 'b', column: 'z' })).toEqual([2, 3, 5, 6, 7]);
    expect(touching(operations, { table: 'b', column: 'x' })).toEqual([0, 3, 5]);
    expect(touching(operations, { table: 'a' })).toEqual([1, 4, 8]);
    expect(touching(operations, { table: 'a', column: 'x' })).toEqual([1, 4, 8]);
  });

  it('ends where it was created, and not at an older table that had its name once', async () => {
    const operations = await history(async (op) => {
      await op.createTable('book', { columns: { id } }); // 0: becomes the archive
      await op.addColumn('book', 'old', id); // 1
      await op.renameTable('book', 'archive'); // 2
      await op.createTable('book', { columns: { id } }); // 3
      await op.addColumn('book', 'old', id); // 4
      await op.dropColumn('archive', 'old'); // 5
    });
    expect(touching(operations, { table: 'book' })).toEqual([3, 4]);
    expect(touching(operations, { table: 'book', column: 'old' })).toEqual([4]);
    expect(touching(operations, { table: 'archive' })).toEqual([0, 1, 2, 5]);
  });

  it('goes on at the generation that was dropped', async () => {
    const operations = await history(async (op) => {
      await op.createTable('book', { columns: { id } }); // 0
      await op.addColumn('book', 'pages', id); // 1
      await op.createTable('new_book', { columns: { id, pages: id } }); // 2
      await op.dropTable('book'); // 3
      await op.renameTable('new_book', 'book'); // 4
      await op.dropColumn('book', 'pages'); // 5
      await op.addColumn('book', 'pages', id); // 6
    });
    expect(touching(operations, { table: 'book' })).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(touching(operations, { table: 'book', column: 'pages' })).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('tells tables of one name in several schemas apart', async () => {
    const operations = await history(async (op) => {
      await op.createTable('book', { columns: { id }, schema: 'sales' }); // 0
      await op.createTable('book', { columns: { id } }); // 1
      await op.addColumn('book', 'x', id); // 2
      await op.renameTable('book', 'book', { toSchema: 'archive' }); // 3
      await op.dropColumn('book', 'x', { schema: 'archive' }); // 4
      await op.renameTable('book', 'book', { schema: 'sales', toSchema: null }); // 5
    });
    expect(touching(operations, { schema: 'archive', table: 'book' })).toEqual([1, 2, 3, 4]);
    expect(touching(operations, { table: 'book' })).toEqual([0, 5]);
    // under a name that it no longer has
    expect(touching(operations, { schema: 'sales', table: 'book' })).toEqual([0, 5]);
  });

  it('joins the names that branches gave', async () => {
    const [renamed] = await history((op) => op.renameTable('a', 'b'));
    const one = new NameTrail([{ table: 'b' }]);
    one.back(renamed);
    const joined = NameTrail.joined([one, new NameTrail([{ table: 'b' }])]);
    expect(joined.names).toEqual([{ table: 'a' }, { table: 'b' }]);
  });
});
