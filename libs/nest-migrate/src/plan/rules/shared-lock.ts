import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const sharedLock = defineRule({
  id: 'shared-lock',
  level: 'blocking',
  engines: ['mysql', 'mariadb'],
  title: 'locks a table against writes while it works through it',

  *check({ statements }) {
    for (const statement of statements) {
      if (statement.algorithm === 'COPY' || statement.algorithm === null) continue;
      for (const table of statement.tables) {
        if (!table.blocks.writes || (table.work === 'metadata' && table.indexes.length === 0)) continue;
        yield {
          statement,
          level: levelFor(table),
          message: `It works through ${tableName(table)}${sizeIn(table)} in its place, under a lock that stops writes.`,
          instead: 'Hand it to pt-online-schema-change or gh-ost, or run it when few requests write.',
        };
      }
    }
  },
});
