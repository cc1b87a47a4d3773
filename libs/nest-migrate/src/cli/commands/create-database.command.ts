import { defineCommand } from '../definition/define-command.js';
import { eachDatabase } from '../definition/scope.js';

export const createDatabase = defineCommand({
  name: 'create-database',
  group: 'Set up',
  description: 'Create the configured database, empty, if it is not there yet',
  examples: [
    ['create-database', 'on a new machine, before db upgrade'],
    ['create-database --context billing', 'that of one connection'],
  ],
  on: eachDatabase,

  run: ({ migrations, common }) => migrations.createDatabase(common),

  hint({ database, created }, { terminal }) {
    if (database === null) terminal.note('Nothing to do: the database is in memory.');
    else
      terminal.note(
        created ? `Created the database ${database}.` : `Nothing to do: the database ${database} is there.`,
      );
  },
});
