import { tableName } from '../consequence.js';
import { remedyOnMysql } from '../remedy.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const copyAlgorithm = defineRule({
  id: 'copy-algorithm',
  level: 'blocking',
  engines: ['mysql', 'mariadb'],
  title: 'copies a table row by row while no request can write it',

  *check({ statements }) {
    for (const statement of statements) {
      if (statement.algorithm !== 'COPY') continue;
      for (const table of statement.tables) {
        if (!table.blocks.writes) continue;
        yield {
          statement,
          level: levelFor(table),
          message: `The server can do it only by a copy of ${tableName(table)}${sizeIn(table)}, under a lock that stops writes.`,
          instead: remedyOnMysql(statement),
        };
      }
    }
  },
});
