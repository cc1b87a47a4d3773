import { defineCommand } from '../definition/define-command.js';
import { text } from '../definition/option.js';
import { oneDatabase } from '../definition/scope.js';

export const rebase = defineCommand({
  name: 'rebase',
  group: 'Write revisions',
  description: 'Hang the revisions that are not published yet behind those that are',
  options: {
    onto: text('--onto <revision>', 'what they shall follow (default: the only published head)'),
    base: text('--base <commit>', "the git commit that is published (default: the remote's default branch)"),
  },
  examples: [
    ['rebase', 'after git merged the default branch into yours'],
    ['rebase --base main --onto ae10', 'behind a revision of another branch'],
  ],
  on: oneDatabase,

  run: ({ migrations, common, given: { onto, base } }) => migrations.rebase({ ...common, onto, base }),

  present: ({ rebased, conflicts, unrecorded }) => [
    ...(rebased.length === 0 ? ['Nothing to move: what is not published stands behind what is.'] : []),
    ...rebased.map(
      ({ revision, from, to }) => `${revision} follows ${to.join(', ')}, and no longer ${from.join(', ')}`,
    ),
    ...conflicts.map(
      ({ revision, with: other, names }) => `Look at ${revision}: ${other} changes ${names.join(', ')} too`,
    ),
    ...unrecorded.map(({ revision }) => `Look at ${revision}: it is not known what it changes`),
  ],
});
