import { changedColumn } from '../operations/column-change.js';
import { onlyAddsValues } from '../operations/enum-renames.js';
import { type Operation, type OperationOf } from '../operations/operation.js';
import { type ChangingColumn, type ChangingParts } from '../engines/catalogue/dependents.js';
import { changesType } from './compare/type-changes.js';
import { type Direction, type OperationPlan } from './operation-plan.js';

/** The columns and types that change in a way that objects which use them prevent, with their names in the database, in one direction. */
export function changingParts(plan: OperationPlan, direction: Direction): ChangingParts {
  const operations = plan.inOrder().filter((operation) => plan.isIn(direction, operation));
  const added = operations.flatMap((operation) => (operation.kind === 'addColumn' ? [operation] : []));
  const isAdded = ({ table, schema, column }: OperationOf<'dropColumn'>): boolean =>
    added.some((other) => other.table === table && other.schema === schema && other.column.name === column);
  const columns = operations.flatMap((operation): ChangingParts['columns'] => {
    switch (operation.kind) {
      case 'dropColumn':
        return isAdded(operation) ? [{ ...placeOf(operation), isRebuilt: true }] : [];
      case 'alterColumn': {
        const { existing = {}, change } = operation;
        return changesType(existing, changedColumn(existing, change))
          ? [{ ...placeOf(operation), isRebuilt: false }]
          : [];
      }
      case 'alterEnum':
        return isRebuilt(operation, direction)
          ? operation.columns.map((column) => ({ ...placeOf(column), isRebuilt: true }))
          : [];
      default:
        return [];
    }
  });
  const types = operations.flatMap((operation) =>
    operation.kind === 'alterEnum' && isRebuilt(operation, direction)
      ? [{ name: operation.name, schema: operation.schema }]
      : [],
  );
  const indexes = operations.flatMap((operation) =>
    operation.kind === 'dropConstraint' && (operation.type === 'unique' || operation.type === 'primaryKey')
      ? [{ name: operation.name, schema: operation.schema }]
      : operation.kind === 'dropIndex'
        ? [{ name: operation.name, schema: operation.schema }]
        : [],
  );
  return { columns: columns.map((place) => nameBefore(operations, plan, place)), types, indexes };
}

function isRebuilt(
  { existing, items, rebuild, renames = [] }: OperationOf<'alterEnum'>,
  direction: Direction,
): boolean {
  if (renames.length > 0) return false;
  const [before, after] = direction === 'upgrade' ? [existing, items] : [items, existing];
  return rebuild === true || !onlyAddsValues(before, after);
}

function placeOf({ table, schema, column }: Omit<ChangingColumn, 'isRebuilt'>): Omit<ChangingColumn, 'isRebuilt'> {
  return { table, ...(schema !== undefined && { schema }), column };
}

function nameBefore(
  operations: readonly Operation[],
  plan: OperationPlan,
  { table, schema, column, isRebuilt: rebuilt }: ChangingColumn,
): ChangingColumn {
  const renaming = operations.find(
    (operation) =>
      operation.kind === 'renameColumn' &&
      operation.table === table &&
      operation.schema === schema &&
      operation.to === column,
  );
  return {
    table: plan.nameBefore({ name: table, schema }),
    ...(schema !== undefined && { schema }),
    column: renaming?.kind === 'renameColumn' ? renaming.from : column,
    isRebuilt: rebuilt,
  };
}
