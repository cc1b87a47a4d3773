import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const renameColumn = defineRule({
  id: 'rename-column',
  level: 'warning',
  title: 'renames a column under the release that still runs',

  *check(run) {
    for (const { operation, statement } of run.operations('renameColumn')) {
      const { from, to } = operation;
      if (!run.isColumnThere(statement, operation, from)) continue;
      yield {
        statement,
        message: `Instances of the release that still runs know ${tableName(operation)}.${from} and not ${to}, and each of their queries of the table fails.`,
        instead: `Keep the name in the database (fieldName: '${from}'), or add ${to} beside it, write both, and drop ${from} in a later release.`,
      };
    }
  },
});
