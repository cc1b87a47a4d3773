import { AmbiguousStartError } from '../errors/revision.errors.js';
import { keepToBranch } from './branch-bounds.js';
import { branchNames } from './branch-labels.js';
import { type DowngradePlan, planDowngrade } from './downgrade-plan.js';
import { parse } from './look-up.js';
import { oneStepBelow } from './merge-step.js';
import { requested } from './requested.js';
import { type RevisionGraph } from './revision-graph.js';

/**
 * The plan of a downgrade as somebody asked for it. Beside what {@link planDowngrade} does, as Alembic does it: `-1` with
 * several rows is refused, since it would undo whichever comes first, and `-1` at a merge undoes the merge.
 *
 * @throws AmbiguousStartError, BeyondBranchError, and what a symbol and `planDowngrade` can throw.
 */
export function requestedDowngrade(graph: RevisionGraph, rows: readonly string[], target: string): DowngradePlan {
  const [asked = target] = requested(graph, target, 'downgrade');
  const { kind, branch, ...rest } = parse(graph, asked);
  const countsFromRow = kind === 'relative' && !('anchor' in rest) && branch === undefined;
  if (countsFromRow && new Set(rows).size > 1) {
    throw new AmbiguousStartError(asked, 'downgrade', rows, branchNames(graph, rows));
  }
  const symbol = oneStepBelow(graph, rows, asked);
  return keepToBranch(graph, rows, { target: symbol, plan: planDowngrade(graph, rows, symbol) });
}
