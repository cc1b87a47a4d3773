import { listed, tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const invalidIndex = defineRule({
  id: 'invalid-index',
  level: 'warning',
  engines: ['postgres'],
  title: 'works on a table on which a failed build has left an index',

  *check(run) {
    const told = new Set<string>();
    for (const statement of run.statements) {
      for (const table of statement.tables) {
        const { invalidIndexes = [] } = run.statisticsOf(statement, table) ?? {};
        const name = tableName(table);
        if (invalidIndexes.length === 0 || told.has(name)) continue;
        told.add(name);
        yield {
          statement,
          message: `A failed build has left ${listed(invalidIndexes)} on ${name}: no query uses it, and each write keeps it up to date. A unique one refuses rows all the same.`,
          instead: 'Drop it (drop index concurrently), or build it again (reindex index concurrently).',
        };
      }
    }
  },
});
