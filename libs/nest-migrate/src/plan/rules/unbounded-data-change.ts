import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';
import { shapeOf } from '../sql-shape.js';
import { describeSize } from '../waiting.js';
import { magnitudeOf } from '../magnitude.js';
import { nameIn } from '../sql-name.js';

export const unboundedDataChange = defineRule({
  id: 'unbounded-data-change',
  level: 'blocking',
  title: 'changes rows of a table in one statement, without a limit',

  *check(run) {
    for (const { sql, statement } of run.sqlOfRevisions()) {
      const shape = shapeOf(sql, run.rules);
      const [, verb = '', rest = ''] = /^(update|delete from)(?: only)? (.*)$/s.exec(shape) ?? [];
      if (verb === '' || /\blimit \d/.test(shape)) continue;
      const table = nameIn(rest);
      if (table === undefined || !run.isThere(statement, table)) continue;
      const statistics = run.statisticsOf(statement, table);
      const magnitude = magnitudeOf('rewrite', statistics, false);
      const size = statistics === undefined ? undefined : describeSize(statistics);
      const isWhole = !/\bwhere\b/.test(shape);
      const what = isWhole ? `every row of ${tableName(table)}` : `rows of ${tableName(table)}, however many they are,`;
      yield {
        statement,
        level: magnitude === 'milliseconds' ? 'notice' : isWhole ? undefined : 'warning',
        message: `It ${verb === 'update' ? 'changes' : 'deletes'} ${what} in one statement${size === undefined ? '' : ` (${size})`}, and requests that write one of them wait until the transaction has ended.`,
        instead: 'Use op.backfill, which goes by key, in batches, each in a transaction of its own.',
      };
    }
  },
});
