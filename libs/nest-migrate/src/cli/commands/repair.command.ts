import { type AlteredRevision, describeAltered, proven } from '../../commands/altered-revisions.js';
import { defineCommand } from '../definition/define-command.js';
import { flag } from '../definition/option.js';
import { eachDatabase } from '../definition/scope.js';
import { lockOptions } from '../options/run-options.js';

export const repair = defineCommand({
  name: 'repair',
  group: 'Change the database',
  description: 'Show applied revisions that have changed since; with --accept, let the history say what they are now',
  options: {
    run: flag(
      '--run',
      'run upgrade() of those with another file, twice and without a database, to see whether they do the same',
    ),
    accept: flag('--accept', 'what the scripts say now counts as what was applied'),
    ...lockOptions,
  },
  examples: [
    ['repair', 'which applied revisions have changed since; exit code 3 where one has'],
    ['repair --run', 'where their text does not tell: whether they do the same'],
    ['repair --accept', 'what they say now counts as what was applied'],
  ],
  on: eachDatabase,

  run: ({ migrations, common, given: { accept, run, lockWaitTimeout } }) =>
    migrations.repair({ ...common, accept, run, lockWaitTimeout }),

  isNo: ({ altered }, { accept }) => accept !== true && altered.some(({ alteration }) => alteration !== 'equivalent'),

  present: ({ altered }) => altered.map(describeAltered),

  hint({ altered, accepted }, { given, terminal, group }) {
    if (altered.length === 0) terminal.note('Nothing to repair: every applied revision is what it was.');
    else if (given.accept === true) terminal.note(`Accepted: the history has a new line for ${accepted.join(', ')}.`);
    else terminal.note(cureOf(altered, group, given.run === true));
  },
});

function cureOf(altered: readonly AlteredRevision[], group: string, hasRun: boolean): string {
  const accept = `${group} repair ${hasRun ? '--run ' : ''}--accept`;
  if (altered.every(({ alteration }) => alteration === 'equivalent'))
    return `Nothing has to be done. To have the history know these files: ${accept}`;
  if (proven(altered).length > 0 || hasRun) return `Put back what was applied, or accept what is there now: ${accept}`;
  return `To see whether they do the same, which runs their upgrade(): ${group} repair --run. To accept them as they are: ${accept}`;
}
