import { tableName } from '../consequence.js';
import { defineRule } from '../rule.js';

export const dropIndexNotConcurrent = defineRule({
  id: 'drop-index-not-concurrent',
  level: 'notice',
  engines: ['postgres'],
  title: 'drops an index with a lock that stops reads',

  *check(run) {
    for (const { operation, statement } of run.operations('dropIndex')) {
      if (operation.concurrently === true || !statement.tables.some(({ blocks }) => blocks.reads)) continue;
      yield {
        statement,
        message: `Requests that read or write ${tableName(operation)} wait until the transaction has ended, and behind whatever this statement waits for.`,
        instead: 'Drop it in op.autocommitBlock with concurrently: true, which lets requests go on.',
      };
    }
  },
});
