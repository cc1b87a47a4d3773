import { type ColumnDefinition } from '../../../operations/operation.js';
import { type SchemaHelperDdl, type TableRef } from '../../ddl/schema-helper-ddl.js';

/** The type of a column as it is written in `alter column … type` and in a cast. */
export function writtenType(ddl: SchemaHelperDdl, at: TableRef, column: ColumnDefinition): string {
  const type = ddl.columnType({ ...column, autoincrement: false });
  if (column.nativeEnumName === undefined || column.columnType !== undefined) return type;
  const [base, array] = type.endsWith('[]') ? [type.slice(0, -2), '[]'] : [type, ''];
  const { schema, name } = enumPlace(base);
  return ddl.quote(ddl.schemaOf(schema ?? at.schema), name) + array;
}

/**
 * The place of a native enum: `schema.name`, `*.name`, or `name` in the schema of the table. The name itself may have
 * dots.
 */
export function enumPlace(reference: string): { readonly schema?: string; readonly name: string } {
  const dot = reference.indexOf('.');
  const schema = reference.slice(0, Math.max(dot, 0));
  const name = reference.slice(dot + 1);
  return schema === '' || schema === '*' ? { name } : { schema, name };
}
