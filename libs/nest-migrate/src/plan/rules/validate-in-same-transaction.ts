import { tableName } from '../consequence.js';
import { shapeOf } from '../sql-shape.js';
import { defineRule } from '../rule.js';

export const validateInSameTransaction = defineRule({
  id: 'validate-in-same-transaction',
  level: 'warning',
  engines: ['postgres'],
  title: 'validates a constraint in the transaction that created it',

  *check(run) {
    for (const statements of run.transactions()) {
      const created = new Set<string>();
      for (const statement of statements) {
        const sql = shapeOf(statement.sql, run.rules);
        if (/\bnot valid$/.test(sql)) for (const table of statement.tables) created.add(tableName(table));
        if (!/\bvalidate constraint\b/.test(sql)) continue;
        const table = statement.tables.find((each) => created.has(tableName(each)));
        if (table === undefined) continue;
        yield {
          statement,
          message: `The lock on ${tableName(table)} by which the constraint was created is still held, and requests wait while the rows are read: nothing is won by not valid.`,
          instead: 'Validate it in a revision of its own.',
        };
      }
    }
  },
});
