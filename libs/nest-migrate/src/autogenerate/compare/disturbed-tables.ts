import { type Capabilities } from '../../engines/capabilities.js';
import { type Operation } from '../../operations/operation.js';

/**
 * The tables with changes that a view or a trigger can block: something is dropped, renamed or gets another type. Where
 * a revision restores what depends on a column, changes of types are not among them.
 */
export function disturbedTables(
  { restoresDependents }: Pick<Capabilities, 'restoresDependents'>,
  operations: readonly Operation[],
): readonly string[] {
  const tables = operations.flatMap((operation): readonly string[] => {
    switch (operation.kind) {
      // no view can show the result of a routine while the routine does not exist
      case 'dropRoutine':
        return [operation.name];
      case 'dropTable':
      case 'dropColumn':
      case 'renameColumn':
        return [operation.table];
      case 'renameTable':
        return [operation.from, operation.to];
      case 'alterColumn':
        return !restoresDependents && Object.keys(operation.change).some((key) => changesType.has(key))
          ? [operation.table]
          : [];
      case 'alterEnum':
        return restoresDependents ? [] : operation.columns.map(({ table }) => table);
      default:
        return [];
    }
  });
  return [...new Set(tables)];
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
