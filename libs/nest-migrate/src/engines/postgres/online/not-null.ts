import { type ColumnDefinition } from '../../../operations/operation.js';
import { type OnlinePart } from '../../online/online.js';
import { objectName } from '../ddl/object-name.js';
import { postgresSql } from '../lexical-rules.js';
import { outside } from './written-parts.js';

/**
 * A check that is validated while others write proves to PostgreSQL that the column holds no null. Then the change needs
 * to read no row.
 */
export function notNull({
  schema,
  table,
  column,
  existing,
}: {
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
  readonly existing?: ColumnDefinition;
}): readonly OnlinePart[] {
  const name = objectName(table, [column], 'is_not_null');
  const check = { name, expression: `${postgresSql.quote(column)} is not null` };
  return [
    outside({ kind: 'createCheckConstraint', schema, table, check, notValid: true }),
    outside({ kind: 'validateConstraint', schema, table, name }),
    outside({ kind: 'alterColumn', schema, table, column, change: { nullable: false }, existing }),
    outside({ kind: 'dropConstraint', schema, table, name, type: 'check', previous: { type: 'check', check } }),
  ];
}
