import { listed, tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const severalTablesLocked = defineRule({
  id: 'several-tables-locked',
  level: 'warning',
  engines: ['postgres'],
  title: 'locks several tables against reads in one transaction',

  *check(run) {
    for (const statements of run.transactions()) {
      const locked = new Set<string>();
      for (const statement of statements) {
        const tables = statement.tables.filter(({ blocks }) => blocks.reads).map(tableName);
        const before = locked.size;
        for (const table of tables) locked.add(table);
        if (locked.size < 2 || locked.size === before) continue;
        yield {
          statement,
          message: `The transaction has locked ${listed([...locked])} against reads and writes by then. A request that uses these tables in another order waits for it, and it for the request: a deadlock.`,
          instead: 'Change one table a revision.',
        };
        break;
      }
    }
  },
});
