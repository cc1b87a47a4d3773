import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { revisionForms } from '../definition/revision-forms.js';
import { eachDatabase, oneDatabase } from '../definition/scope.js';
import { stepOptions } from '../options/run-options.js';
import { reportRun, scriptOf } from '../run-report.js';

export const upgrade = defineCommand({
  name: 'upgrade',
  group: 'Change the database',
  description: 'Apply revisions to the database',
  arguments: { revision: optionalWord('how far to go (default: head)') },
  options: stepOptions,
  tables: [revisionForms('head', 'heads', 'id', 'label', 'up', 'from', 'range')],
  examples: [
    ['upgrade', 'all that waits'],
    ['upgrade +1', 'the next one'],
    ['upgrade billing@head', 'one branch, with what it depends on'],
    ['upgrade --sql > upgrade.sql', 'as a script to read and to run with psql, mysql or mariadb'],
    ['upgrade ae10:head --sql', 'only what comes after ae10'],
    ['upgrade --json', 'and print what was done for a script'],
  ],
  on: ({ sql }) => (sql === true ? oneDatabase : eachDatabase),

  async run({ migrations, common, given: { revision: target, sql, tag, lockWaitTimeout, interrupted } }) {
    const options = { ...common, target, tag, lockWaitTimeout, interrupted };
    return sql === true ? migrations.upgrade({ ...options, sql }) : migrations.upgrade(options);
  },

  script: scriptOf,

  hint: (result, call) => reportRun(result, { command: 'upgrade', target: call.given.revision }, call),
});
