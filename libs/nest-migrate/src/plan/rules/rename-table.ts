import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const renameTable = defineRule({
  id: 'rename-table',
  level: 'warning',
  title: 'renames a table under the release that still runs',

  *check(run) {
    for (const { operation, statement } of run.operations('renameTable')) {
      const { from, schema, to } = operation;
      if (!run.isThere(statement, { schema, table: from })) continue;
      yield {
        statement,
        message: `Instances of the release that still runs know ${tableName({ schema, table: from })} and not ${to}, and each of their queries of the table fails.`,
        instead: `Keep the name in the database (tableName: '${from}'), or leave a view of the old name behind until the release is gone.`,
      };
    }
  },
});
