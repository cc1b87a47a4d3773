import { words } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { flag, oneOrMany } from '../definition/option.js';
import { revisionForms } from '../definition/revision-forms.js';
import { scriptDirectory } from '../definition/scope.js';
import { newRevision, newRevisionOptions } from '../options/revision-options.js';
import { createdLines, proofLines } from '../present/migrated.js';

export const merge = defineCommand({
  name: 'merge',
  group: 'Write revisions',
  description: 'Write a revision that joins branches',
  arguments: { revisions: words('the revisions to join', { required: true }) },
  options: {
    ...newRevisionOptions,
    prove: flag(
      '--prove',
      'apply the branches in each order to scratch databases; exit code 3 where the order matters',
    ),
  },
  tables: [revisionForms('heads', 'id', 'label')],
  examples: [
    ['merge heads', 'all branches'],
    ['merge ae10 27c6 -m "join billing"', 'these two'],
    ['merge heads --prove', 'and show that their order does not matter'],
  ],
  on: scriptDirectory,

  run: ({ migrations, common, given }) =>
    migrations.merge({
      ...common,
      ...newRevision(given),
      revisions: oneOrMany(given.revisions),
      prove: given.prove,
    }),

  isNo: ({ proof }) => proof?.commutes === false,

  reason: ({ proof }) => (proof?.findings ?? []).map(({ message }) => message).join(' '),

  present: (merged) => [...createdLines(merged), ...proofLines(merged)],
});
