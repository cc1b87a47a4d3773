import { listed } from '../consequence.js';
import { defineRule } from '../rule.js';

export const enumValueRenamed = defineRule({
  id: 'enum-value-renamed',
  level: 'warning',
  engines: ['postgres'],
  title: 'renames a value that the release before it reads and writes',

  *check(run) {
    for (const { operation, statement } of run.operations('alterEnum')) {
      const { name, renames = [] } = operation;
      if (renames.length === 0) continue;
      const from = renames.map((rename) => `'${rename.from}'`);
      yield {
        statement,
        message: `Instances of the release that still runs write ${listed(from)} as ${name}, which fails from then on, and read names that they do not know.`,
        instead:
          'Add the new value, let the next release read both and write the new one, and change the rows after it.',
      };
    }
  },
});
