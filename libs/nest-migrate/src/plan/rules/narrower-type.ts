import { changedColumn } from '../../operations/column-change.js';
import { describeColumnType, isWider } from '../../operations/type-changes.js';
import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';
import { isSameKind } from '../kind-of-type.js';

export const narrowerType = defineRule({
  id: 'narrower-type',
  level: 'warning',
  title: 'makes a column too narrow for what the release before it writes',

  *check(run) {
    for (const { operation, statement } of run.operations('alterColumn')) {
      const { change, existing, column } = operation;
      if (existing === undefined || !run.isColumnThere(statement, operation, column)) continue;
      const after = changedColumn(existing, change);
      const [from, to] = [describeColumnType(existing), describeColumnType(after)];
      if (from === to || !isSameKind(existing, after) || isWider(existing, after) || existing.items !== undefined)
        continue;
      yield {
        statement,
        message: `${tableName(operation)}.${column} changes from ${from} to ${to}. The upgrade fails where a value does not fit, and so do writes of the release that still runs.`,
        instead:
          'Release the code that writes narrower values first, look for rows that do not fit, and narrow the column in the release after.',
      };
    }
  },
});
