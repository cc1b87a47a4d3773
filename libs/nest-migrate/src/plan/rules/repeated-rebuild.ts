import { tableName } from '../consequence.js';
import { type PlannedStatement } from '../planned-statement.js';
import { defineRule } from '../rule.js';
import { levelFor, sizeIn } from '../waiting.js';

export const repeatedRebuild = defineRule({
  id: 'repeated-rebuild',
  level: 'warning',
  engines: ['sqlite'],
  title: 'copies a table several times where once would do',

  *check({ revisions }) {
    for (const { statements } of revisions) {
      const rebuilt = new Map<string, PlannedStatement>();
      for (const statement of statements) {
        const table = statement.tables.find(({ work }) => work === 'rewrite');
        // what a person writes as SQL is not put together with anything
        if (table === undefined || statement.operations.some(({ kind }) => kind === 'execute')) continue;
        const name = tableName(table);
        const earlier = rebuilt.get(name);
        rebuilt.set(name, statement);
        if (earlier === undefined || isOne(earlier, statement)) continue;
        yield {
          statement,
          level: levelFor(table),
          message: `The revision copies ${name}${sizeIn(table)} once more, which it has just copied.`,
          instead: `Put the changes of ${name} into one op.batchAlterTable: it copies the table once.`,
        };
      }
    }
  },
});

/** Whether both statements are of one rebuild. */
function isOne({ operations: one }: PlannedStatement, { operations: other }: PlannedStatement): boolean {
  return one.some((operation) => other.includes(operation));
}
