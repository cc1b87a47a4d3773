import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { flag } from '../definition/option.js';
import { oneDatabase } from '../definition/scope.js';
import { lockOptions } from '../options/run-options.js';

export const mark = defineCommand({
  name: 'mark',
  group: 'Set up',
  description: 'Mark the database itself as production, so that it loses everything only under its own name',
  arguments: { as: optionalWord('production (default: show what it is marked as)') },
  options: { clear: flag('--clear', 'delete the mark'), ...lockOptions },
  examples: [
    ['mark production', 'once: from then on fresh and downgrade base are refused, wherever they come from'],
    ['mark', 'what the database is marked as'],
    ['mark --clear', 'not marked any more'],
  ],
  on: oneDatabase,

  check({ as, clear }) {
    if (as !== undefined && clear === true) throw new Misuse("'mark' takes a mark or --clear, not both");
    if (as !== undefined && as !== 'production')
      throw new Misuse(`a database can be marked as 'production', not as '${as}'`);
  },

  run: ({ migrations, common, given: { as, clear, lockWaitTimeout } }) =>
    migrations.mark({
      ...common,
      ...(as === undefined ? clear === true && { as: null } : { as: 'production' }),
      lockWaitTimeout,
    }),

  present: ({ mark: is }) => [is ?? 'not marked'],

  hint({ mark: is, changed }, { terminal, given: { as, clear } }) {
    if (as === undefined && clear !== true) return;
    if (!changed) terminal.note('Nothing to do.');
    else if (is !== null)
      terminal.note('fresh, and a downgrade of all revisions, are refused now unless --database names the database.');
  },
});
