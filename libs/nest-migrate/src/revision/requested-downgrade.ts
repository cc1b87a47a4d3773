import { AmbiguousStartError, AmbiguousWalkError } from '../errors/revision.errors.js';
import { keepToBranch } from './branch-bounds.js';
import { branchNames } from './branch-labels.js';
import { type Destination, downgradeDestination, type DowngradePlan, downgradeTo } from './downgrade-plan.js';
import { type RevisionGraph } from './revision-graph.js';
import { revisionSymbol } from './symbol.js';
import { countsFromRows, type Target } from './target.js';
import { notBelow } from './traversal.js';

/**
 * The plan of a downgrade that a user asked for. It differs from `planDowngrade` (and so from Alembic) for `-1`: with
 * several rows it is refused, since it would undo whichever row comes first, and at a merge it undoes the merge.
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
 * Where the downgrade leads. Where the newest revision is a merge, `-1` means to undo only the merge, whichever of its
 * parents that leads to. Alembic calls that walk ambiguous.
 */
function destinationOf(graph: RevisionGraph, rows: readonly string[], target: Target): Destination {
  try {
    return downgradeDestination(graph, rows, target);
  } catch (error) {
    const isOneStep = countsFromRows(target) && target.steps === -1;
    // with several rows and no branch it is unclear which row to count from
    const isClear = rows.length < 2 || target.branch !== undefined;
    if (!(error instanceof AmbiguousWalkError) || !isOneStep || !isClear) throw error;
    const { from, candidates } = error;
    // a parent that another parent stands on would undo that other parent too
    const parent = candidates.find(notBelow(graph, candidates, 'down revisions'));
    if (parent === undefined || !rows.includes(from)) throw error;
    return downgradeDestination(graph, rows, revisionSymbol(parent, from));
  }
}
