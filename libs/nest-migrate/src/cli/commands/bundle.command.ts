import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { scriptDirectory } from '../definition/scope.js';

export const bundle = defineCommand({
  name: 'bundle',
  group: 'Write revisions',
  description: 'Write the list of revisions that an application imports which is bundled into one file',
  options: { check: flag('--check', 'write nothing; exit code 3 where the list is not what it should be') },
  examples: [
    ['bundle', 'before the bundler runs: the list has the digest of each file'],
    ['bundle --check', 'in CI: fails where the list was not written again'],
  ],
  on: scriptDirectory,

  run: ({ migrations, common, given: { check } }) => migrations.bundle({ ...common, check }),

  isNo: ({ changed }, { check }) => check === true && changed,

  reason: ({ path }, { group }) =>
    `The list of revisions is not that of the files: ${path}. Write it: ${group} bundle.`,

  present: ({ path, changed }, { given: { check } }) => (changed && check !== true ? [path] : []),

  hint({ revisions, changed }, { terminal, given }) {
    if (!changed) terminal.note(`Nothing to do: the list has the ${revisions} revisions that there are.`);
    else if (given.check !== true) terminal.note(`Listed ${revisions} revisions.`);
  },
});
