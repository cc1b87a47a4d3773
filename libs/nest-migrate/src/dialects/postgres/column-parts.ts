import { type ColumnDefinition } from '../../operations/operation.js';
import { type SchemaHelperDdl, type TableRef } from '../schema-helper-ddl.js';

/** The type of a column as it is written in `alter column … type` and in a cast. */
export function writtenType(ddl: SchemaHelperDdl, at: TableRef, column: ColumnDefinition): string {
  const type = ddl.columnType({ ...column, autoincrement: false });
  if (column.nativeEnumName === undefined || column.columnType !== undefined) return type;
  const [base, array] = type.endsWith('[]') ? [type.slice(0, -2), '[]'] : [type, ''];
  // MikroORM writes the schema of a native enum before its name
  const [schema, name] = base.includes('.') ? base.split('.') : [at.schema, base];
  return ddl.quote(ddl.schemaOf(schema === '*' ? at.schema : schema), name) + array;
}
