import {
  AmbiguousStartError,
  DowngradeOffBranchError,
  InvalidDowngradeTargetError,
  RangeNotAllowedError,
  RelativeRevisionError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { currentTips } from './current.js';
import { inLineageOf, lookUp, parse } from './look-up.js';
import { type PlannedStep } from './planned-step.js';
import { knownRows, resolveRevision, symbolsOf } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { planSteps } from './row-changes.js';
import { type RevisionSymbol } from './symbol.js';
import { newestFirst } from './newest-first.js';
import { ancestors, descendants } from './traversal.js';
import { BASE, walk } from './walk.js';

/** The steps of a downgrade, and what is worth a word before they run. */
export interface DowngradePlan {
  readonly steps: readonly PlannedStep[];
  readonly warnings: readonly string[];
}

/**
 * The steps from where a database stands down to a target, which stays applied. What other branches have applied goes
 * too where it stands on what goes; what was applied as a dependency stays.
 *
 * @param rows The version table's rows, in the order in which they were read: `-1` counts from the first.
 * @param target A symbol, `-N` and `ae10-N` included.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * RelativeRevisionError | WalkedTooFarError | AmbiguousWalkError | AmbiguousStartError | RangeNotAllowedError
 * @throws InvalidDowngradeTargetError | DowngradeOffBranchError where the target has nothing applied above it.
 * @throws UnknownVersionRowError | DuplicateVersionRowError
 * @example
 * planDowngrade(graph, ['27c6'], '-1').steps.map(({ revision }) => revision); // ['27c6']
 */
export function planDowngrade(graph: RevisionGraph, rows: readonly string[], target: string): DowngradePlan {
  if (target.includes(':')) throw new RangeNotAllowedError(target);
  const destination = downgradeDestination(graph, rows, { target });
  const dropped = revisionsAbove(graph, rows, { ...destination, target });
  const steps = planSteps(
    graph,
    rows,
    newestFirst(graph, dropped, rows).map((revision) => ({ direction: 'downgrade', revision })),
  );
  return { steps, warnings: destination.warnings };
}

/** Where a downgrade leads. */
export interface Destination {
  readonly place: string | typeof BASE;
  /** Of the lines above the place, only the one of this branch goes. */
  readonly branch?: string;
  readonly warnings: readonly string[];
}

/** The applied revisions that must go, so that the destination becomes the newest of its line. */
export function revisionsAbove(
  graph: RevisionGraph,
  rows: readonly string[],
  { place, branch, target }: Omit<Destination, 'warnings'> & { readonly target: string },
): ReadonlySet<string> {
  let roots = place === BASE ? graph.bases : graph.childrenOf(place);
  const branchMatters = roots.length > 1 || (place === BASE && roots.some((id) => isLabelled(graph, id)));
  if (branch !== undefined && branchMatters) {
    const branchLine = ancestors(graph, [lookUp(graph, branch)], 'down revisions');
    roots = roots.filter((id) => branchLine.has(id));
    if (roots.length === 0) throw new DowngradeOffBranchError(target, branch);
  }
  const applied = ancestors(graph, knownRows(graph, rows), 'all');
  const dropped = new Set([...descendants(graph, roots, 'all')].filter((id) => applied.has(id)));
  if (place !== BASE && dropped.size === 0 && !rows.includes(place)) {
    const dependents = graph.dependentsOf(place).filter((id) => applied.has(id));
    throw new InvalidDowngradeTargetError(target, rows, dependents);
  }
  return dropped;
}

/**
 * Where the target of a downgrade, or the relative start of a history range, leads.
 *
 * @param start What `-N` counts from: rows, or for a history range the symbol at its other end.
 */
export function downgradeDestination(
  graph: RevisionGraph,
  start: string | readonly string[],
  { target, clamp = false }: { readonly target: string; readonly clamp?: boolean },
): Destination {
  const parsed = parse(graph, target);
  if (parsed.kind === 'relative') return relativeDestination(graph, start, { parsed, target, clamp });
  // the branch filters what goes, and doesn't have to contain the place
  const symbol = parsed.kind === 'name' ? parsed.name : parsed.kind;
  return { place: resolveRevision(graph, symbol) ?? BASE, branch: parsed.branch, warnings: [] };
}

interface RelativeTarget {
  readonly parsed: RevisionSymbol & { kind: 'relative' };
  readonly target: string;
  readonly clamp: boolean;
}

function relativeDestination(
  graph: RevisionGraph,
  start: string | readonly string[],
  { parsed, target, clamp }: RelativeTarget,
): Destination {
  const { anchor, steps, written } = parsed;
  if (anchor === undefined) {
    if (steps >= 0) throw new RelativeRevisionError(target, written);
    const { from, branch, warnings } = startOfWalk(graph, start, { parsed, target });
    const place = walk(graph, resolveRevision(graph, `${branch}@${from}`) ?? BASE, { steps, clamp });
    if (place === null) throw new RelativeRevisionError(target, written);
    return { place, branch, warnings };
  }
  // the branch filters the way up; on the way down, where there is but one, it only says which revision is meant
  const { branch } = parsed;
  const from = steps >= 0 || branch === undefined ? anchor : `${branch}@${anchor}`;
  const filter = steps >= 0 ? branch : undefined;
  const place = walk(graph, resolveRevision(graph, from) ?? BASE, { steps, branch: filter, clamp });
  if (place === null) throw new WalkedTooFarError(target);
  return { place, branch, warnings: [] };
}

/** What `-N` counts from, and the branch on which it stays: without a label the one of the first row. */
function startOfWalk(
  graph: RevisionGraph,
  start: string | readonly string[],
  { parsed, target }: Omit<RelativeTarget, 'clamp'>,
): { readonly from: string; readonly branch: string; readonly warnings: readonly string[] } {
  const starts = symbolsOf(start);
  if (parsed.branch !== undefined) {
    return { from: rowOnBranch(graph, starts, { parsed, target }), branch: parsed.branch, warnings: [] };
  }
  const [from] = starts;
  if (from === undefined) throw new RelativeRevisionError(target, parsed.written);
  if (typeof start !== 'string') knownRows(graph, [from]);
  return { from, branch: from, warnings: new Set(starts).size > 1 ? [severalRows(target, starts)] : [] };
}

/** The row of a branch; else the tip of what is applied of it as another branch's dependency. */
function rowOnBranch(
  graph: RevisionGraph,
  rows: readonly string[],
  { parsed, target }: Omit<RelativeTarget, 'clamp'>,
): string {
  const { branch = '', written } = parsed;
  let candidates = inLineageOf(graph, knownRows(graph, rows), branch);
  if (candidates.length === 0) candidates = inLineageOf(graph, currentTips(graph, rows), branch);
  const [only, ...others] = candidates;
  if (only === undefined) throw new RelativeRevisionError(target, written);
  if (others.length > 0) throw new AmbiguousStartError(target, 'downgrade', candidates, candidates);
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
