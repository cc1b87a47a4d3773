import { changedColumn } from '../operations/column-change.js';
import { type ColumnDefinition, type OperationOf } from '../operations/operation.js';

/** A column as an alteration leaves it: what belongs to its old type alone goes with that. */
export function alteredColumn({
  existing = {},
  change,
}: Pick<OperationOf<'alterColumn'>, 'existing' | 'change'>): ColumnDefinition {
  return changedColumn(existing, change);
}
