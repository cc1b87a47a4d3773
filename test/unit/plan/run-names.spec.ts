import { expect, it } from '@jest/globals';
import { builders } from '../../../libs/nest-migrate/src/operations/all.js';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.js';
import { RunNames } from '../../../libs/nest-migrate/src/plan/run-names.js';

const { createPartition, createTable, addColumn, renameColumn, renameTable } = builders;

function namesOf(...operations: readonly Operation[]): RunNames {
  return new RunNames(
    operations.map((operation) => ({ operations: [operation], sql: '' })),
    'public',
  );
}

it('knows what a table and its columns are called before a run that renames both', () => {
  const names = namesOf(
    renameTable('book', 'volume', { toSchema: 'archive' }),
    renameColumn('volume', 'pages', 'length', { schema: 'archive' }),
    addColumn('volume', 'isbn', { type: 'integer' }),
  );
  const volume = { table: 'volume', schema: 'archive' };
  expect(names.tableBefore(volume, 3)).toEqual({ table: 'book' });
  expect(names.columnBefore(volume, 'length', 3)).toBe('pages');
  expect(names.columnBefore({ table: 'volume' }, 'isbn', 3)).toBeNull();
  expect(names.columnBefore(volume, 'length', 1)).toBe('length');
});

it('knows a table of the run, and a partition in a schema of its own', () => {
  const names = namesOf(
    createTable('kept', { columns: { id: { type: 'integer' } }, ifNotExists: true }),
    createPartition('event', 'event_2026', "for values in ('2026')", { partitionSchema: 'archive' }),
  );
  expect(names.tableBefore({ table: 'kept' }, 2)).toEqual({ table: 'kept' });
  expect(names.tableBefore({ table: 'event_2026', schema: 'archive' }, 2)).toBeNull();
  expect(names.tableBefore({ table: 'event_2026' }, 2)).toEqual({ table: 'event_2026' });
});
