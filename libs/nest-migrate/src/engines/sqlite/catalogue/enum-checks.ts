import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { valueOf } from '../../sql/sql-words.js';
import { nameOf, sameName, tokens } from '../tokens.js';
import { type ColumnModel, type TableModel } from '../../../schema/schema-model.js';

/** A text column with a check of the usual name that lists values is an enum, and the check is implied. */
export function withEnums(table: TableModel, platform: AbstractSqlPlatform): TableModel {
  const folded = new Set<string>();
  const columns = table.columns.map((column): ColumnModel => {
    const { name, type, columnType, items: _items, ...rest } = column.definition;
    if ((type !== 'text' && type !== 'string' && type !== 'enum') || columnType !== undefined) return column;
    const check = checkName(table, name, platform);
    const items = readItems(table.checks.find((candidate) => candidate.name === check)?.expression ?? '', name);
    if (items === undefined) return column;
    folded.add(check);
    return { ...column, definition: { name, type: 'enum', items, ...rest } };
  });
  return { ...table, columns, checks: table.checks.filter(({ name }) => !folded.has(name)) };
}

function checkName({ name }: TableModel, column: string, platform: AbstractSqlPlatform): string {
  return platform.getIndexName(name, [column], 'check');
}

/** The texts of `column in ('a', 'b')`. */
function readItems(expression: string, column: string): readonly string[] | undefined {
  const [name, isIn, open, ...rest] = tokens(expression);
  if (name === undefined || !sameName(nameOf(name), column) || isIn?.code !== 'in' || open?.code !== '(')
    return undefined;
  if (rest.pop()?.code !== ')') return undefined;
  const items = rest.filter((_token, index) => index % 2 === 0);
  const commas = rest.filter((_token, index) => index % 2 === 1);
  const isList = items.every(({ kind }) => kind === 'string') && commas.every(({ code }) => code === ',');
  return isList && items.length === commas.length + 1 ? items.map(valueOf) : undefined;
}
