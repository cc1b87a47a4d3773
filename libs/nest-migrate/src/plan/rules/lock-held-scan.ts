import { defineRule } from '../rule.js';
import { remedyOnPostgres } from '../remedy.js';
import { tableName } from '../consequence.js';
import { levelFor, sizeIn } from '../waiting.js';

export const lockHeldScan = defineRule({
  id: 'lock-held-scan',
  level: 'blocking',
  engines: ['postgres'],
  title: 'reads all rows of a table while no request can use it',

  *check({ statements }) {
    for (const statement of statements) {
      for (const table of statement.tables) {
        if (table.lockedRows !== null || !table.blocks.reads || table.work !== 'scan') continue;
        yield {
          statement,
          level: levelFor(table),
          message: `It reads ${tableName(table)}${sizeIn(table)} from end to end under a lock that stops reads and writes.`,
          instead: remedyOnPostgres(statement),
        };
      }
    }
  },
});
