import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { enumItems } from '../enum-items.js';
import { type ColumnModel, type TableModel } from '../../../schema/schema-model.js';

/** A text column with a check of the usual name that lists values is an enum, and the check is implied. */
export function withEnums(table: TableModel, platform: AbstractSqlPlatform): TableModel {
  const folded = new Set<string>();
  const columns = table.columns.map((column): ColumnModel => {
    const { name, type, columnType, items: _items, ...rest } = column.definition;
    if ((type !== 'text' && type !== 'string' && type !== 'enum') || columnType !== undefined) return column;
    const check = checkName(table, name, platform);
    const items = enumItems(table.checks.find((candidate) => candidate.name === check)?.expression ?? '', name);
    if (items === undefined) return column;
    folded.add(check);
    return { ...column, definition: { name, type: 'enum', items, ...rest } };
  });
  return { ...table, columns, checks: table.checks.filter(({ name }) => !folded.has(name)) };
}

function checkName({ name }: TableModel, column: string, platform: AbstractSqlPlatform): string {
  return platform.getIndexName(name, [column], 'check');
}
