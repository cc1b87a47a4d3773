import { defineCommand } from '../definition/define-command.js';
import { eachDatabase, oneDatabase } from '../definition/scope.js';
import { lockOptions, sqlOptions } from '../options/run-options.js';
import { scriptOf } from '../run-report.js';

export const ensureVersion = defineCommand({
  name: 'ensure-version',
  group: 'Set up',
  description: 'Create the version table, if it is not there yet',
  options: { ...sqlOptions, ...lockOptions },
  examples: [
    ['ensure-version', 'once, as a role that may create tables'],
    ['ensure-version --sql', 'as SQL, for another person to run'],
  ],
  on: ({ sql }) => (sql === true ? oneDatabase : eachDatabase),

  run: async ({ migrations, common, given: { sql, lockWaitTimeout } }) =>
    sql === true
      ? migrations.ensureVersion({ ...common, sql })
      : migrations.ensureVersion({ ...common, lockWaitTimeout }),

  script: scriptOf,

  hint(result, { terminal }) {
    if ('sql' in result) return;
    terminal.note(result.created ? 'Created the version table.' : 'Nothing to do: the version table is there.');
  },
});
