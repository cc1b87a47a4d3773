import { listTemplates as templates } from '../../commands/list-templates.js';
import { defineCommand } from '../definition/define-command.js';
import { nothing } from '../definition/scope.js';

export const listTemplates = defineCommand({
  name: 'list-templates',
  group: 'Set up',
  description: 'List what a script directory can be made from. Starts nothing',
  examples: [['list-templates --json', 'for a script']],
  on: nothing,

  run: async () => templates(),

  present(all, { terminal }) {
    const width = Math.max(...all.map(({ name }) => name.length));
    const { paint } = terminal.resultPage;
    return all.map(({ name, description }) => `${paint('title', name.padEnd(width))}  ${description}`);
  },

  hint: (_, { terminal, group }) => terminal.note(`Use one with ${group} init --template <name>.`),
});
