import { OverlappingRevisionsError } from '../errors/revision.errors.js';
import { type RevisionGraph } from './revision-graph.js';

/** Which connections count: only `downRevision`, or `dependsOn` as well. */
export type Connections = 'down revisions' | 'all';

/** The revisions and everything that they stand on, each once. Iterative, since a line may have 20,000 revisions. */
export function ancestors(graph: RevisionGraph, ids: Iterable<string>, connections: Connections): Set<string> {
  return reachable(ids, (id) => (connections === 'all' ? graph.parentsOf(id) : graph.downRevisionsOf(id)));
}

/** The revisions and everything that stands on them. */
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
 * The tips of the revisions and of everything that they stand on: those that no other one stands on. The version table
 * would hold these. Sorted.
 */
export function tipsOf(graph: RevisionGraph, ids: Iterable<string>): readonly string[] {
  const all = ancestors(graph, ids, 'all');
  return [...all].filter((id) => !allChildren(graph, id).some((child) => all.has(child))).sort();
}

/**
 * Checks that none of the revisions stands on another one. The same revision twice is allowed.
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

/** Whether none of the revisions stands on another one. */
export function areIndependent(graph: RevisionGraph, ids: readonly string[]): boolean {
  if (new Set(ids).size < 2) return true;
  return ids.every(notBelow(graph, ids));
}

/** Returns a test for revisions that none of the others stands on. Needs one walk for all of them. */
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
