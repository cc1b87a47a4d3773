import { type Postcondition } from '../../../operations/operation.js';
import { literal } from '../../sql/quoting.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { change, repeatableIf, restatement, type StatementTable } from '../../ddl/statement-table.js';

type Kind = 'createMaterializedView' | 'dropMaterializedView' | 'refreshMaterializedView';

/** Materialized views, which only PostgreSQL has. */
export function materializedViewStatements(ddl: SchemaHelperDdl): Pick<StatementTable, Kind> {
  const exists = (name: string, present: boolean): Postcondition => ({
    query: `select to_regclass(${literal(ddl.platform, name)}) is ${present ? 'not ' : ''}null as present`,
  });
  return {
    createMaterializedView: ({ schema, view, definition, withData }) => {
      const name = ddl.qualified({ schema, table: view });
      const data = withData === false ? ' with no data' : ' with data';
      return [change(`create materialized view ${name} as ${definition}${data}`, exists(name, true))];
    },
    dropMaterializedView: ({ schema, view, ifExists }) => {
      const name = ddl.qualified({ schema, table: view });
      const sql = `drop materialized view ${ifExists === true ? 'if exists ' : ''}${name}`;
      return [repeatableIf(ifExists, change(sql, exists(name, false)))];
    },
    refreshMaterializedView: ({ schema, view, concurrently }) => [
      restatement(
        `refresh materialized view ${concurrently === true ? 'concurrently ' : ''}${ddl.qualified({ schema, table: view })}`,
      ),
    ],
  };
}
