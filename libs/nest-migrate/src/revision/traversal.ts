import { OverlappingRevisionsError } from '../errors/revision.errors.js';
import { type RevisionGraph } from './revision-graph.js';

/** Which connections count: `downRevision` alone, or `dependsOn` as well. */
export type Connections = 'down revisions' | 'all';

/** The revisions themselves and all that they stand on. Each once; iterative, since a line may be 20,000 long. */
export function ancestors(graph: RevisionGraph, ids: Iterable<string>, connections: Connections): Set<string> {
  return reachable(ids, (id) => (connections === 'all' ? graph.parentsOf(id) : graph.downRevisionsOf(id)));
}

/** The revisions themselves and all that stand on them. */
export function descendants(graph: RevisionGraph, ids: Iterable<string>, connections: Connections): Set<string> {
  return reachable(ids, (id) => (connections === 'all' ? allChildren(graph, id) : graph.childrenOf(id)));
}

/** Children and dependents; a revision that is both counts once. */
export function allChildren(graph: RevisionGraph, id: string): readonly string[] {
  const children = graph.childrenOf(id);
  const dependents = graph.dependentsOf(id);
  return dependents.length === 0 ? children : [...new Set([...children, ...dependents])];
}

function reachable(start: Iterable<string>, next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(start);
  const todo = [...seen];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const other of next(id)) {
      if (seen.has(other)) continue;
      seen.add(other);
      todo.push(other);
    }
  }
  return seen;
}

/**
 * Checks that no revision stands on another of them; the same one twice is no offence.
 *
 * @throws OverlappingRevisionsError
 */
export function checkIndependent(graph: RevisionGraph, ids: readonly string[]): void {
  const below = ancestors(
    graph,
    ids.flatMap((id) => graph.parentsOf(id)),
    'all',
  );
  if (!ids.some((id) => below.has(id))) return;
  for (const id of ids) {
    const ownAncestors = ancestors(graph, [id], 'all');
    const overlap = ids.filter((other) => other !== id && ownAncestors.has(other));
    if (overlap.length > 0) throw new OverlappingRevisionsError(id, overlap);
  }
}
