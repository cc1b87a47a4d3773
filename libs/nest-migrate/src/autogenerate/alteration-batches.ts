import { type Engine } from '../engines/engine.js';
import { isTableAlteration, type TableAlteration } from '../operations/all.js';
import { type Operation } from '../operations/operation.js';
import { alterationGroups, tableOf } from '../engines/ddl/alteration-groups.js';
import { type AlterationBatch } from './schema-comparison.js';

type Together = NonNullable<Engine['ddl']['together']>;

/**
 * Puts the changes of each table next to each other, so that an engine that makes several of them in one statement can.
 * Changes of different tables do not depend on each other. Everything else keeps its place among them, and foreign
 * keys do too, since they join tables.
 */
export function sortedByTable(operations: readonly Operation[]): readonly Operation[] {
  const sorted: Operation[] = [];
  let stretch = new Map<string, Operation[]>();
  const close = (): void => {
    for (const ofTable of stretch.values()) sorted.push(...ofTable);
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

/** The operations that are one statement together, in batches. */
export function batchesOf(operations: readonly Operation[], together: Together): readonly AlterationBatch[] {
  return alterationGroups(operations, together)
    .filter(({ length }) => length > 1)
    .map((alterations) => ({ alterations }));
}

function isForeignKey(operation: TableAlteration): boolean {
  if (operation.kind === 'dropConstraint') return operation.type === 'foreignKey';
  return operation.kind === 'createForeignKey';
}
