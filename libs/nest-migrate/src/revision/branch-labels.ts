import { DuplicateBranchLabelError } from '../errors/revision.errors.js';
import { type RevisionGraph } from './revision-graph.js';
import { type Revision } from './revision.js';
import { allChildren } from './traversal.js';

/**
 * Which revision declares each label.
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
 * The labels that each revision carries: its own and those of every revision below it by `downRevision`. A label on a
 * plain line, where nothing branches off above it, also names the line below it, down to the next branch or merge
 * point, as in Alembic.
 */
export function spreadLabels(graph: RevisionGraph): ReadonlyMap<string, readonly string[]> {
  const carried = new Map<string, readonly string[]>();
  const carry = (id: string, labels: readonly string[]): void => {
    if (labels.length > 0) carried.set(id, labels);
  };
  for (const id of graph.oldestFirst) {
    const inherited = graph.downRevisionsOf(id).map((down) => carried.get(down) ?? []);
    carry(id, union([...inherited, graph.get(id).branchLabels.toSorted()]));
  }
  for (const head of graph.heads) {
    // down from a head all revisions of a plain line carry what the head does
    for (let id: string | undefined = head; id !== undefined && isOnPlainLine(graph, id);) {
      carry(id, carried.get(head) ?? []);
      [id] = graph.downRevisionsOf(id);
    }
  }
  return carried;
}

/** What each of some revisions may be called before an `@`: a label that no other of them carries, else its id. */
export function branchNames(graph: RevisionGraph, ids: readonly string[]): readonly string[] {
  const labels = new Map(ids.map((id) => [id, graph.has(id) ? graph.labelsOf(id) : []]));
  return ids.map((id) => {
    const others = ids.filter((other) => other !== id).flatMap((other) => labels.get(other) ?? []);
    return labels.get(id)?.find((label) => !others.includes(label)) ?? id;
  });
}

/** Of sorted lists, which is one of them where the others are empty: most revisions only pass labels on. */
function union(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists.filter((list) => list.length > 0);
  return others.length === 0 ? first : [...new Set([first, ...others].flat())].sort();
}

/** Neither merges nor branches, where a dependent branches off as well. */
function isOnPlainLine(graph: RevisionGraph, id: string): boolean {
  return !graph.isMergePoint(id) && allChildren(graph, id).length <= 1;
}
