import { changedColumn } from '../operations/column-change.js';
import { onlyAddsValues } from '../operations/enum-renames.js';
import { type ChangingColumn, type ChangingParts, type Operation, type OperationOf } from '../operations/operation.js';
import { changesType } from './compare/type-changes.js';
import { type Direction, type OperationPlan } from './operation-plan.js';

/**
 * Plans that what prevents a change is dropped before it and restored after it, in the directions in which it is needed.
 * The database that the revision runs on is asked then; this one is only asked whether there is anything at all.
 *
 * @param exists Whether a database has an object that prevents a change of the parts, named as they are before renames.
 */
export async function planDependents(
  plan: OperationPlan,
  exists: (parts: ChangingParts) => Promise<boolean>,
): Promise<void> {
  const [up, down] = [changingParts(plan, 'upgrade'), changingParts(plan, 'downgrade')];
  const isSame = JSON.stringify(up) === JSON.stringify(down);
  const pairs: readonly (readonly [ChangingParts, readonly Direction[]])[] = isSame
    ? [[up, ['upgrade', 'downgrade']]]
    : [
        [up, ['upgrade']],
        [down, ['downgrade']],
      ];
  for (const [parts, directions] of pairs) {
    if (parts.columns === undefined && parts.types === undefined) continue;
    if (!(await exists(withNamesBefore(plan, parts)))) continue;
    plan.addFor(directions, 'dropDependents', { kind: 'dropDependents', ...parts });
    plan.addFor(directions, 'restoreDependents', { kind: 'restoreDependents', ...parts });
  }
}

/** The columns and types that change in a way that objects which use them prevent, in one direction. */
function changingParts(plan: OperationPlan, direction: Direction): ChangingParts {
  const operations = plan.inOrder().filter((operation) => plan.isIn(direction, operation));
  const added = operations.flatMap((operation) => (operation.kind === 'addColumn' ? [operation] : []));
  const isAdded = ({ table, schema, column }: OperationOf<'dropColumn'>): boolean =>
    added.some((other) => other.table === table && other.schema === schema && other.column.name === column);
  const columns = operations.flatMap((operation): readonly ChangingColumn[] => {
    switch (operation.kind) {
      case 'dropColumn':
        return isAdded(operation) ? [{ ...placeOf(operation), rebuilt: true }] : [];
      case 'alterColumn': {
        const { existing = {}, change } = operation;
        const after = changedColumn(existing, change);
        const isRetyped = changesType(existing, after) || existing.collation !== after.collation;
        return isRetyped ? [placeOf(operation)] : [];
      }
      case 'alterEnum':
        return isRebuilt(operation, direction)
          ? operation.columns.map((column) => ({ ...placeOf(column), rebuilt: true }))
          : [];
      default:
        return [];
    }
  });
  const types = operations.flatMap((operation) =>
    operation.kind === 'alterEnum' && isRebuilt(operation, direction)
      ? [{ name: operation.name, ...(operation.schema !== undefined && { schema: operation.schema }) }]
      : [],
  );
  const tables = new Set(columns.map(({ table }) => table));
  const except = new Set(operations.flatMap((operation) => namesOfParts(operation, tables)));
  return {
    ...(columns.length > 0 && { columns }),
    ...(types.length > 0 && { types }),
    ...(except.size > 0 && columns.length > 0 && { except: [...except] }),
  };
}

/** The parts of tables that the plan itself drops and creates. */
function namesOfParts(operation: Operation, tables: ReadonlySet<string>): readonly string[] {
  if (!('table' in operation)) return [];
  // a foreign key of another table refers to the column
  if (operation.kind === 'createForeignKey') return [operation.foreignKey.name ?? ''];
  if (operation.kind === 'dropConstraint' && operation.type === 'foreignKey') return [operation.name];
  if (!tables.has(operation.table)) return [];
  switch (operation.kind) {
    case 'dropConstraint':
    case 'dropIndex':
      return [operation.name];
    case 'dropColumn':
      return operation.previous?.generated === undefined ? [] : [operation.column];
    case 'createIndex':
      return operation.index.name === undefined ? [] : [operation.index.name];
    case 'createCheckConstraint':
      return operation.check.name === undefined ? [] : [operation.check.name];
    case 'createUniqueConstraint':
      return operation.unique.name === undefined ? [] : [operation.unique.name];
    default:
      return [];
  }
}

/** Whether a direction rebuilds the type. */
function isRebuilt(
  { existing, items, rebuild, renames = [] }: OperationOf<'alterEnum'>,
  direction: Direction,
): boolean {
  if (renames.length > 0) return false;
  const [before, after] = direction === 'upgrade' ? [existing, items] : [items, existing];
  return rebuild === true || !onlyAddsValues(before, after);
}

function placeOf({ table, schema, column }: ChangingColumn): ChangingColumn {
  return { table, ...(schema !== undefined && { schema }), column };
}

function withNamesBefore(plan: OperationPlan, parts: ChangingParts): ChangingParts {
  const operations = plan.inOrder();
  const before = ({ table, schema, column, ...rest }: ChangingColumn): ChangingColumn => {
    const renaming = operations.find(
      (operation) =>
        operation.kind === 'renameColumn' &&
        operation.table === table &&
        operation.schema === schema &&
        operation.to === column,
    );
    return {
      ...rest,
      table: plan.nameBefore({ name: table, schema }),
      ...(schema !== undefined && { schema }),
      column: renaming?.kind === 'renameColumn' ? renaming.from : column,
    };
  };
  return { ...parts, ...(parts.columns && { columns: parts.columns.map(before) }) };
}
