import { knownRows } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { ancestors } from './traversal.js';

/** A revision that `current` prints, and whether anything is newer on its line. */
export interface CurrentRevision {
  readonly id: string;
  /** An effective head is one that another branch depends on; it needs no row of its own. */
  readonly mark: 'head' | 'effective head' | null;
}

/**
 * Where a database is: the newest applied revision of each line, sorted by id. These are the rows, and also revisions
 * that have no row because another branch's row depends on them. Without rows there are no revisions.
 *
 * @throws UnknownVersionRowError
 */
export function currentRevisions(graph: RevisionGraph, rows: readonly string[]): readonly CurrentRevision[] {
  return [...currentTips(graph, rows)].sort().map((id) => {
    const mark = graph.isHead(id) ? (graph.dependentsOf(id).length > 0 ? 'effective head' : 'head') : null;
    return { id, mark };
  });
}

/** The applied revisions that have no applied child. */
export function currentTips(graph: RevisionGraph, rows: readonly string[]): readonly string[] {
  const applied = ancestors(graph, knownRows(graph, rows), 'all');
  return [...applied].filter((id) => !graph.childrenOf(id).some((child) => applied.has(child)));
}

/**
 * Whether every revision is applied. Unlike in Alembic, a head that another branch depends on counts as applied with
 * that branch, although the version table has no row for it.
 */
export function isAtHead(graph: RevisionGraph, rows: readonly string[]): boolean {
  return isSame(rows, graph.realHeads) || isSame(rows, graph.heads);
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return set.size === new Set(others).size && others.every((id) => set.has(id));
}
