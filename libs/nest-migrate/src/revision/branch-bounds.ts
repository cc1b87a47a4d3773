import { BeyondBranchError } from '../errors/revision.errors.js';
import { type Destination, type DowngradePlan } from './downgrade-plan.js';
import { lookUp } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';
import { type Target } from './target.js';
import { ancestors, descendants, tipsOf } from './traversal.js';
import { BASE } from './walk.js';
import { command, worded } from '../errors/wording.js';

/**
 * Adds warnings to a downgrade that undoes more than the line it was asked for, and refuses one that would undo another
 * branch. Revisions of other branches that depend on what is undone have to be undone as well; the warnings name them.
 *
 * @returns The plan, with the warnings.
 * @throws BeyondBranchError where a target of `label@…` would undo another branch that merely stands on the same
 * revisions: `label@base` of a branch that begins at a shared revision. Alembic silently undoes both.
 * @throws RevisionNotOnBranchError where the target is no revision of the branch; Alembic ignores the label then.
 */
export function keepToBranch(
  graph: RevisionGraph,
  { target, place, branch }: Destination,
  plan: DowngradePlan,
): DowngradePlan {
  if (target.kind === 'name' && target.branch !== undefined) lookUp(graph, target.name, target.branch);
  const dropped = plan.steps.flatMap(({ revision }) => revision ?? []);
  // for `-1` the branch is the row that it counts from, and only that one line is undone
  const point = branch === undefined ? undefined : lookUp(graph, branch);
  const below = point === undefined ? undefined : ancestors(graph, [point], 'down revisions');
  const bases = below === undefined ? graph.bases : graph.bases.filter((id) => below.has(id));
  const line = descendants(graph, place === BASE ? bases : [place], 'down revisions');
  const dependents = dropped.filter((id) => !line.has(id));

  if (point !== undefined && below !== undefined) {
    const above = descendants(graph, [point], 'down revisions');
    const others = dropped.filter((id) => line.has(id) && !below.has(id) && !above.has(id));
    if (others.length > 0) {
      throw beyondBranch(graph, {
        target: target.text,
        place: place === BASE ? 'base' : place,
        branch: branch ?? point,
        below,
        others,
      });
    }
  }
  if (dependents.length === 0) return plan;
  return { ...plan, warnings: [...plan.warnings, dependentsWarning(target.text, dependents)] };
}

interface Beyond {
  readonly target: string;
  /** Where the downgrade leads, as a symbol without a branch. */
  readonly place: string;
  readonly branch: string;
  readonly below: ReadonlySet<string>;
  readonly others: readonly string[];
}

function beyondBranch(graph: RevisionGraph, { target, place, branch, below, others }: Beyond): BeyondBranchError {
  const standing = ancestors(graph, others, 'down revisions');
  const fork = graph.oldestFirst.findLast((id) => below.has(id) && standing.has(id)) ?? '';
  return new BeyondBranchError(target, others, {
    does: 'undo',
    because: `both stand on '${fork}'`,
    cure: `Undo the branch alone with ${branch}@${fork}, or all of them with ${place}.`,
  });
}

function dependentsWarning(target: string, dependents: readonly string[]): string {
  const names = dependents.map((id) => `'${id}'`).join(', ');
  return `downgrade ${target} also undoes ${names} of another branch, which ${dependents.length === 1 ? 'depends' : 'depend'} on what goes.`;
}

/**
 * Checks that a stamp of `label@…` keeps what other branches have applied. Alembic deletes the row of a merge, and with
 * it the other branch, or the row of a branch that has another as its dependency.
 *
 * @param after The rows that the stamp would leave.
 * @throws BeyondBranchError naming the stamp that would declare where the database is.
 */
export function checkStampKeepsToBranch(
  graph: RevisionGraph,
  rows: readonly string[],
  { target: { text, branch }, after }: { readonly target: Target; readonly after: readonly string[] },
): void {
  if (branch === undefined) return;
  const point = lookUp(graph, branch);
  const known = rows.filter((id) => graph.has(id));
  const still = ancestors(graph, after, 'all');
  const below = ancestors(graph, [point], 'all');
  const above = descendants(graph, [point], 'all');
  const lost = [...ancestors(graph, known, 'all')].filter((id) => !still.has(id) && !below.has(id) && !above.has(id));
  if (lost.length === 0) return;
  const tips = tipsOf(graph, [...lost, ...still]);
  throw new BeyondBranchError(text, lost.sort(), {
    does: 'forget',
    because: 'the rows that it takes away stand for them too',
    cure: worded`Say what stays, with ${command('stamp', '--purge', ...tips)}.`,
  });
}
