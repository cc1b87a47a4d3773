import { OwnTableColumnMissingError } from '../errors/version-table.errors.js';

/**
 * Refuses a table that has the name of one of the tool's own and is another table. It may have further columns.
 *
 * @param found `columns` is empty where the table does not exist.
 * @throws OwnTableColumnMissingError
 */
export function checkColumns(
  table: string,
  kind: 'history' | 'journal' | 'lock' | 'mark' | 'schema',
  { columns, needed }: { readonly columns: ReadonlySet<string>; readonly needed: readonly string[] },
): void {
  const missing = needed.filter((name) => !columns.has(name));
  if (columns.size > 0 && missing.length > 0) throw new OwnTableColumnMissingError(table, kind, missing);
}
