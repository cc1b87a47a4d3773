import { tableName } from '../consequence.js';
import { remedyOnPostgres } from '../remedy.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const lockHeldRewrite = defineRule({
  id: 'lock-held-rewrite',
  level: 'blocking',
  engines: ['postgres'],
  title: 'writes a table again while no request can use it',

  *check({ statements }) {
    for (const statement of statements) {
      for (const table of statement.tables) {
        if (table.lockedRows !== null || !table.blocks.reads || table.work !== 'rewrite') continue;
        yield {
          statement,
          level: levelFor(table),
          message: `It writes ${tableName(table)}${sizeIn(table)} and its indexes again under a lock that stops reads and writes.`,
          instead: remedyOnPostgres(statement),
        };
      }
    }
  },
});
