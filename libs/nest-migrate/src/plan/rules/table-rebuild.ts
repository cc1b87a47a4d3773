import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';
import { sizeIn } from '../waiting.js';

export const tableRebuild = defineRule({
  id: 'table-rebuild',
  level: 'warning',
  engines: ['mysql', 'mariadb'],
  title: 'rebuilds a table beside requests',

  *check({ statements }) {
    for (const statement of statements) {
      for (const table of statement.tables) {
        if (table.work !== 'rewrite' || table.blocks.writes) continue;
        yield {
          statement,
          level: table.magnitude === 'milliseconds' ? 'notice' : undefined,
          message:
            `It rebuilds ${tableName(table)}${sizeIn(table)}. ` +
            'Requests go on; the disk has as much to write, and replicas do it behind the server and lag.',
          instead: 'Run it when little is written, or hand it to pt-online-schema-change, which waits for replicas.',
        };
      }
    }
  },
});
