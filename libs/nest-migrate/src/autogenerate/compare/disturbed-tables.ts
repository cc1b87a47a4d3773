import { type Operation } from '../../operations/operation.js';

/** The tables of which a view or a trigger can hold on to something that goes or becomes another. */
export function disturbedTables(operations: readonly Operation[]): readonly string[] {
  const tables = operations.flatMap((operation): readonly string[] => {
    switch (operation.kind) {
      // nothing can be shown of what a routine answers while it is not there
      case 'dropRoutine':
        return [operation.name];
      case 'dropTable':
      case 'dropColumn':
      case 'renameColumn':
        return [operation.table];
      case 'renameTable':
        return [operation.from, operation.to];
      case 'alterColumn':
        return Object.keys(operation.change).some((key) => changesType.has(key)) ? [operation.table] : [];
      case 'alterEnum':
        return operation.columns.map(({ table }) => table);
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
