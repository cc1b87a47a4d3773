import { AmbiguousWalkError } from '../errors/revision.errors.js';
import { downgradeDestination } from './downgrade-plan.js';
import { parse } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';
import { notBelow } from './traversal.js';

/**
 * `-1` where the newest revision is a merge: it means to undo the merge, whichever of its parents it would lead to.
 * Alembic finds the walk ambiguous.
 *
 * @returns A symbol that leads below the merge and no further; the target itself where it is anything else.
 * @example
 * oneStepBelow(graph, ['mrg01'], '-1'); // 'mrg01@bbbb2'
 */
export function oneStepBelow(graph: RevisionGraph, rows: readonly string[], target: string): string {
  const parsed = parse(graph, target);
  if (parsed.kind !== 'relative' || parsed.anchor !== undefined || parsed.steps !== -1) return target;
  // of several rows without a branch it is unclear from which to count
  if (rows.length > 1 && parsed.branch === undefined) return target;
  try {
    downgradeDestination(graph, rows, { target });
  } catch (error) {
    if (!(error instanceof AmbiguousWalkError)) throw error;
    const { from, candidates } = error;
    // a parent that another parent stands on would take that with it
    const parent = candidates.find(notBelow(graph, candidates, 'down revisions'));
    if (parent !== undefined && rows.includes(from)) return `${from}@${parent}`;
  }
  return target;
}
