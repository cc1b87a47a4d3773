import { defineCommand } from '../definition/define-command.js';
import { names, oneOrMany, text } from '../definition/option.js';
import { oneDatabase } from '../definition/scope.js';
import { rebasedLines, rebaseNotes } from '../present/rebased.js';

export const rebase = defineCommand({
  name: 'rebase',
  group: 'Write revisions',
  description:
    'Hang the revisions that are not published yet behind those that are, proven on scratch databases. Exit code 3 where they conflict',
  options: {
    onto: text('--onto <revision>', 'what they shall follow (default: the only published head)'),
    keep: names(
      '--keep <revision>',
      'its code was looked at, and is right though it names what the base changes (repeatable)',
    ),
    base: text('--base <commit>', "the git commit that is published (default: the remote's default branch)"),
  },
  examples: [
    ['rebase', 'after git merged the default branch into yours'],
    ['rebase --base main --onto ae10', 'behind a revision of another branch'],
  ],
  on: oneDatabase,

  run: ({ migrations, common, given: { onto, base, keep } }) =>
    migrations.rebase({ ...common, onto, base, keep: oneOrMany(keep) }),

  isNo: ({ clean }) => !clean,

  reason({ conflicts: { length } }) {
    return `${length === 1 ? 'One conflict' : `${length} conflicts`}, so no file was changed.`;
  },

  present: rebasedLines,

  hint(result, { terminal, group }) {
    for (const line of rebaseNotes(result, group)) terminal.note(line);
  },
});
