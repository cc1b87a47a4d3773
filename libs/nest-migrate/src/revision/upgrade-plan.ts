import { AmbiguousStartError, RelativeRevisionError, WalkedTooFarError } from '../errors/revision.errors.js';
import { branchNames } from './branch-labels.js';
import { onBranch } from './look-up.js';
import { type PlannedStep } from './planned-step.js';
import { anchoredPlace, isAnchored, knownRows, resolvePlaces, resolveRevision } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { planSteps } from './row-changes.js';
import { type RelativeSymbol } from './symbol.js';
import { isTarget, type Start, type Target } from './target.js';
import { newestFirst } from './newest-first.js';
import { ancestors, checkIndependent } from './traversal.js';
import { BASE, type Place, walk } from './walk.js';

/**
 * The steps from where a database is up to a target. None where the target is applied already, or is base.
 *
 * @param rows The version table's rows.
 * @param target `+N` and `ae10+N` included, or several targets without steps.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * RelativeRevisionError | WalkedTooFarError | AmbiguousWalkError | AmbiguousStartError
 * @throws OverlappingRevisionsError where targets, or rows, stand on one another.
 * @throws UnknownVersionRowError | DuplicateVersionRowError
 * @example
 * planUpgrade(graph, [], HEADS).map(({ revision }) => revision); // ['ae10', '27c6']
 */
export function planUpgrade(
  graph: RevisionGraph,
  rows: readonly string[],
  target: Target | readonly Target[],
): readonly PlannedStep[] {
  const targets = upgradeTargets(graph, target, { start: rows });
  checkIndependent(graph, targets);
  checkIndependent(graph, knownRows(graph, rows));
  // as a boot nearly always finds it, also of a history of thousands
  if (targets.every((id) => rows.includes(id))) return [];
  const applied = ancestors(graph, rows, 'all');
  const required = ancestors(graph, targets, 'all');
  const needed = new Set([...required].filter((id) => !applied.has(id)));
  const ordered = [...newestFirst(graph, needed, targets)].reverse();
  return planSteps(
    graph,
    rows,
    ordered.map((revision) => ({ direction: 'upgrade', revision })),
  );
}

/** The revisions that the upper end of an upgrade or of a history range denotes. */
export function upgradeTargets(
  graph: RevisionGraph,
  target: Target | readonly Target[],
  { start, clamp = false }: { readonly start: Start; readonly clamp?: boolean },
): readonly string[] {
  const targets = [target].flat();
  const [first] = targets;
  const places: readonly Place[] =
    targets.length === 1 && first.kind === 'relative'
      ? [relativePlace(graph, first, { start, clamp })]
      : targets.flatMap((one) => resolvePlaces(graph, one));
  return places.map((place) => {
    if (place === null || place === BASE) throw new WalkedTooFarError(targets.map(({ text }) => text).join(' '));
    return place;
  });
}

/**
 * Where `+N`, `ae10+N` or `ae10-N` leads; `null` past the end.
 *
 * @param options.clamp Whether a walk past the last revision stops there instead of throwing.
 */
export function relativePlace(
  graph: RevisionGraph,
  symbol: RelativeSymbol,
  { start, clamp }: { readonly start: Start; readonly clamp?: boolean },
): Place {
  if (isAnchored(symbol)) return anchoredPlace(graph, symbol, { clamp });
  const { branch, steps, written, text } = symbol;
  if (steps <= 0) throw new RelativeRevisionError(text, written);
  const place = walk(graph, placeToStart(graph, symbol, start), { steps, branch, clamp });
  if (place === null) throw new RelativeRevisionError(text, written);
  return place;
}

/** The single place that `+N` counts from. */
function placeToStart(graph: RevisionGraph, { branch, text }: RelativeSymbol, start: Start): string | typeof BASE {
  if (isTarget(start) && branch === undefined) return resolveRevision(graph, start) ?? BASE;
  const starts = isTarget(start) || branch !== undefined ? startsOnBranch(graph, start, branch ?? '') : start;
  const [from, ...others] = starts;
  if (others.length > 0) throw new AmbiguousStartError(text, 'upgrade', starts, branchNames(graph, starts));
  if (from === undefined) return BASE;
  return knownRows(graph, [from])[0];
}

/**
 * The rows of a branch. Without any: the tips of what is applied of it as another branch's dependency, else none, for
 * base.
 */
function startsOnBranch(graph: RevisionGraph, start: Start, branch: string): readonly string[] {
  const places = isTarget(start) ? resolvePlaces(graph, start) : knownRows(graph, start);
  const ids = places.filter((place) => typeof place === 'string');
  const ofBranch = onBranch(graph, ids, branch);
  if (ofBranch.length > 0) return ofBranch;
  const applied = onBranch(graph, [...ancestors(graph, ids, 'all')], branch);
  const carrying = new Set(applied.flatMap((id) => graph.parentsOf(id)));
  return applied.filter((id) => !carrying.has(id));
}
