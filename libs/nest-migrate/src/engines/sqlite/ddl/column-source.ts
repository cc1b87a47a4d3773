import { sqliteSql } from '../lexical-rules.js';
import { type ColumnDefinition, type NamedColumnDefinition } from '../../../operations/operation.js';
import { enumCheck } from '../../ddl/enum-check.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { type ColumnClause, type ColumnSource, parseTable } from './table-source.js';

/** A column as MikroORM's `create table` would write it, with the check that stands for its items. */
export function columnSource(ddl: SchemaHelperDdl, table: string, definition: NamedColumnDefinition): ColumnSource {
  const operation = { kind: 'createTable' as const, table, columns: [definition] };
  const { create } = ddl.createTable({ ...operation, indexes: [], uniques: [], checks: [], foreignKeys: [] });
  const column = withNotNull(parseTable(create)!.columns[0], definition);
  const check = enumCheck(ddl, table, definition);
  return check === undefined ? column : withItems(column, check.expression);
}

/**
 * The column with `not null` where it is computed and declared so: MikroORM never writes that for a computed column.
 */
export function withNotNull(column: ColumnSource, { generated, nullable }: ColumnDefinition): ColumnSource {
  if (generated === undefined || nullable !== false) return column;
  return { ...column, clauses: inOrder([...column.clauses, { kind: 'notNull', text: 'not null' }]) };
}

/** The column with its own check, which has no name in MikroORM. */
export function withItems(column: ColumnSource, expression: string): ColumnSource {
  const check = { kind: 'check' as const, text: `check (${expression})`, value: expression };
  return { ...column, clauses: inOrder([...column.clauses, check]) };
}

const order: readonly ColumnClause['kind'][] = [
  'generated',
  'check',
  'collate',
  'null',
  'notNull',
  'primaryKey',
  'unique',
  'default',
  'references',
];

/** In the order in which MikroORM writes them, so that a change and its reverse restore the original text. */
export function inOrder(clauses: readonly ColumnClause[]): readonly ColumnClause[] {
  return clauses.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** The text after `default`: an expression has parentheses, a value has none. */
export function defaultClause(sql: string): string {
  if (sqliteSql.isParenthesised(sql)) return sql;
  const isValue =
    /^(?:[-+]?\s*(?:0x[\da-f]+|\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)|x?'(?:[^']|'')*'|null|true|false|current_(?:timestamp|date|time))$/i;
  return isValue.test(sql.trim()) ? sql : `(${sql})`;
}
