import { objectChanges } from '../../../operations/all.js';
import { type OperationOf } from '../../../operations/operation.js';
import { type AnyOperation } from '../../../operations/registered-operations.js';

/**
 * Something under the name of what is dropped: the dropped one goes as late as the new one comes. That is left as it is
 * where a column of the table changes in between.
 */
export function replacements(operations: readonly AnyOperation[]): ReadonlyMap<AnyOperation, AnyOperation> {
  const found = new Map<AnyOperation, AnyOperation>();
  for (const [start, drop] of operations.entries()) {
    if (drop.kind !== 'dropIndex' && drop.kind !== 'dropConstraint') continue;
    if (drop.kind === 'dropConstraint' && drop.type === 'foreignKey') continue;
    const length = operations.slice(start).findIndex((other) => isReplacement(drop, other));
    const create = operations[start + length];
    if (length === -1 || create === undefined) continue;
    const isInTheWay = operations.slice(start, start + length).some((other) => {
      if (other.kind === 'dropDependents' || other.kind === 'keepAttributes') return true;
      return objectChanges(other).some(({ does, object, table, schema }) => {
        if (object === 'table') return does === 'renames';
        const changesColumn = object === 'column' && does !== 'creates' && does !== 'uses';
        return changesColumn && table === drop.table && schema === drop.schema;
      });
    });
    if (!isInTheWay) found.set(create, drop);
  }
  return found;
}

/** What goes in place of something of the same name. */
export type Drop = OperationOf<'dropIndex' | 'dropConstraint'>;

/** Whether an operation creates something of the kind and name that another one drops. */
function isReplacement(drop: Drop, create: AnyOperation): boolean {
  const [dropped] = objectChanges(drop);
  const [created] = objectChanges(create);
  if (created?.does !== 'creates' || created.object !== dropped?.object || created.name !== dropped.name) return false;
  return created.table === dropped.table && created.schema === dropped.schema;
}
