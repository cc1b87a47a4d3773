import { tableName } from '../consequence.js';
import { newColumns } from '../new-columns.js';
import { defineRule } from '../rule.js';

export const timestampWithoutZone = defineRule({
  id: 'timestamp-without-zone',
  level: 'notice',
  engines: ['postgres'],
  title: 'gives a column a time without a time zone',

  *check(run) {
    for (const { operation, statement, name, definition } of newColumns(run)) {
      if (!/^timestamp\s*(?:\(\s*\d+\s*\))?\s*(?:without\b|$)/i.test(definition.columnType?.trim() ?? '')) continue;
      yield {
        statement,
        message: `${tableName(operation)}.${name} holds what a clock shows and not which clock: sessions with other time zones read another moment.`,
        instead: "Use type: 'datetime', which is timestamptz on PostgreSQL.",
      };
    }
  },
});
