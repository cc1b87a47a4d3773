import { objectChanges, type Operation } from './all.js';
import { type OperationData } from './define.js';
import { type TouchedTable } from './object-change.js';

/** The tables that an operation changes, under the names that they have before it. Empty where it can't be told. */
export function touchedTables(operation: Operation): readonly TouchedTable[] {
  return objectChanges(operation).flatMap(({ table, columns, schema }) =>
    table === undefined || columns === undefined ? [] : [{ table, columns, ...(schema !== undefined && { schema }) }],
  );
}

/** A table that gets another name or schema. */
export interface TableRename {
  readonly before: { readonly name: string; readonly schema?: string };
  readonly after: { readonly name: string; readonly schema?: string };
}

/** The tables that operations rename, in their order. */
export function tableRenames(operations: readonly OperationData[]): readonly TableRename[] {
  return operations.flatMap(objectChanges).flatMap(({ object, name = '', schema, after }) => {
    if (object !== 'table' || after === undefined) return [];
    return [{ before: { name, ...(schema !== undefined && { schema }) }, after }];
  });
}

/** The tables that the foreign keys of an operation refer to. */
export function referencedTables(operation: Operation): readonly TouchedTable[] {
  return objectChanges(operation).flatMap(({ does, references = [] }) => (does === 'creates' ? references : []));
}

/** The SQL of an operation that the library does not interpret: it may be about any table. */
export function freeSql(operation: Operation): string | undefined {
  switch (operation.kind) {
    case 'execute':
      return operation.sql;
    case 'createView':
    case 'createMaterializedView':
      return operation.definition;
    default:
      return undefined;
  }
}
