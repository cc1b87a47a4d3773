import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const dropTable = defineRule({
  id: 'drop-table',
  level: 'blocking',
  title: 'drops a table that the release before it still uses',

  *check(run) {
    for (const { operation, statement } of run.operations('dropTable', 'dropPartition')) {
      const table = operation.kind === 'dropTable' ? operation : { ...operation, table: operation.name };
      if (!run.isThere(statement, table)) continue;
      yield {
        statement,
        message: `The rows of ${tableName(table)} are lost. Instances of the release that still runs fail on each query of the table.`,
        instead: 'Take the entity away first, and drop the table in the release after that one.',
      };
    }
  },
});
