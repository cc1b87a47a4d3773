import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { type PlacedColumn } from '../../catalogue/catalogue.js';
import { renamedIn } from '../ddl/renamed-beside.js';
import { fitting, keptParts, undeclaredParts, withoutKeptParts } from '../kept-parts.js';
import { mysqlSql } from '../lexical-rules.js';

/**
 * The operations, those that restate a column with all that `show create table` tells of it: a run asks the table, and a
 * script has nothing but the revision. So has a run, of a column that is dropped and comes back in a later statement.
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
  const told = async (at: PlacedColumn): Promise<readonly string[]> => {
    const { table, column } = find(at);
    const place = mysqlSql.quote(table.schema, table.name);
    const text = shown.get(place) ?? (await createTable(connection, place));
    shown.set(place, text);
    // the reference system is part of the type
    return undeclaredParts(text, column).filter((part) => !part.startsWith('srid'));
  };
  for (const operation of operations) {
    const { dropped, renames } = comesBack(operation, complete);
    if (operation.kind === 'addColumn' && dropped !== undefined) {
      const { column } = operation;
      const parts = (await told(dropped)).map((part) => renamedIn(part, renames));
      const extra = [column.extra ?? '', ...fitting(parts, column)].filter((part) => part !== '').join(' ');
      complete.push(extra === '' ? operation : { ...operation, column: { ...column, extra } });
      continue;
    }
    if (operation.kind !== 'alterColumn' || operation.existing === undefined) {
      complete.push(operation);
      continue;
    }
    const { extra = '', ...rest } = operation.existing;
    const parts = await told(placed(operation));
    const isKnown = parts.every((part) => keptParts(extra).includes(part));
    const all = [withoutKeptParts(extra), ...parts].filter((part) => part !== '').join(' ');
    complete.push(isKnown ? operation : { ...operation, existing: { ...rest, extra: all } });
  }
  return complete;
}

/** The column that an earlier operation has dropped and this one adds, and what its table was renamed in between. */
function comesBack(
  operation: Operation,
  earlier: readonly Operation[],
): { readonly dropped?: PlacedColumn; readonly renames: readonly OperationOf<'renameColumn'>[] } {
  if (operation.kind !== 'addColumn') return { renames: [] };
  const { table, schema, column } = operation;
  const isHere = (other: Operation): boolean => 'table' in other && other.table === table && other.schema === schema;
  const at = earlier.findLastIndex(
    (other) => other.kind === 'dropColumn' && isHere(other) && other.column === column.name,
  );
  if (at === -1) return { renames: [] };
  return {
    dropped: placed({ table, schema, column: column.name }),
    renames: earlier.slice(at).flatMap((other) => (other.kind === 'renameColumn' && isHere(other) ? [other] : [])),
  };
}

function placed(at: { readonly table: string; readonly schema?: string; readonly column: string }): PlacedColumn {
  const { table: name, schema, column } = at;
  return { table: { name, ...(schema !== undefined && { schema }) }, column };
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
