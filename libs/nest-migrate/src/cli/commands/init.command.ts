import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { flag, text } from '../definition/option.js';
import { scriptDirectory } from '../definition/scope.js';

export const init = defineCommand({
  name: 'init',
  group: 'Set up',
  description: 'Create the script directory',
  options: {
    template: text('-t, --template <name>', 'what to make it from; a folder has a slash: ./mine'),
    multidb: flag('--multidb', 'the same as --template multidb'),
  },
  examples: [
    ['init', 'where the options say, migrations/ by default'],
    ['init --template javascript', 'for an application without TypeScript; list-templates tells more'],
    ['init -d database/migrations', 'somewhere else, which the options have to name then'],
  ],
  on: scriptDirectory,

  check({ multidb, template }) {
    if (multidb !== true || template === undefined || template === 'multidb') return;
    throw new Misuse(`--multidb means --template multidb, and there is --template ${template}`);
  },

  run: ({ migrations, common, given: { multidb, template } }) =>
    migrations.init({ ...common, template: multidb === true ? 'multidb' : template }),

  present: ({ created }) => created,

  hint: (_, { terminal, group }) =>
    terminal.note(`Next: ${group} migrate -m "what changed", read the revision, ${group} upgrade.`),
});
