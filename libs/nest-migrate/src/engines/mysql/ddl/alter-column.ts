import { InvalidOperationError } from '../../../errors/operation.errors.js';
import { changedColumn } from '../../../operations/column-change.js';
import {
  type AddColumnOperation,
  type AlterColumnOperation,
  type ColumnDefinition,
} from '../../../operations/operation.js';
import { type DialectName } from '../../dialect-name.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { restatement, type StatementDraft } from '../../ddl/statement-table.js';
import { fitting, keptParts, withoutKeptParts } from '../kept-parts.js';

/** The change of a column, with the parts of the column that the table has and the operation does not say. */
export interface RestatedAlteration extends AlterColumnOperation {
  /** Absent where no table was asked: then the parts that `existing` says are restated. */
  readonly undeclared?: readonly string[];
}

/** A column that is dropped in the same statement, with the parts that the table has and the operation does not say. */
export interface RestatedAddition extends AddColumnOperation {
  readonly undeclared?: readonly string[];
  /** Clauses for what reads the dropped column. */
  readonly beside?: readonly string[];
}

/** An added column without what the column that it replaces tells itself, and that, as the end of the definition. */
export function takingOver(operation: RestatedAddition): {
  readonly operation: AddColumnOperation;
  readonly suffix: string;
} {
  const { undeclared } = operation;
  if (undeclared === undefined) return { operation, suffix: '' };
  const column = withoutUndeclared(operation.column);
  const suffix = fitting(undeclared, column).map((part) => ` ${part}`);
  return { operation: { ...operation, column }, suffix: suffix.join('') };
}

/** Whether a change restates the whole column. That of a default alone has its own clause. */
export function restates({ change, existing }: AlterColumnOperation): boolean {
  return (
    existing !== undefined ||
    Object.keys(change).some((key) => key !== 'using' && key !== 'default' && key !== 'defaultRaw')
  );
}

/**
 * `modify`, which restates the whole column: whatever it omits is lost. So the existing column has to be known, except
 * for a change of the default alone.
 */
export function alterColumn(
  ddl: SchemaHelperDdl,
  dialect: DialectName,
  operation: RestatedAlteration,
): readonly StatementDraft[] {
  const { schema, table, column, change, undeclared } = operation;
  // a script has the parts that the revision says
  const kept = undeclared ?? keptParts(operation.existing?.extra ?? '');
  const existing = withoutUndeclared(operation.existing);
  const at = { schema, table };
  if (!restates(operation)) {
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
  const modify = ddl.modifyColumn(at, { ...after, name: column });
  return [restatement([modify, ...fitting(kept, after)].join(' '))];
}

/** The column without what the table itself is asked about: the one that the revision was written for may differ. */
function withoutUndeclared<Column extends ColumnDefinition | undefined>(existing: Column): Column {
  if (existing?.extra === undefined) return existing;
  const { extra, ...rest } = existing;
  const own = withoutKeptParts(extra);
  return (own === '' ? rest : { ...rest, extra: own }) as Column;
}
