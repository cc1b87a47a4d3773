import { tableName } from '../consequence.js';
import { remedyOnPostgres } from '../remedy.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const writeBlockingScan = defineRule({
  id: 'write-blocking-scan',
  level: 'blocking',
  engines: ['postgres'],
  title: 'reads all rows of a table while no request can write it',

  *check({ statements }) {
    for (const statement of statements) {
      for (const table of statement.tables) {
        const { blocks, work, indexes, lockedRows } = table;
        if (lockedRows !== null || blocks.reads || !blocks.writes || (work === 'metadata' && indexes.length === 0))
          continue;
        yield {
          statement,
          level: levelFor(table),
          message: `It reads ${tableName(table)}${sizeIn(table)} from end to end under a lock that stops writes.`,
          instead: remedyOnPostgres(statement),
        };
      }
    }
  },
});
