import { defineRule } from '../rule.js';

export const concurrentInTransaction = defineRule({
  id: 'concurrent-in-transaction',
  level: 'blocking',
  engines: ['postgres'],
  title: 'sends a concurrent statement inside a transaction, where PostgreSQL refuses it',

  *check({ revisions }) {
    for (const revision of revisions) {
      const { failure } = revision;
      if (failure === null || !/\bcan(?:'|no)t run inside a transaction\b/.test(failure.message)) continue;
      yield {
        revision,
        message: `${failure.message.replace(/\.( Wrap it:.*)?$/, '')}: the revision is one.`,
        instead: 'Put the statement into op.autocommitBlock, and nothing else with it.',
      };
    }
  },
});
