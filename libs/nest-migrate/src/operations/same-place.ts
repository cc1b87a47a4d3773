import { type OperationData } from './define.js';

/** What says what an operation is about, beside its kind. */
const NAMES = ['schema', 'table', 'view', 'name', 'from', 'to'] as const;
/** The parts that have a name of their own. */
const PARTS = ['column', 'index', 'primaryKey', 'foreignKey', 'unique', 'check'] as const;

/**
 * A text that is the same for operations that do the same kind of thing to the same object, however they do it: two
 * changes of one column, and the creation of a table with other columns.
 */
export function placeOf(operation: OperationData): string {
  const data = operation as OperationData & Readonly<Record<string, unknown>>;
  const named = PARTS.map((part) => {
    const value = data[part];
    return typeof value === 'object' && value !== null ? ((value as { readonly name?: unknown }).name ?? null) : value;
  });
  return JSON.stringify([data.kind, ...NAMES.map((name) => data[name] ?? null), ...named.map((name) => name ?? null)]);
}
