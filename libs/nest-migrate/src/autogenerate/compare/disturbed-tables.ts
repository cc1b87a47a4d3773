import { type Capabilities } from '../../engines/capabilities.js';
import { objectChanges } from '../../operations/all.js';
import { changedColumn } from '../../operations/column-change.js';
import { type Operation, type OperationOf } from '../../operations/operation.js';
import { changesFamily } from '../../operations/type-changes.js';

/**
 * The tables with changes that a view or a trigger can block: something is dropped, renamed or gets another type. Where
 * a revision restores what depends on a column, only changes to another kind of type are among them.
 */
export function disturbedTables(
  { restoresDependents }: Pick<Capabilities, 'restoresDependents'>,
  operations: readonly Operation[],
): readonly string[] {
  const tables = operations.flatMap((operation): readonly string[] => {
    if (operation.kind === 'alterColumn') return isDisturbing(operation, restoresDependents) ? [operation.table] : [];
    if (operation.kind === 'alterEnum') return restoresDependents ? [] : operation.columns.map(({ table }) => table);
    return objectChanges(operation).flatMap(({ does, object, name, table, after }) => {
      if (does !== 'drops' && does !== 'renames') return [];
      if (object === 'column') return table ?? [];
      // no view can show the result of a routine while the routine does not exist
      return object === 'table' || object === 'routine' ? [name ?? [], after?.name ?? []].flat() : [];
    });
  });
  return [...new Set(tables)];
}

/** What a revision restores as it was has to be valid with the new type. */
function isDisturbing({ change, existing }: OperationOf<'alterColumn'>, restoresDependents: boolean): boolean {
  if (!Object.keys(change).some((key) => changesType.has(key))) return false;
  return !restoresDependents || (existing !== undefined && changesFamily(existing, changedColumn(existing, change)));
}

const changesType = new Set<string>([
  'type',
  'columnType',
  'length',
  'precision',
  'scale',
  'items',
  'nativeEnumName',
  'collation',
  'generated',
]);
