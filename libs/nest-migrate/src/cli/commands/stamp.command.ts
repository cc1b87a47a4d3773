import { words } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { flag, oneOrMany } from '../definition/option.js';
import { revisionForms } from '../definition/revision-forms.js';
import { databasesOfDirectory, oneDatabase } from '../definition/scope.js';
import { runOptions } from '../options/run-options.js';
import { reportRun, scriptOf } from '../run-report.js';

export const stamp = defineCommand({
  name: 'stamp',
  group: 'Change the database',
  description: 'Set where the database stands, without running any revision',
  arguments: { revisions: words('what the version table shall say (default: head)') },
  options: { purge: flag('--purge', 'delete all rows first, also such as no script has'), ...runOptions },
  tables: [revisionForms('head', 'heads', 'base', 'id', 'label', 'from', 'down', 'range')],
  examples: [
    ['stamp head', 'adopt a database that matches the entities already'],
    ['stamp ae10', 'say that it stands there'],
    ['stamp -1', 'say that it stands one revision lower, as after a downgrade by hand'],
    ['stamp ae10:head --sql', 'as a script, from where to where'],
    ['stamp base --purge', 'forget whatever it says'],
  ],
  on: ({ sql }) => (sql === true ? oneDatabase : databasesOfDirectory),

  async run({ migrations, common, given: { revisions, purge, sql, tag, lockWaitTimeout } }) {
    const asked = revisions.length === 0 ? 'head' : oneOrMany(revisions);
    const options = { ...common, revisions: asked, purge, tag, lockWaitTimeout };
    return sql === true ? migrations.stamp({ ...options, sql }) : migrations.stamp(options);
  },

  script: scriptOf,

  hint: (result, call) => reportRun(result, { command: 'stamp' }, call),
});
