import { defineCommand } from '../definition/define-command.js';
import { eachResult } from '../definition/scope.js';
import { statusLines } from '../present/status-lines.js';

export const status = defineCommand({
  name: 'status',
  group: 'Look at the database',
  description: 'Show where the database stands and what is under way. Writes nothing',
  examples: [['status', 'what waits, what is unfinished, who has the lock, what was done last']],
  on: eachResult,

  run: ({ migrations, common }) => migrations.status(common),

  present: (result, { group }) => statusLines(result, group),
});
