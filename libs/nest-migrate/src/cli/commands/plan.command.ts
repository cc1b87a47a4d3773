import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { revisionForms } from '../definition/revision-forms.js';
import { eachResult, oneDatabase } from '../definition/scope.js';
import { asAsked, fails, planOptions, whyItFails } from '../options/plan-options.js';
import { isDocument, planScript, planText } from '../present/plan-formats.js';

export const plan = defineCommand({
  name: 'plan',
  group: 'Before a deployment',
  description:
    'Tell what an upgrade would lock in the database, whom it stops and for how long. Exit code 3 where that is bad',
  arguments: { revision: optionalWord('how far to go (default: head)') },
  options: planOptions,
  tables: [revisionForms('head', 'heads', 'id', 'label', 'up', 'from')],
  examples: [
    ['plan', 'what waits to be applied'],
    ['plan --fail-on warning', 'fail on warnings too'],
    ['plan --format html --output plan.html', 'a page to look at together'],
  ],
  on: ({ format }) => (isDocument(format) ? oneDatabase : eachResult),

  check: asAsked,

  run: ({ migrations, common, given: { revision: target } }) => migrations.plan({ ...common, target }),

  isNo: fails,

  reason: (result, { given }) => whyItFails(result, given),

  script: planScript,

  present: planText,
});
