import { type CheckDefinition, type ColumnDefinition, type NamedColumnDefinition } from '../../operations/operation.js';
import { type SchemaHelperDdl } from './schema-helper-ddl.js';

/** Whether a column holds values of a list of items without having a native type for them. */
export function hasPlainItems(
  column: ColumnDefinition,
): column is ColumnDefinition & { readonly items: readonly string[] } {
  return column.items !== undefined && column.nativeEnumName === undefined;
}

/** Whether the column holds several of the items at once. */
export function isEnumArray({ type, columnType }: ColumnDefinition): boolean {
  return type === 'enumArray' || columnType?.endsWith('[]') === true;
}

/** The check that stands for the items of a column without a native type. */
export function enumCheck(
  ddl: SchemaHelperDdl,
  table: string,
  column: NamedColumnDefinition,
): CheckDefinition | undefined {
  if (!hasPlainItems(column)) return undefined;
  const expression = ddl.enumCheck(column.name, column.items, isEnumArray(column) ? 'array' : 'single');
  // MikroORM has no check for several values in one text of SQLite
  return expression === '' ? undefined : { name: enumCheckName(ddl, table, column), expression };
}

/** The name that the revision gives the check. Revisions of earlier versions give none: it is the one that MikroORM gives it. */
export function enumCheckName(
  ddl: SchemaHelperDdl,
  table: string,
  { name, checkName }: Pick<NamedColumnDefinition, 'name' | 'checkName'>,
): string {
  return checkName ?? ddl.indexName(table, [name], 'check');
}
