import { defineCommand } from '../definition/define-command.js';
import { eachResult } from '../definition/scope.js';

export const stats = defineCommand({
  name: 'stats',
  group: 'Before a deployment',
  description: 'Print how large the tables are, as JSON, for lint --stats',
  examples: [['stats > stats.json', 'beside production, every night; no row is read']],
  on: eachResult,

  check(_, terminal) {
    terminal.asJson = true;
  },

  run: ({ migrations, common }) => migrations.stats(common),
});
