import { defineRule } from '../rule.js';
import { shapeOf } from '../sql-shape.js';

export const cascade = defineRule({
  id: 'cascade',
  level: 'blocking',
  engines: ['postgres'],
  title: 'drops or empties whatever depends on something',

  *check(run) {
    for (const { sql, statement } of run.sqlOfRevisions()) {
      const shape = shapeOf(sql, run.rules);
      const isTruncate = /^truncate\b.*\bcascade$/s.test(shape);
      if (!isTruncate && !/^(?:drop\b|alter table\b.*\bdrop\b).*\bcascade$/s.test(shape)) continue;
      yield {
        statement,
        message: isTruncate
          ? 'It empties every table that refers to this one as well, and those that refer to them.'
          : 'It drops everything that depends on this as well: views, foreign keys, columns. Which these are, the live database decides.',
        instead: 'Name each of them, and leave cascade away.',
      };
    }
  },
});
