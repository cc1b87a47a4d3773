import { DuplicateRevisionError, IllegalRevisionIdError, RevisionCycleError } from '../errors/revision.errors.js';
import { type Revision } from './revision-node.js';

/**
 * @throws IllegalRevisionIdError where the id is empty or contains a character that has a meaning in a symbol or to a
 * terminal.
 */
export function checkRevisionId(id: string): void {
  const illegal = [...new Set(id.match(/[@\-+:\p{Cc}]/gu))];
  if (id === '' || illegal.length > 0) throw new IllegalRevisionIdError(id, illegal);
}

/** The checks that need no connections: ids are legal and unique, and no revision stands on itself. */
export function checkRevisions(revisions: readonly Revision[]): void {
  const seen = new Set<string>();
  for (const { id, downRevision, dependsOn } of revisions) {
    if (downRevision.includes(id)) throw new RevisionCycleError('Self-loop', [id]);
    if (dependsOn.includes(id)) throw new RevisionCycleError('Dependency self-loop', [id]);
    checkRevisionId(id);
    if (seen.has(id)) throw new DuplicateRevisionError(id);
    seen.add(id);
  }
}
