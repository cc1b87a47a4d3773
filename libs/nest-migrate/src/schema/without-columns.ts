import { type SqlReader } from '../engines/sql/sql-reader.js';
import { type TableModel } from './schema-model.js';

/** The table without some of its columns, and without everything that uses them. */
export function withoutColumns(table: TableModel, isLeftOut: (column: string) => boolean, sql: SqlReader): TableModel {
  const leftOut = new Set(table.columns.map(({ definition }) => definition.name).filter(isLeftOut));
  if (leftOut.size === 0) return table;
  const untouched = ({ columns }: { readonly columns: readonly string[] }): boolean =>
    !columns.some((name) => leftOut.has(name));
  const isOnThem = (text: string): boolean => [...leftOut].some((name) => sql.mentions(text, name));
  return {
    ...table,
    columns: table.columns.filter(({ definition }) => !leftOut.has(definition.name)),
    indexes: table.indexes.filter(
      ({ columns, include = [], expression = '', where = '' }) =>
        untouched({ columns: [...columns.map(({ name }) => name), ...include] }) && !isOnThem(`${expression} ${where}`),
    ),
    uniques: table.uniques.filter(untouched),
    foreignKeys: table.foreignKeys.filter(untouched),
    checks: table.checks.filter(({ expression }) => !isOnThem(expression)),
  };
}
