import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { revisionForms } from '../definition/revision-forms.js';
import { Misuse } from '../definition/misuse.js';
import { flag, text } from '../definition/option.js';
import { eachDatabase, oneDatabase } from '../definition/scope.js';
import { stepOptions } from '../options/run-options.js';
import { previewText } from '../present/preview-text.js';
import { reportRun, scriptOf } from '../run-report.js';

export const upgrade = defineCommand({
  name: 'upgrade',
  group: 'Change the database',
  description: 'Apply revisions to the database',
  arguments: { revision: optionalWord('how far to go (default: head)') },
  options: {
    dryRun: flag('--dry-run', 'show what it would send, on a session that cannot write'),
    plan: text('--plan <file>', 'what plan --out has written: refuse any other upgrade'),
    ...stepOptions,
  },
  tables: [revisionForms('head', 'heads', 'id', 'label', 'up', 'from', 'range')],
  examples: [
    ['upgrade', 'all that waits'],
    ['upgrade +1', 'the next one'],
    ['upgrade billing@head', 'one branch, with what it depends on'],
    ['upgrade --sql > upgrade.sql', 'as a script to read and to run with psql, mysql or mariadb'],
    ['upgrade ae10:head --sql', 'only what comes after ae10'],
    ['upgrade --dry-run', 'look at it first'],
    ['upgrade --plan plan.json', 'what was planned and looked at, and nothing else'],
    ['upgrade --json', 'and print what was done for a script'],
  ],
  on: ({ sql, plan }) => (sql === true || plan !== undefined ? oneDatabase : eachDatabase),

  check({ sql, plan, dryRun, revision }) {
    if (sql === true && (plan !== undefined || dryRun === true)) {
      throw new Misuse(`--sql asks no database, and ${plan === undefined ? '--dry-run' : '--plan'} does`);
    }
    if (plan !== undefined && revision !== undefined) throw new Misuse('--plan says how far to go');
  },

  async run({ migrations, common, given }) {
    const { revision: target, sql, tag, lockWaitTimeout, interrupted, plan, dryRun } = given;
    const options = { ...common, target, tag, lockWaitTimeout, interrupted };
    if (sql === true) return migrations.upgrade({ ...options, sql });
    if (dryRun === true) return migrations.upgrade({ ...options, plan, dryRun });
    return migrations.upgrade({ ...options, plan });
  },

  script: (result) => ('endedBecause' in result ? previewText(result) : scriptOf(result)),

  hint(result, call) {
    if (!('endedBecause' in result)) reportRun(result, { command: 'upgrade', target: call.given.revision }, call);
  },
});
