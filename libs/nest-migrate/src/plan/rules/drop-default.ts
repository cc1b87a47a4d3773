import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const dropDefault = defineRule({
  id: 'drop-default',
  level: 'warning',
  title: 'drops a default on which the release before it may rely',

  *check(run) {
    for (const { operation, statement } of run.operations('alterColumn')) {
      const { change, existing, column } = operation;
      const isDropped = change.default === null || change.defaultRaw === null;
      const staysNull = (change.nullable ?? existing?.nullable) === true;
      if (
        !isDropped ||
        staysNull ||
        (change.default ?? change.defaultRaw) != null ||
        !run.isThere(statement, operation)
      )
        continue;
      yield {
        statement,
        message: `Inserts of the release that still runs that leave ${tableName(operation)}.${column} to its default fail from then on.`,
        instead: 'Drop the default in the release after the one that always names the column.',
      };
    }
  },
});
