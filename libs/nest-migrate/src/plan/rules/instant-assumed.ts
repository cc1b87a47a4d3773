import { tableName } from '../consequence.js';
import { magnitudeOf } from '../magnitude.js';
import { defineRule } from '../rule.js';

export const instantAssumed = defineRule({
  id: 'instant-assumed',
  level: 'notice',
  engines: ['mysql', 'mariadb'],
  title: 'counts on an instant change of a table, and does not say so to the server',

  *check({ statements }) {
    for (const statement of statements) {
      if (statement.algorithm !== 'INSTANT') continue;
      const isAsserted =
        /\balgorithm\s*=/i.test(statement.sql) || statement.operations.some((one) => one.assertion !== undefined);
      if (isAsserted) continue;
      for (const table of statement.tables) {
        // a copy would take no time either
        if (magnitudeOf('rewrite', table, true) === 'milliseconds') continue;
        yield {
          statement,
          message: `This server changes ${tableName(table)} instantly. One of another version, or with other rows, rebuilds or copies it without a word.`,
          instead: "Put it into op.batchAlterTable with algorithm: 'instant': then such a server refuses it.",
        };
      }
    }
  },
});
