import { AmbiguousStartError, AmbiguousWalkError } from '../errors/revision.errors.js';
import { keepToBranch } from './branch-bounds.js';
import { branchNames } from './branch-labels.js';
import { type Destination, downgradeDestination, type DowngradePlan, downgradeTo } from './downgrade-plan.js';
import { type RevisionGraph } from './revision-graph.js';
import { revisionSymbol } from './symbol.js';
import { countsFromRows, type Target } from './target.js';
import { notBelow } from './traversal.js';

/**
 * The plan of a downgrade as somebody asked for it. Beside what `planDowngrade` does, as Alembic does it: `-1` with
 * several rows is refused, since it would undo whichever comes first, and `-1` at a merge undoes the merge.
 *
 * @throws AmbiguousStartError, BeyondBranchError, and what `planDowngrade` can throw.
 */
export function requestedDowngrade(graph: RevisionGraph, rows: readonly string[], target: Target): DowngradePlan {
  if (countsFromRows(target) && target.branch === undefined && new Set(rows).size > 1) {
    throw new AmbiguousStartError(target.text, 'downgrade', rows, branchNames(graph, rows));
  }
  const destination = destinationOf(graph, rows, target);
  return keepToBranch(graph, destination, downgradeTo(graph, rows, destination));
}

/**
 * Where the downgrade leads. `-1` where the newest revision is a merge means to undo the merge and no more, whichever of
 * its parents it would lead to. Alembic finds the walk ambiguous.
 */
function destinationOf(graph: RevisionGraph, rows: readonly string[], target: Target): Destination {
  try {
    return downgradeDestination(graph, rows, target);
  } catch (error) {
    const isOneStep = countsFromRows(target) && target.steps === -1;
    // of several rows without a branch it is unclear from which to count
    const isClear = rows.length < 2 || target.branch !== undefined;
    if (!(error instanceof AmbiguousWalkError) || !isOneStep || !isClear) throw error;
    const { from, candidates } = error;
    // a parent that another parent stands on would take that with it
    const parent = candidates.find(notBelow(graph, candidates, 'down revisions'));
    if (parent === undefined || !rows.includes(from)) throw error;
    return downgradeDestination(graph, rows, revisionSymbol(parent, from));
  }
}
