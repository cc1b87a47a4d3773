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

/** Of revisions and all that they stand on, those that none of them stands on: what the version table says of them. Sorted. */
export function tipsOf(graph: RevisionGraph, ids: Iterable<string>): readonly string[] {
  const all = ancestors(graph, ids, 'all');
  return [...all].filter((id) => !allChildren(graph, id).some((child) => all.has(child))).sort();
}

/**
 * Checks that no revision stands on another of them; the same one twice is no offence.
 *
 * @throws OverlappingRevisionsError
 */
export function checkIndependent(graph: RevisionGraph, ids: readonly string[]): void {
  if (areIndependent(graph, ids)) return;
  const above = descendants(
    graph,
    ids.flatMap((id) => allChildren(graph, id)),
    'all',
  );
  const [upper = ''] = ids.filter((id) => above.has(id));
  const below = ancestors(graph, [upper], 'all');
  throw new OverlappingRevisionsError(
    upper,
    ids.filter((id) => id !== upper && below.has(id)),
  );
}

/** Whether no revision stands on another of them. */
export function areIndependent(graph: RevisionGraph, ids: readonly string[]): boolean {
  return ids.every(notBelow(graph, ids));
}

/** Tells of a revision whether none of the others stands on it. One walk for all of them. */
export function notBelow(
  graph: RevisionGraph,
  ids: readonly string[],
  connections: Connections = 'all',
): (id: string) => boolean {
  const parents = (id: string): readonly string[] =>
    connections === 'all' ? graph.parentsOf(id) : graph.downRevisionsOf(id);
  const below = ancestors(graph, ids.flatMap(parents), connections);
  return (id) => !below.has(id);
}
