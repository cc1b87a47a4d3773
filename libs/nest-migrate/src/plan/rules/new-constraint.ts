import { tableName } from '../consequence.js';
import { type PlannedRun } from '../planned-run.js';
import { defineRule, type Found } from '../rule.js';
import { type PlannedStatement } from '../planned-statement.js';
import { type TableName } from '../run-names.js';

export const newConstraint = defineRule({
  id: 'new-constraint',
  level: 'warning',
  title: 'requires something of rows that the release before it may not keep',

  *check(run) {
    for (const { operation, statement } of run.operations(
      'createCheckConstraint',
      'createUniqueConstraint',
      'createForeignKey',
      'createIndex',
      'alterColumn',
    )) {
      switch (operation.kind) {
        case 'createCheckConstraint':
          yield* found(run, statement, operation, `the check (${operation.check.expression})`);
          break;
        case 'createUniqueConstraint':
          yield* ofColumns(run, statement, operation, operation.unique.columns, 'the unique constraint on');
          break;
        case 'createForeignKey':
          yield* ofColumns(run, statement, operation, operation.foreignKey.columns, 'the foreign key on');
          break;
        case 'createIndex':
          if (operation.index.unique === true) {
            const columns = operation.index.columns.map(({ name }) => name);
            yield* ofColumns(run, statement, operation, columns, 'the unique index on');
          }
          break;
        case 'alterColumn':
          if (operation.change.nullable === false && operation.existing?.nullable !== false) {
            yield* ofColumns(run, statement, operation, [operation.column], 'not null of');
          }
      }
    }
  },
});

/** What a rule on columns that are new has no row that breaks it: the release before writes none of them. */
function* ofColumns(
  run: PlannedRun,
  statement: PlannedStatement,
  table: TableName,
  columns: readonly string[],
  what: string,
): Generator<Found> {
  if (columns.length > 0 && columns.every((column) => !run.isColumnThere(statement, table, column))) return;
  yield* found(run, statement, table, `${what} ${columns.join(', ')}`);
}

function* found(run: PlannedRun, statement: PlannedStatement, table: TableName, what: string): Generator<Found> {
  if (!run.isThere(statement, table)) return;
  yield {
    statement,
    message: `The upgrade fails where rows of ${tableName(table)} break ${what}, and so do writes of the release that still runs.`,
    instead: 'Release the code that keeps to it first, look for rows that break it, and add it in the release after.',
  };
}
