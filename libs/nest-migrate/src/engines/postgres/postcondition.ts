import { type Postcondition } from '../../operations/operation.js';
import { postgresSql } from './lexical-rules.js';

const { quote, text: literal } = postgresSql;

/** A query whose value is true where a postcondition holds. */
export function postgresHolds(postcondition: Postcondition): string {
  if ('query' in postcondition) return postcondition.query;
  const { schema, table, column, index, constraint, exists } = postcondition;
  const relation = `to_regclass(${literal(quote(schema, table))})`;
  const found =
    index !== undefined
      ? // one that was built concurrently and failed is there, and not valid
        `select from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ${relation} and c.relname = ${literal(index)}${exists ? ' and i.indisvalid' : ''}`
      : constraint !== undefined
        ? `select from pg_constraint where conrelid = ${relation} and conname = ${literal(constraint)}`
        : column !== undefined
          ? `select from pg_attribute where attrelid = ${relation} and attname = ${literal(column)} and not attisdropped`
          : `select where ${relation} is not null`;
  return `select ${exists ? '' : 'not '}exists (${found})`;
}
