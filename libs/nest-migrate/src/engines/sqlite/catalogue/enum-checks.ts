import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { enumItems } from '../enum-items.js';
import { type ColumnModel, type TableModel } from '../../../schema/schema-model.js';

/** A text column with a check of the usual name that lists values is an enum, and the check is implied. */
export function withEnums(table: TableModel, platform: AbstractSqlPlatform): TableModel {
  const folded = new Set<TableModel['checks'][number]>();
  const columns = table.columns.map((column): ColumnModel => {
    const { name, type, columnType, items: _items, ...rest } = column.definition;
    if ((type !== 'text' && type !== 'string' && type !== 'enum') || columnType !== undefined) return column;
    const check = checkName(table, name, platform);
    // a check of the property may have the name as well
    const listing = table.checks.find(
      ({ name: other, expression }) => other === check && enumItems(expression, name) !== undefined,
    );
    const items = enumItems(listing?.expression ?? '', name);
    if (listing === undefined || items === undefined) return column;
    folded.add(listing);
    return { ...column, definition: { name, type: 'enum', items, ...rest } };
  });
  return { ...table, columns, checks: table.checks.filter((check) => !folded.has(check)) };
}

function checkName({ name }: TableModel, column: string, platform: AbstractSqlPlatform): string {
  return platform.getIndexName(name, [column], 'check');
}
