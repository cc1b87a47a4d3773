import { describe, expect, it } from '@jest/globals';
import { underNewName } from '../../../libs/nest-migrate/src/operations/new-names.ts';
import { type Operation } from '../../../libs/nest-migrate/src/operations/operation.ts';
import { referencedTables, touchedTables } from '../../../libs/nest-migrate/src/operations/touched-tables.ts';
import { everyKind } from '../../contract/operations/every-kind.ts';

const operations = Object.values(everyKind)
  .flat()
  // a revision that is recorded does not hold what was before
  .map(({ operation }) => ({ ...operation, previous: undefined }) as Operation);
const places = (operation: Operation) => [...touchedTables(operation), ...referencedTables(operation)];

describe.each(operations.map((operation) => [operation.kind, operation] as const))('%s', (kind, operation) => {
  it('is about a table under its new name, and no other, and goes back to what it was', () => {
    for (const { table, schema } of places(operation)) {
      const renaming = {
        kind: 'renameTable',
        from: table,
        to: 'renamed',
        ...(schema !== undefined && { schema }),
      } as const;
      const moved = underNewName(operation, renaming);
      const renamed = places(operation).map((place) =>
        place.table === table && place.schema === schema ? { ...place, table: 'renamed' } : place,
      );
      expect(places(moved)).toEqual(renamed);
      expect(underNewName(moved, { ...renaming, from: 'renamed', to: table })).toEqual(operation);
      const moving = { ...renaming, toSchema: 'elsewhere' } as const;
      for (const place of places(underNewName(operation, moving)))
        expect([place.table, place.schema]).not.toEqual([table, schema]);
    }
  });

  it('is about a column under its new name, and goes back to what it was', () => {
    for (const { table, schema, columns } of places(operation)) {
      if (columns === 'all') continue;
      for (const from of columns) {
        const renaming = {
          kind: 'renameColumn',
          table,
          from,
          to: 'renamed',
          ...(schema !== undefined && { schema }),
        } as const;
        const moved = underNewName(operation, renaming);
        // what an operation adds, or puts rows into by hand, has its own names
        const isOwn = ['createTable', 'addColumn', 'bulkInsert'].includes(kind);
        const refers = referencedTables(operation).some(
          (place) => place.table === table && place.columns.includes(from),
        );
        if (isOwn && !refers) expect(moved).toEqual(operation);
        else expect(JSON.stringify(places(moved))).toContain('renamed');
        expect(underNewName(moved, { ...renaming, from: 'renamed', to: from })).toEqual(operation);
      }
    }
  });
});
