import { defineRule } from '../rule.js';

export const notMeasured = defineRule({
  id: 'not-measured',
  level: 'notice',
  title: 'cannot be measured, so that nothing is known of its locks',

  *check({ revisions }) {
    for (const revision of revisions) {
      if (revision.unmeasured !== null) {
        yield {
          revision,
          message: `It was not measured: ${revision.unmeasured}.`,
          instead: 'Try it on a copy of the live database.',
        };
      }
      for (const statement of revision.statements) {
        if (statement.source !== 'unknown') continue;
        yield {
          statement,
          message: `What it locks is not known${statement.reason === null ? '' : `: ${statement.reason.replace(/\.$/, '')}`}.`,
          instead: 'Try it on a copy of the live database.',
        };
      }
    }
  },
});
