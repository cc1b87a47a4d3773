import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Operation } from '../../../operations/operation.js';
import { type PlacedColumn } from '../../catalogue/catalogue.js';
import { keptParts, undeclaredParts, withoutKeptParts } from '../kept-parts.js';
import { mysqlSql } from '../lexical-rules.js';

/**
 * The operations, those that restate a column with all that `show create table` tells of it: a run asks the table, and a
 * script has nothing but the revision.
 *
 * @param find Where a column that an operation names is in the database.
 */
export async function withShownParts(
  connection: AbstractSqlConnection,
  operations: readonly Operation[],
  find: (column: PlacedColumn) => PlacedColumn,
): Promise<readonly Operation[]> {
  const shown = new Map<string, string>();
  const complete: Operation[] = [];
  for (const operation of operations) {
    if (operation.kind !== 'alterColumn' || operation.existing === undefined) {
      complete.push(operation);
      continue;
    }
    const { existing, table: name, schema } = operation;
    const { table, column } = find({
      table: { name, ...(schema !== undefined && { schema }) },
      column: operation.column,
    });
    const place = mysqlSql.quote(table.schema, table.name);
    const text = shown.get(place) ?? (await createTable(connection, place));
    shown.set(place, text);
    const { extra = '', ...rest } = existing;
    // the reference system is part of the type
    const parts = undeclaredParts(text, column).filter((part) => !part.startsWith('srid'));
    const isKnown = parts.every((part) => keptParts(extra).includes(part));
    const told = [withoutKeptParts(extra), ...parts].filter((part) => part !== '').join(' ');
    complete.push(isKnown ? operation : { ...operation, existing: { ...rest, extra: told } });
  }
  return complete;
}

/** Empty where there is no such table, or this role may not see it. */
async function createTable(connection: AbstractSqlConnection, table: string): Promise<string> {
  try {
    const [row] = await connection.execute<{ 'Create Table': string }[]>(`show create table ${table}`);
    return row?.['Create Table'] ?? '';
  } catch {
    return '';
  }
}
