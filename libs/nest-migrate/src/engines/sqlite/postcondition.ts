import { type Postcondition } from '../../operations/operation.js';
import { catalogue, text } from './ddl/live-table.js';

/**
 * A query whose value is true where a postcondition holds. Not for constraints, which are only part of a table's text.
 */
export function sqliteHolds(postcondition: Postcondition): string {
  if ('query' in postcondition) return postcondition.query;
  const { schema, table, column, index, exists } = postcondition;
  const found =
    column !== undefined
      ? `select 1 from pragma_table_xinfo(${text(table)}${schema === undefined ? '' : `, ${text(schema)}`}) where name = ${text(column)} collate nocase`
      : index !== undefined
        ? `select 1 from ${catalogue(schema)} where type = 'index' and name = ${text(index)} collate nocase`
        : `select 1 from ${catalogue(schema)} where type = 'table' and name = ${text(table)} collate nocase`;
  return `select ${exists ? '' : 'not '}exists (${found})`;
}
