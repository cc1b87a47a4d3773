import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const dropNotNull = defineRule({
  id: 'drop-not-null',
  level: 'warning',
  title: 'lets nulls into a column in which the release before it expects none',

  *check(run) {
    for (const { operation, statement } of run.operations('alterColumn')) {
      const { change, column, existing } = operation;
      if (change.nullable !== true || existing?.nullable === true) continue;
      if (!run.isColumnThere(statement, operation, column)) continue;
      yield {
        statement,
        message: `Once the new release writes nulls, instances of the one that still runs read them from ${tableName(operation)}.${column}, where they expect a value.`,
        instead: 'Release the code that can read nulls first, and the one that writes them after it.',
      };
    }
  },
});
