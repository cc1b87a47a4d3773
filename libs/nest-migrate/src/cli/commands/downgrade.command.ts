import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { text } from '../definition/option.js';
import { revisionForms } from '../definition/revision-forms.js';
import { databasesOfDirectory, oneDatabase } from '../definition/scope.js';
import { stepOptions } from '../options/run-options.js';
import { reportRun, scriptOf } from '../run-report.js';

export const downgrade = defineCommand({
  name: 'downgrade',
  group: 'Change the database',
  description: 'Undo revisions that were applied to the database',
  arguments: { revision: optionalWord('the revision to go back to, which stays applied (default: -1)') },
  options: {
    ...stepOptions,
    database: text('--database <name>', 'the name of the database: says that this one is meant, production or not'),
  },
  tables: [revisionForms('down', 'base', 'id', 'label', 'from', 'fromTo')],
  examples: [
    ['downgrade', 'the last one'],
    ['downgrade ae10', 'all that came after ae10, which stays'],
    ['downgrade base', 'all of them'],
    ['downgrade base --database shop', 'all of them, also where it is marked as production'],
    ['downgrade head:ae10 --sql', 'as a script, from where to where'],
  ],
  on: ({ sql }) => (sql === true ? oneDatabase : databasesOfDirectory),

  async run({ migrations, common, given: { revision: target, sql, tag, lockWaitTimeout, interrupted, database } }) {
    const options = { ...common, target, tag, lockWaitTimeout, interrupted, database };
    return sql === true ? migrations.downgrade({ ...options, sql }) : migrations.downgrade(options);
  },

  script: scriptOf,

  hint: (result, call) => reportRun(result, { command: 'downgrade', target: call.given.revision }, call),
});
