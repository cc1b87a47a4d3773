import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { revisionForms } from '../definition/revision-forms.js';
import { eachResult } from '../definition/scope.js';

export const at = defineCommand({
  name: 'at',
  group: 'Before a deployment',
  description: 'Print the schema that the revisions up to one make, a line an object',
  arguments: { revision: optionalWord('where (default: head)') },
  tables: [revisionForms('head', 'heads', 'current', 'id', 'label', 'below')],
  examples: [
    ['at', 'at the head'],
    ['at ae10', 'after ae10'],
  ],
  on: eachResult,

  run: ({ migrations, common, given: { revision } }) => migrations.at({ ...common, revision }),

  script: ({ text }) => text,
});
