import { optionalWord } from '../definition/argument.js';
import { defineCommand } from '../definition/define-command.js';
import { Misuse } from '../definition/misuse.js';
import { flag, names, oneOrMany, text } from '../definition/option.js';
import { scriptDirectory } from '../definition/scope.js';
import { newRevisionOptions } from '../options/revision-options.js';
import { squashNotes, squashedLines } from '../present/squashed.js';

const { message, revId, versionPath } = newRevisionOptions;

export const squash = defineCommand({
  name: 'squash',
  group: 'Write revisions',
  description: 'Write one revision in the place of several, proven on scratch databases. Exit code 3 where it is not',
  arguments: { range: optionalWord('[start]:[end], both included') },
  options: {
    baseline: flag('--baseline', 'the whole history, so that new databases begin with one revision'),
    elide: names('--elide <revision>', 'leave out what it does to rows (repeatable)'),
    prove: text('--prove <revision>', 'prove a squash that is there, and write the certificate into its file'),
    dryRun: flag('--dry-run', 'make the proof, print what it would write and write nothing'),
    message,
    revId,
    versionPath,
  },
  examples: [
    ['squash b2d6:d441', 'what b2d6 and all up to d441 do, in one revision'],
    ['squash --baseline', 'everything up to head'],
    ['squash b2d6:d441 --dry-run', 'prove it and look at it'],
  ],
  on: scriptDirectory,

  check({ range, baseline = false, prove }) {
    const said = [range !== undefined, baseline, prove !== undefined].filter((is) => is).length;
    if (said === 1) return;
    throw new Misuse(
      said === 0
        ? 'say what to squash: a range, or --baseline'
        : baseline && prove === undefined
          ? '--baseline takes the whole history, and no range'
          : '--prove takes the squash that is there, and nothing else is squashed',
    );
  },

  run({ migrations, common, given }) {
    const { range, message: title, revId: id, versionPath: path, dryRun, elide, prove } = given;
    const about = { range, message: title, revId: id, versionPath: path, dryRun, elide: oneOrMany(elide), prove };
    return migrations.squash({ ...common, ...about });
  },

  isNo: ({ clean }) => !clean,

  reason: (_, { given: { prove } }) =>
    prove === undefined
      ? 'The squash does not do what the revisions do, so it was not written.'
      : `${prove} does not do what the revisions do that it replaces.`,

  present: (result, { terminal, given: { prove } }) =>
    squashedLines(result.clean && prove !== undefined ? { ...result, source: [] } : result, terminal.resultPage),

  hint(result, { terminal, group }) {
    for (const line of squashNotes(result, group)) terminal.note(line);
  },
});
