import { differenceWords } from '../../commands/difference-words.js';
import { type RebaseConflict, type RebaseResult } from '../../commands/rebase.js';

/** What `rebase` did, or what is in its way. */
export function rebasedLines({
  clean,
  rebased,
  rewritten,
  conflicts,
  unproven,
  shared,
}: RebaseResult): readonly string[] {
  if (!clean) return conflicts.flatMap(conflictLines);
  if (rebased.length === 0) return ['Nothing to move: what is not published stands behind what is.'];
  const overlap = (id: string): string => {
    const others = shared.filter(({ revision }) => revision === id);
    return others.map(({ with: other, names }) => ` ${other} changes ${names.join(', ')} too.`).join('');
  };
  return [
    ...rebased.map(
      ({ revision, from, to }) => `${revision} follows ${to.join(', ')}, and no longer ${from.join(', ')}`,
    ),
    ...rewritten.map((revision) => `${revision} was written again for the schema that it starts from now`),
    ...unproven.map(({ revision, reason }) => `Look at ${revision}: it was not tried. ${reason}${overlap(revision)}`),
  ];
}

function conflictLines({ revision, path, line, with: others, message }: RebaseConflict): readonly string[] {
  return [`${revision} with ${others.join(', ')}: ${message}`, `  ${path}${line === null ? '' : `:${line}`}`];
}

/** What is to be done next. */
export function rebaseNotes({ clean, missing, conflicts }: RebaseResult, group: string): readonly string[] {
  if (!clean) {
    const isOfText = conflicts.some(({ line }) => line !== null);
    const keep = isOfText ? ` What is right as it is, ${group} rebase --keep <revision> lets be.` : '';
    return [`Edit these revisions for what comes before them now, and rebase again.${keep}`];
  }
  if (missing.length === 0) return [];
  return [`The entities need more: ${differenceWords(missing).join(', ')}. Write it with ${group} migrate.`];
}
