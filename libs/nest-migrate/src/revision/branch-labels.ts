import { DuplicateBranchLabelError } from '../errors/revision.errors.js';
import { type RevisionGraph } from './revision-graph.js';
import { type Revision } from './revision-node.js';
import { allChildren } from './traversal.js';

/**
 * The revision that declares each label.
 *
 * @throws DuplicateBranchLabelError where a label is declared twice or is also an id.
 */
export function declaredLabels(revisions: readonly Revision[]): ReadonlyMap<string, string> {
  const ids = new Set(revisions.map(({ id }) => id));
  const declaredBy = new Map<string, string>();
  for (const { id, branchLabels } of revisions) {
    for (const label of new Set(branchLabels)) {
      const usedBy = ids.has(label) ? label : declaredBy.get(label);
      if (usedBy !== undefined) throw new DuplicateBranchLabelError(label, id, usedBy);
      declaredBy.set(label, id);
    }
  }
  return declaredBy;
}

/**
 * The labels that each revision carries: its own and those of every revision below it by `downRevision`. On a plain
 * line (one that nothing branches off from, up to its head) a label also names the revisions below it, down to the next
 * branch or merge point, as in Alembic.
 */
export function spreadLabels(graph: RevisionGraph): ReadonlyMap<string, readonly string[]> {
  const carried = new Map<string, readonly string[]>();
  if (graph.revisions.every(({ branchLabels }) => branchLabels.length === 0)) return carried;
  const carry = (id: string, labels: readonly string[]): void => {
    if (labels.length > 0) carried.set(id, labels);
  };
  for (const id of graph.oldestFirst) {
    const inherited = graph.downRevisionsOf(id).map((down) => carried.get(down) ?? []);
    carry(id, union([...inherited, graph.get(id).branchLabels.toSorted()]));
  }
  for (const head of graph.heads) {
    // from a head down, all revisions of a plain line carry the labels of the head
    for (let id: string | undefined = head; id !== undefined && isOnPlainLine(graph, id);) {
      carry(id, carried.get(head) ?? []);
      [id] = graph.downRevisionsOf(id);
    }
  }
  return carried;
}

/**
 * A name for each of the revisions that can stand before an `@`: a label that none of the others carries, else its id.
 */
export function branchNames(graph: RevisionGraph, ids: readonly string[]): readonly string[] {
  const labels = new Map(ids.map((id) => [id, graph.has(id) ? graph.labelsOf(id) : []]));
  return ids.map((id) => {
    const others = ids.filter((other) => other !== id).flatMap((other) => labels.get(other) ?? []);
    return labels.get(id)?.find((label) => !others.includes(label)) ?? id;
  });
}

/**
 * The union of sorted lists. Where only one is not empty, returns that list itself: most revisions only pass labels on.
 */
function union(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists.filter((list) => list.length > 0);
  return others.length === 0 ? first : [...new Set([first, ...others].flat())].sort();
}

/** Whether a revision neither merges nor branches. A dependent counts as a branch too. */
function isOnPlainLine(graph: RevisionGraph, id: string): boolean {
  return !graph.isMergePoint(id) && allChildren(graph, id).length <= 1;
}
