import { wordsOf } from '../../engines/sql/sql-words.js';
import { defineRule } from '../rule.js';

/** The bytes of a name that PostgreSQL keeps. */
const KEPT = 63;

export const identifierTooLong = defineRule({
  id: 'identifier-too-long',
  level: 'warning',
  engines: ['postgres'],
  title: 'names something with more letters than PostgreSQL keeps',

  *check(run) {
    for (const { sql, statement } of run.sqlOfRevisions()) {
      for (const word of wordsOf(sql, run.rules)) {
        if (word.kind !== 'word' && word.kind !== 'name') continue;
        const name = word.kind === 'name' ? word.text.slice(1, -1) : word.text;
        if (new TextEncoder().encode(name).length <= KEPT) continue;
        yield {
          statement,
          message: `PostgreSQL cuts the name ${name} after ${KEPT} bytes and says so in a notice alone. Another name with the same beginning is the same name to it.`,
          instead: 'Choose a shorter name.',
        };
      }
    }
  },
});
