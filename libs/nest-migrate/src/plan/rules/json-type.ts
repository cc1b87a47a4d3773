import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const jsonType = defineRule({
  id: 'json-type',
  level: 'notice',
  engines: ['postgres'],
  title: 'gives a column the type json, which can be compared with nothing',

  *check(run) {
    for (const { operation, statement } of run.operations('addColumn', 'alterColumn')) {
      const [name, type] =
        operation.kind === 'addColumn'
          ? [operation.column.name, operation.column.columnType]
          : [operation.column, operation.change.columnType];
      if (type?.trim().toLowerCase() !== 'json' || !run.isThere(statement, operation)) continue;
      yield {
        statement,
        message: `The type json has no equality: each query of ${tableName(operation)} with distinct, group by or union over ${name} fails.`,
        instead: "Use jsonb: type: 'json' is that on PostgreSQL.",
      };
    }
  },
});
