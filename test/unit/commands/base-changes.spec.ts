import { expect, it } from '@jest/globals';
import { changesOf } from '../../../libs/nest-migrate/src/commands/base-changes.js';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';

it('tells of objects that code names: what is renamed, dropped or changed, and nothing of what is added', () => {
  const { addColumn, alterColumn, createTable, dropSequence, dropView, renameColumn, renameSequence, renameTable } =
    builders;
  const type = 'integer';
  const changes = changesOf('a1', [
    createTable('new', { columns: { id: { type } } }),
    addColumn('book', 'isbn', { type }),
    renameTable('book', 'volume'),
    renameColumn('volume', 'pages', 'length'),
    alterColumn('volume', 'length', { nullable: true }),
    renameSequence('counter', 'numbers'),
    dropSequence('numbers'),
    dropView('shelf'),
  ]);
  expect(changes.map(({ names, what }) => [...names, what])).toEqual([
    ['book', 'is volume now'],
    ['volume', 'pages', 'is length now'],
    ['volume', 'length', 'is changed'],
    ['counter', 'is numbers now'],
    ['numbers', 'is dropped'],
    ['shelf', 'is dropped'],
  ]);
});
