import { listed, tableName } from '../consequence.js';
import { longest } from '../magnitude.js';
import { type PlannedStatement } from '../planned-statement.js';
import { defineRule } from '../rule.js';
import { levelFor } from '../waiting.js';

export const statementsUnderExclusiveLock = defineRule({
  id: 'statements-under-exclusive-lock',
  level: 'blocking',
  engines: ['postgres'],
  title: 'keeps a table locked while later statements of the transaction work',

  *check(run) {
    for (const statements of run.transactions()) {
      const locked = new Map<string, PlannedStatement>();
      for (const statement of statements) {
        const earlier = [...locked.keys()].filter((table) => locked.get(table) !== statement);
        const works = statement.tables.filter(({ work, indexes }) => work !== 'metadata' || indexes.length > 0);
        // what blocks requests by itself is told by itself
        const isTold = works.some(({ blocks, ...table }) => blocks.reads && earlier.join() === tableName(table));
        if (earlier.length > 0 && works.length > 0 && !isTold) {
          const magnitude = longest(works.map((table) => table.magnitude ?? undefined));
          const how = magnitude === undefined ? 'for as long as that takes' : `for ${magnitude}`;
          yield {
            statement,
            level: levelFor({ magnitude: magnitude ?? null }),
            message: `It works through ${listed(works.map(tableName))} while an earlier statement of the same transaction keeps ${listed(earlier)} locked against reads and writes, ${how}.`,
            instead: 'Make it a revision of its own, so that the lock is gone before it begins.',
          };
        }
        for (const table of statement.tables) {
          if (table.blocks.reads && !locked.has(tableName(table))) locked.set(tableName(table), statement);
        }
      }
    }
  },
});
