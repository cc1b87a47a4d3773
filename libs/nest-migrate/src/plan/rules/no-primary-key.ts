import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const noPrimaryKey = defineRule({
  id: 'no-primary-key',
  level: 'warning',
  title: 'creates a table without a primary key',

  *check(run) {
    const keyed = new Set([...run.operations('createPrimaryKey')].map(({ operation }) => tableName(operation)));
    for (const { operation, statement } of run.operations('createTable')) {
      const { table } = operation;
      const name = tableName(operation);
      const hasKey =
        (operation.primaryKey?.columns.length ?? 0) > 0 ||
        operation.columns.some(({ primary, autoincrement }) => primary === true || autoincrement === true);
      if (hasKey || keyed.has(name)) continue;
      yield {
        statement,
        message: `${name} has no primary key: a row of it can't be named. Replication by rows reads the whole table for each change, clusters of MySQL and MariaDB refuse it, and a backfill has no way through it.`,
        instead: `Give ${table} a key: a column that is unique, or one that counts.`,
      };
    }
  },
});
