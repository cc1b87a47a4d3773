import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const dropColumn = defineRule({
  id: 'drop-column',
  level: 'blocking',
  title: 'drops a column that the release before it still reads and writes',

  *check(run) {
    for (const { operation, statement } of run.operations('dropColumn')) {
      if (!run.isColumnThere(statement, operation, operation.column)) continue;
      yield {
        statement,
        message: `The values of ${tableName(operation)}.${operation.column} are lost. Instances of the release that still runs name the column in each query of the table, and those fail.`,
        instead: 'Take the property from the entity first, and drop the column in the release after that one.',
      };
    }
  },
});
