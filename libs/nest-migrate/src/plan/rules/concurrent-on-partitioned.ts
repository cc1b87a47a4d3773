import { shapeOf } from '../sql-shape.js';
import { defineRule } from '../rule.js';

export const concurrentOnPartitioned = defineRule({
  id: 'concurrent-on-partitioned',
  level: 'blocking',
  engines: ['postgres'],
  title: 'builds an index of a partitioned table concurrently, which PostgreSQL refuses',

  *check({ revisions, rules }) {
    for (const revision of revisions) {
      const { failure } = revision;
      if (failure?.sql == null || !/\bpartitioned\b/.test(failure.message)) continue;
      if (!/\bconcurrently\b/.test(shapeOf(failure.sql, rules))) continue;
      yield {
        revision,
        message: `${failure.message.replace(/\.$/, '')}.`,
        instead:
          'Create the index on only the parent, build one on each partition concurrently, and attach these: alter index … attach partition ….',
      };
    }
  },
});
