import { type NewRevision } from '../../commands/new-revision.js';
import { Misuse } from '../definition/misuse.js';
import { flag, names, oneOrMany, type OptionValues, text } from '../definition/option.js';

/** Of a command that writes a revision. */
export const newRevisionOptions = {
  message: text('-m, --message <text>', 'what the revision does, in your words'),
  revId: text('--rev-id <id>', 'the id, instead of a random one'),
  splice: flag('--splice', 'allow it to follow a revision that others follow already'),
  versionPath: text('--version-path <path>', 'folder for the file, where there are several'),
  branchLabel: names('--branch-label <label>', 'label of the branch that it starts (repeatable)'),
  dependsOn: names('--depends-on <revision>', 'revision that must be applied before it (repeatable)'),
};

/** Of a command that writes a revision on top of others. */
export const nextRevisionOptions = {
  sql: flag('--sql', 'ask no database: an empty revision, or with --from-empty the whole schema'),
  head: names('--head <revision>', 'what it follows (default: head; several: a,b or repeated)'),
  ...newRevisionOptions,
};

/** What was given of {@link newRevisionOptions}, as the service takes it. */
export function newRevision(given: OptionValues<typeof newRevisionOptions>): NewRevision {
  const { message, revId, splice, branchLabel, dependsOn, versionPath } = given;
  return { message, revId, splice, branchLabels: oneOrMany(branchLabel), dependsOn: oneOrMany(dependsOn), versionPath };
}

/** What was given of {@link nextRevisionOptions}, as the service takes it. */
export function nextRevision(given: OptionValues<typeof nextRevisionOptions>): NewRevision {
  return { ...newRevision(given), head: oneOrMany(given.head) };
}

/** @throws Misuse where `--sql` promises to ask no database, which a comparison has to ask. */
export function assertMayAskDatabase({ sql }: OptionValues<typeof nextRevisionOptions>): void {
  if (sql !== true) return;
  throw new Misuse('using --sql with --autogenerate does not make any sense: what is in the database is read from it');
}
