import { concurrentInTransaction } from './concurrent-in-transaction.js';
import { concurrentOnPartitioned } from './concurrent-on-partitioned.js';
import { defineRule } from '../rule.js';

/** The rules that say more about a failure. */
const others = [concurrentInTransaction, concurrentOnPartitioned];

export const revisionFails = defineRule({
  id: 'revision-fails',
  level: 'blocking',
  title: 'fails on a database without rows',

  *check(run) {
    const told = new Set(
      others
        .filter(({ engines }) => engines?.includes(run.engine))
        .flatMap((rule) => [...rule.check(run)].map(({ revision }) => revision)),
    );
    for (const revision of run.revisions) {
      const { failure } = revision;
      if (failure === null || told.has(revision)) continue;
      yield {
        revision,
        message: `Its upgrade fails on a scratch database without rows: ${failure.message}`,
        instead: 'Mend it: it fails on the live database as well, or something is there that no revision has made.',
      };
    }
  },
});
