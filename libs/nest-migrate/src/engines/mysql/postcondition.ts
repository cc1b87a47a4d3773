import { type Postcondition } from '../../operations/operation.js';
import { mysqlSql } from './lexical-rules.js';

const { text: literal } = mysqlSql;

/** A query whose value is true where a postcondition holds. */
export function mysqlHolds(postcondition: Postcondition): string {
  if ('query' in postcondition) return postcondition.query;
  const { schema, table, column, index, constraint, exists } = postcondition;
  const [view, part] =
    index !== undefined
      ? ['statistics', ` and index_name = ${literal(index)}`]
      : constraint !== undefined
        ? ['table_constraints', ` and constraint_name = ${literal(constraint)}`]
        : column !== undefined
          ? ['columns', ` and column_name = ${literal(column)}`]
          : ['tables', ''];
  const place = `table_schema = ${schema === undefined ? 'database()' : literal(schema)} and table_name = ${literal(table)}`;
  return `select ${exists ? '' : 'not '}exists (select 1 from information_schema.${view} where ${place}${part})`;
}
