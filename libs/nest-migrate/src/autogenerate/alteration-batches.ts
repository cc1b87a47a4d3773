import { type Engine } from '../engines/engine.js';
import { type SqlReader } from '../engines/sql/sql-reader.js';
import { isTableAlteration, objectChanges, type TableAlteration } from '../operations/all.js';
import { type Operation, type OperationOf } from '../operations/operation.js';
import { alterationGroups, tableOf } from '../engines/ddl/alteration-groups.js';
import { type AlterationBatch, type AlterationBatches } from './schema-comparison.js';

type Together = NonNullable<Engine['ddl']['together']>;

/**
 * Puts the changes of each table next to each other, so that an engine that makes several of them in one statement can.
 * Changes of different tables do not depend on each other. Everything else keeps its place among them, and foreign
 * keys do too, since they join tables. A column that is dropped and added again is dropped where it is added.
 */
export function sortedByTable(operations: readonly Operation[], sql: SqlReader): readonly Operation[] {
  const sorted: Operation[] = [];
  let stretch = new Map<string, Operation[]>();
  const close = (): void => {
    for (const ofTable of stretch.values()) sorted.push(...withDropsBesideAdds(ofTable, sql));
    stretch = new Map();
  };
  for (const operation of operations) {
    if (!isTableAlteration(operation) || isForeignKey(operation)) {
      close();
      sorted.push(operation);
      continue;
    }
    const key = tableOf(operation);
    stretch.set(key, [...(stretch.get(key) ?? []), operation]);
  }
  close();
  return sorted;
}

/** Changes of one table. A column stays dropped before a change that may need that: of what it reads, say. */
function withDropsBesideAdds(operations: readonly Operation[], sql: SqlReader): readonly Operation[] {
  const adds = (name: string): number =>
    operations.findIndex((operation) => operation.kind === 'addColumn' && operation.column.name === name);
  const moved = operations.filter((operation, at): operation is OperationOf<'dropColumn'> => {
    if (operation.kind !== 'dropColumn' || adds(operation.column) < at) return false;
    const { generated = '' } = operation.previous ?? {};
    return operations
      .slice(at, adds(operation.column))
      .every(
        (other) =>
          other.kind === 'dropColumn' ||
          other.kind === 'addColumn' ||
          (other.kind === 'alterColumn' && !sql.mentions(generated, other.column)),
      );
  });
  const first = operations.find(
    (operation) => operation.kind === 'addColumn' && moved.some(({ column }) => column === operation.column.name),
  );
  return operations.flatMap((operation) => {
    if (operation === first) return [...moved, operation];
    return moved.some((other) => other === operation) ? [] : [operation];
  });
}

/** The operations that are one statement together, in batches. */
export function batchesOf(operations: readonly Operation[], together: Together): readonly AlterationBatch[] {
  return alterationGroups(operations, together)
    .filter(({ length }) => length > 1)
    .map((alterations) => ({ alterations }));
}

/** The batches without what their tables are before, which a run reads from the database. */
export function withoutTables({ upgrade, downgrade }: AlterationBatches): AlterationBatches {
  const without = (batches: readonly AlterationBatch[]): readonly AlterationBatch[] =>
    // an operation that is alone has no need of a batch then
    batches.flatMap(({ alterations }) => (alterations.length > 1 ? [{ alterations }] : []));
  return { upgrade: without(upgrade), downgrade: without(downgrade) };
}

function isForeignKey(operation: TableAlteration): boolean {
  return objectChanges(operation).some(({ object }) => object === 'foreignKey');
}
