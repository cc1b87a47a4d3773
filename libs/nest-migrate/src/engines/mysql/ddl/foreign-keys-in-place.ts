import { type AlterAssertion } from '../../../operations/define.js';
import { type Operation, type OperationOf } from '../../../operations/operation.js';
import { type SchemaHelperDdl } from '../../ddl/schema-helper-ddl.js';
import { type Statement } from '../../ddl/statement.js';

/**
 * The statements of changes that assert to be made in place. The server creates a foreign key in place only while it
 * compares no rows for foreign keys. So a query before it looks for rows without their counterpart, and one behind it for
 * those that came meanwhile.
 */
export function foreignKeysInPlace(
  ddl: SchemaHelperDdl,
  operations: readonly Operation[],
  statements: readonly Statement[],
): readonly Statement[] {
  const checks = operations.flatMap((operation) =>
    operation.kind === 'createForeignKey' && isInPlace(operation.assertion) ? [rowsWithout(ddl, operation)] : [],
  );
  if (checks.length === 0) return statements;
  const all = [...checks, ...statements.map((statement) => ({ ...statement, unchecked: true })), ...checks];
  return all.map((statement, ordinal) => ({ ...statement, ordinal }));
}

function isInPlace({ algorithm }: AlterAssertion = {}): boolean {
  return algorithm === 'inplace' || algorithm === 'nocopy';
}

function rowsWithout(
  ddl: SchemaHelperDdl,
  { schema, table, foreignKey }: OperationOf<'createForeignKey'>,
): Omit<Statement, 'ordinal'> {
  const { columns, referencedTable, referencedColumns } = foreignKey;
  const own = columns.map((column) => `c.${ddl.quote(column)}`);
  const others = referencedColumns.map((column) => `p.${ddl.quote(column)}`);
  const [other] = others;
  return {
    sql: [
      `select ${own.join(', ')} from ${ddl.qualified({ schema, table })} c`,
      `left join ${ddl.referenced({ schema, table }, foreignKey)} p on ${own.map((name, at) => `${others[at]} = ${name}`).join(' and ')}`,
      `where ${[...own.map((name) => `${name} is not null`), `${other} is null`].join(' and ')} limit 1`,
    ].join(' '),
    effect: 'data',
    repeatable: true,
    wrongRow: `A row of ${table} refers to a row of ${referencedTable} that is not there`,
  };
}
