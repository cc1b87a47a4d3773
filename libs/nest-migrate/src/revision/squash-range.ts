import { RangeNotAncestorError, SquashRangeError } from '../errors/revision.errors.js';
import { newestFirst } from './newest-first.js';
import { type RevisionGraph } from './revision-graph.js';
import { allChildren, ancestors, descendants } from './traversal.js';

/** The place of a squash, and what it replaces. */
export interface SquashPlace {
  readonly downRevision: readonly string[];
  readonly dependsOn: readonly string[];
  readonly branchLabels: readonly string[];
  /** Oldest first, also what squashes among them replace; the last is what the squash ends at. */
  readonly replaces: readonly string[];
  /** The revisions of the graph that are replaced, oldest first. */
  readonly revisions: readonly string[];
}

/**
 * The place of a squash of all revisions from `lower` up to `upper`. Such a range has one entry, through which alone it
 * stands on others by `downRevision`, and one exit, on which alone others stand.
 *
 * @param lower The first revision; `null` for everything that `upper` stands on.
 * @throws RangeNotAncestorError where `upper` does not stand on `lower`; SquashRangeError where there are other ways in
 * or out.
 */
export function squashPlace(graph: RevisionGraph, lower: string | null, upper: string): SquashPlace {
  const below = ancestors(graph, [upper], 'all');
  if (lower !== null && !below.has(lower)) throw new RangeNotAncestorError(lower, upper);
  const above = lower === null ? below : descendants(graph, [lower], 'all');
  const inside = new Set([...below].filter((id) => above.has(id)));
  const revisions = newestFirst(graph, inside, [upper]).toReversed();
  const range = `${lower ?? 'base'}:${upper}`;
  const dependsOn = new Set<string>();
  for (const id of revisions) {
    const standing = allChildren(graph, id).find((child) => !inside.has(child));
    if (id !== upper && standing !== undefined) throw new SquashRangeError(range, id, standing, 'out');
    const stoodOn = graph.downRevisionsOf(id).find((parent) => !inside.has(parent));
    if (id !== lower && stoodOn !== undefined) throw new SquashRangeError(range, id, stoodOn, 'in');
    for (const dependency of graph.dependenciesOf(id)) if (!inside.has(dependency)) dependsOn.add(dependency);
  }
  const downRevision = lower === null ? [] : graph.downRevisionsOf(lower);
  return {
    downRevision,
    dependsOn: [...dependsOn].filter((id) => !downRevision.includes(id)),
    branchLabels: [...new Set(revisions.flatMap((id) => graph.get(id).branchLabels))],
    replaces: [...new Set(revisions.flatMap((id) => [...(graph.get(id).replaces ?? []), id]))],
    revisions,
  };
}
