import { type ColumnDefinition } from '../operations/operation.js';
import { changesFamily } from '../operations/type-changes.js';

/** Whether two columns hold values of one kind, such as numbers, so that one may be narrower than the other. */
export function isSameKind(one: ColumnDefinition, other: ColumnDefinition): boolean {
  return one.columnType === undefined && other.columnType === undefined && !changesFamily(one, other);
}
