import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const sqliteRebuild = defineRule({
  id: 'sqlite-rebuild',
  level: 'warning',
  engines: ['sqlite'],
  title: 'copies a table, and nothing can write the database meanwhile',

  *check({ statements }) {
    const told = new Set<string>();
    for (const statement of statements) {
      for (const table of statement.tables) {
        const name = tableName(table);
        const key = `${statement.revision} ${name}`;
        if (table.work !== 'rewrite' || told.has(key)) continue;
        told.add(key);
        yield {
          statement,
          level: levelFor(table),
          message: `SQLite cannot change that in its place: ${name} is copied as a whole${sizeIn(table)}. No other connection writes the database meanwhile, and the file grows by the table.`,
          instead: 'Run it when little is written. What only adds a column at the end, or renames one, needs no copy.',
        };
      }
    }
  },
});
