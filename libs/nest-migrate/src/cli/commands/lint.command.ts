import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { text } from '../definition/option.js';
import { eachResult, oneDatabase } from '../definition/scope.js';
import { asAsked, fails, planOptions, whyItFails } from '../options/plan-options.js';
import { isDocument, planScript, planText } from '../present/plan-formats.js';

export const lint = defineCommand({
  name: 'lint',
  group: 'Before a deployment',
  description: 'Tell what new revisions would lock, without a database. Exit code 3 where a finding is blocking',
  arguments: { range: optionalWord('[start]:[end], both included (default: what is not published)') },
  options: {
    base: text('--base <commit>', "what is published: a git commit (default: the remote's default branch)"),
    stats: text('--stats <file>', 'what db stats has written: how large the tables are'),
    ...planOptions,
  },
  examples: [
    ['lint', 'the revisions that the default branch does not have'],
    ['lint --base origin/main --stats stats.json --format github', 'in CI: annotations in the pull request'],
    ['lint ae10:heads', 'ae10 and what came after it'],
  ],
  on: ({ format }) => (isDocument(format) ? oneDatabase : eachResult),

  check: asAsked,

  run: ({ migrations, common, given: { range, base, stats } }) => migrations.lint({ ...common, range, base, stats }),

  isNo: fails,

  reason: (result, { given }) => whyItFails(result, given),

  script: planScript,

  present: planText,
});
