import {
  AmbiguousStartError,
  DowngradeOffBranchError,
  InvalidDowngradeTargetError,
  RelativeRevisionError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { currentTips } from './current-revisions.js';
import { lookUp, onBranch } from './look-up.js';
import { type PlannedStep } from './planned-step.js';
import { anchoredPlace, isAnchored, knownRows, resolveRevision } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { planSteps } from './row-changes.js';
import { newestFirst } from './newest-first.js';
import { type RelativeSymbol } from './symbol.js';
import { isTarget, type Start, type Target } from './target.js';
import { ancestors, descendants } from './traversal.js';
import { BASE, walk } from './walk.js';

/** The steps of a downgrade, and warnings to show before they run. */
export interface DowngradePlan {
  readonly steps: readonly PlannedStep[];
  readonly warnings: readonly string[];
}

/**
 * The steps from where a database is down to a target, which stays applied. Revisions of other branches that stand on
 * undone ones are undone too. What was applied as a dependency stays.
 *
 * @param rows The version table's rows, in the order in which they were read: `-1` counts from the first.
 * @param target `-N` and `ae10-N` included.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * RelativeRevisionError | WalkedTooFarError | AmbiguousWalkError | AmbiguousStartError
 * @throws InvalidDowngradeTargetError | DowngradeOffBranchError where the target has nothing applied above it.
 * @throws UnknownVersionRowError | DuplicateVersionRowError
 * @example
 * planDowngrade(graph, ['27c6'], targetFor(graph, '-1', 'downgrade')).steps.map(({ revision }) => revision); // ['27c6']
 */
export function planDowngrade(graph: RevisionGraph, rows: readonly string[], target: Target): DowngradePlan {
  return downgradeTo(graph, rows, downgradeDestination(graph, rows, target));
}

/** As {@link planDowngrade}, for a target whose destination is already known. */
export function downgradeTo(graph: RevisionGraph, rows: readonly string[], destination: Destination): DowngradePlan {
  const dropped = revisionsAbove(graph, rows, destination);
  const steps = planSteps(
    graph,
    rows,
    newestFirst(graph, dropped, rows).map((revision) => ({ direction: 'downgrade', revision })),
  );
  return { steps, warnings: destination.warnings };
}

/** Where a downgrade leads. */
export interface Destination {
  readonly target: Target;
  readonly place: string | typeof BASE;
  /** Of the lines above the place, only the line of this branch is undone. */
  readonly branch?: string;
  readonly warnings: readonly string[];
}

/** The applied revisions that must be undone to make the destination the newest of its line. */
export function revisionsAbove(
  graph: RevisionGraph,
  rows: readonly string[],
  { place, branch, target: { text } }: Destination,
): ReadonlySet<string> {
  let roots = place === BASE ? graph.bases : graph.childrenOf(place);
  const branchMatters = roots.length > 1 || (place === BASE && roots.some((id) => isLabelled(graph, id)));
  if (branch !== undefined && branchMatters) {
    const branchLine = ancestors(graph, [lookUp(graph, branch)], 'down revisions');
    roots = roots.filter((id) => branchLine.has(id));
    if (roots.length === 0) throw new DowngradeOffBranchError(text, branch);
  }
  const applied = ancestors(graph, knownRows(graph, rows), 'all');
  const dropped = new Set([...descendants(graph, roots, 'all')].filter((id) => applied.has(id)));
  if (place !== BASE && dropped.size === 0 && !rows.includes(place)) {
    const dependents = graph.dependentsOf(place).filter((id) => applied.has(id));
    throw new InvalidDowngradeTargetError(text, rows, dependents);
  }
  return dropped;
}

/** Where the target of a downgrade leads. */
export function downgradeDestination(graph: RevisionGraph, rows: readonly string[], target: Target): Destination {
  if (target.kind === 'relative') return relativeDestination(graph, target, { start: rows });
  const { kind, branch } = target;
  // the branch limits what is undone; it need not contain the place
  const place = kind === 'name' ? lookUp(graph, target.name) : resolveRevision(graph, { kind, text: kind });
  return { target, place: place ?? BASE, branch, warnings: [] };
}

/**
 * Where the relative target of a downgrade leads, or the relative start of a history range.
 *
 * @param options.start What `-N` counts from.
 * @param options.clamp Whether a walk past base stops there instead of throwing.
 */
export function relativeDestination(
  graph: RevisionGraph,
  target: RelativeSymbol,
  { start, clamp = false }: { readonly start: Start; readonly clamp?: boolean },
): Destination {
  const { steps, written, text } = target;
  if (isAnchored(target)) {
    const place = anchoredPlace(graph, target, { clamp });
    if (place === null) throw new WalkedTooFarError(text);
    return { target, place, branch: target.branch, warnings: [] };
  }
  if (steps >= 0) throw new RelativeRevisionError(text, written);
  const { from, branch, warnings } = startOfWalk(graph, target, start);
  const place = walk(graph, from, { steps, clamp });
  if (place === null) throw new RelativeRevisionError(text, written);
  return { target, place, branch, warnings };
}

interface StartOfWalk extends Pick<Destination, 'branch' | 'warnings'> {
  readonly from: Destination['place'];
}

/** The place that `-N` counts from, and the branch to stay on: without a label that of the first row. */
function startOfWalk(graph: RevisionGraph, target: RelativeSymbol, start: Start): StartOfWalk {
  const { branch, text, written } = target;
  if (isTarget(start)) return { from: resolveRevision(graph, start) ?? BASE, branch, warnings: [] };
  if (branch !== undefined) return { from: rowOnBranch(graph, start, target), branch, warnings: [] };
  const [row] = start;
  if (row === undefined) throw new RelativeRevisionError(text, written);
  knownRows(graph, [row]);
  return { from: row, branch: row, warnings: new Set(start).size > 1 ? [severalRows(text, start)] : [] };
}

/**
 * The row of a branch. Without one: the newest revision of the branch that is applied as another branch's dependency.
 */
function rowOnBranch(
  graph: RevisionGraph,
  rows: readonly string[],
  { branch = '', text, written }: RelativeSymbol,
): string {
  let candidates = onBranch(graph, knownRows(graph, rows), branch);
  if (candidates.length === 0) candidates = onBranch(graph, currentTips(graph, rows), branch);
  const [only, ...others] = candidates;
  if (only === undefined) throw new RelativeRevisionError(text, written);
  if (others.length > 0) throw new AmbiguousStartError(text, 'downgrade', candidates, candidates);
  return only;
}

function severalRows(target: string, rows: readonly string[]): string {
  return (
    `downgrade ${target} from multiple heads is ambiguous: it counts from '${rows[0]}'. ` +
    `Name a branch, as in <branchname>@${target}, or the revision itself.`
  );
}

function isLabelled(graph: RevisionGraph, id: string): boolean {
  return graph.get(id).branchLabels.length > 0;
}
