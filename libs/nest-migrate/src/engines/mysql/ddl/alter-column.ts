import { InvalidOperationError } from '../../../errors/operation.errors.js';
import { changedColumn } from '../../../operations/column-change.js';
import { type AlterColumnOperation } from '../../../operations/operation.js';
import { type DialectName } from '../../dialect-name.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { restatement, type StatementDraft } from '../../ddl/statement-table.js';

/**
 * `modify`, which restates the whole column: whatever it omits is lost. So the existing column has to be known, except
 * for a change of the default alone, which has its own clause.
 */
export function alterColumn(
  ddl: SchemaHelperDdl,
  dialect: DialectName,
  { schema, table, column, change, existing }: AlterColumnOperation,
): readonly StatementDraft[] {
  const at = { schema, table };
  const keys = Object.keys(change).filter((key) => key !== 'using');
  if (existing === undefined && keys.every((key) => key === 'default' || key === 'defaultRaw')) {
    const value = ddl.defaultSql(changedColumn({}, change));
    const action = value === undefined ? 'drop default' : `set default ${value}`;
    return [restatement(`alter table ${ddl.qualified(at)} alter column ${ddl.quote(column)} ${action}`)];
  }
  const after = changedColumn(existing ?? {}, change);
  if (existing === undefined || (after.type === undefined && after.columnType === undefined)) {
    const problem = `column '${column}' of table '${table}' has to be restated as a whole on ${dialect}.`;
    throw new InvalidOperationError(
      'alterColumn',
      problem,
      "Give the column that is there as 'existing', with its type.",
    );
  }
  return [restatement(ddl.modifyColumn(at, { ...after, name: column }))];
}
