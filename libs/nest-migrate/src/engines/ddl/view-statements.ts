import { literal } from '../sql/quoting.js';
import { type SchemaHelperDdl } from './schema-helper-ddl.js';
import { change, repeatableIf, type StatementTable } from './statement-table.js';

/** Views, which every engine writes alike. */
export function viewStatements(
  ddl: SchemaHelperDdl,
  currentSchema: string,
): Pick<StatementTable, 'createView' | 'dropView'> {
  const exists = (schema: string | undefined, view: string, present: boolean): { readonly query: string } => {
    const actual = ddl.schemaOf(schema);
    const place = actual === undefined ? currentSchema : literal(ddl.platform, actual);
    const named = `table_schema = ${place} and table_name = ${literal(ddl.platform, view)}`;
    return { query: `select count(*) = ${present ? 1 : 0} as present from information_schema.views where ${named}` };
  };
  return {
    createView: ({ schema, view, definition, orReplace }) => {
      const name = ddl.qualified({ schema, table: view });
      const sql = `create ${orReplace === true ? 'or replace ' : ''}view ${name} as ${definition}`;
      return [repeatableIf(orReplace, change(sql, exists(schema, view, true)))];
    },
    dropView: ({ schema, view, ifExists }) => {
      const name = ddl.qualified({ schema, table: view });
      const sql = `drop view ${ifExists === true ? 'if exists ' : ''}${name}`;
      return [repeatableIf(ifExists, change(sql, exists(schema, view, false)))];
    },
  };
}
