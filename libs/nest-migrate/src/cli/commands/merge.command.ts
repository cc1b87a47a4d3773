import { words } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { oneOrMany } from '../definition/option.js';
import { revisionForms } from '../definition/revision-forms.js';
import { scriptDirectory } from '../definition/scope.js';
import { newRevision, newRevisionOptions } from '../options/revision-options.js';
import { createdLines } from '../present/migrated.js';

export const merge = defineCommand({
  name: 'merge',
  group: 'Write revisions',
  description: 'Write a revision that joins branches',
  arguments: { revisions: words('the revisions to join', { required: true }) },
  options: newRevisionOptions,
  tables: [revisionForms('heads', 'id', 'label')],
  examples: [
    ['merge heads', 'all branches'],
    ['merge ae10 27c6 -m "join billing"', 'these two'],
  ],
  on: scriptDirectory,

  run: ({ migrations, common, given }) =>
    migrations.merge({ ...common, ...newRevision(given), revisions: oneOrMany(given.revisions) }),

  present: createdLines,
});
