import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { text } from '../definition/option.js';
import { revisionForms } from '../definition/revision-forms.js';
import { eachResult, oneDatabase } from '../definition/scope.js';
import { asAsked, fails, planOptions, whyItFails } from '../options/plan-options.js';
import { isDocument, planScript, planText } from '../present/plan-formats.js';

export const plan = defineCommand({
  name: 'plan',
  group: 'Before a deployment',
  description:
    'Tell what an upgrade would lock in the database, whom that stops and for how long. Exit code 3 where a finding is blocking',
  arguments: { revision: optionalWord('how far to go (default: head)') },
  options: { out: text('--out <file>', 'write the plan to a file, for upgrade --plan'), ...planOptions },
  tables: [revisionForms('head', 'heads', 'id', 'label', 'up', 'from')],
  examples: [
    ['plan', 'what waits to be applied'],
    ['plan --fail-on warning', 'fail on warnings too'],
    ['plan --out plan.json', 'and db upgrade --plan plan.json does that, or nothing'],
    ['plan --format html --output plan.html', 'a page to look at together'],
  ],
  on: ({ format, out }) => (isDocument(format) || out !== undefined ? oneDatabase : eachResult),

  check: asAsked,

  run: ({ migrations, common, given: { revision: target, out } }) => migrations.plan({ ...common, target, out }),

  isNo: fails,

  reason: (result, { given }) => whyItFails(result, given),

  script: planScript,

  present: planText,
});
