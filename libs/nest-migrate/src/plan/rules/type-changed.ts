import { changedColumn } from '../../operations/column-change.js';
import { describeColumnType } from '../../operations/type-changes.js';
import { tableName } from '../consequence.js';
import { isSameKind } from '../kind-of-type.js';
import { defineRule } from '../rule.js';

export const typeChanged = defineRule({
  id: 'type-changed',
  level: 'warning',
  title: 'makes a column of values that the release before it does not expect',

  *check(run) {
    for (const { operation, statement } of run.operations('alterColumn')) {
      const { change, existing, column } = operation;
      if (existing === undefined || !run.isColumnThere(statement, operation, column)) continue;
      const after = changedColumn(existing, change);
      const [from, to] = [describeColumnType(existing), describeColumnType(after)];
      if (from === to || isSameKind(existing, after) || after.items !== undefined) continue;
      yield {
        statement,
        message: `${tableName(operation)}.${column} changes from ${from} to ${to}. Instances of the release that still runs read and write values of the type before.`,
        instead: 'Add another column of the new type, write both, and drop the old one in a later release.',
      };
    }
  },
});
