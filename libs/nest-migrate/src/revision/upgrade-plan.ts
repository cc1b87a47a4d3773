import {
  AmbiguousStartError,
  RangeNotAllowedError,
  RelativeRevisionError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { branchNames } from './branch-labels.js';
import { inLineageOf, parse } from './look-up.js';
import { type PlannedStep } from './planned-step.js';
import { knownRows, resolvePlaces, resolveRevision, symbolsOf } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { planSteps } from './row-changes.js';
import { type RevisionSymbol } from './symbol.js';
import { newestFirst } from './newest-first.js';
import { ancestors, checkIndependent } from './traversal.js';
import { BASE, type Place, walk } from './walk.js';

/**
 * The steps from where a database stands up to a target. None where the target is applied already, or is base.
 *
 * @param rows The version table's rows.
 * @param target A symbol, `+N` and `ae10+N` included, or several without such.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * RelativeRevisionError | WalkedTooFarError | AmbiguousWalkError | AmbiguousStartError | RangeNotAllowedError
 * @throws OverlappingRevisionsError where targets, or rows, stand on one another.
 * @throws UnknownVersionRowError | DuplicateVersionRowError
 * @example
 * planUpgrade(graph, [], 'head').map(({ revision }) => revision); // ['ae10', '27c6']
 */
export function planUpgrade(
  graph: RevisionGraph,
  rows: readonly string[],
  target: string | readonly string[],
): readonly PlannedStep[] {
  if (typeof target === 'string' && target.includes(':')) throw new RangeNotAllowedError(target);
  const targets = upgradeTargets(graph, target, { start: rows });
  checkIndependent(graph, targets);
  checkIndependent(graph, knownRows(graph, rows));
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

export interface UpgradeStart {
  /** What `+N` counts from: rows, or for a history range the symbol that it begins with. */
  readonly start: string | readonly string[];
  /** `+N` stops at the last revision instead of being an error. */
  readonly clamp?: boolean;
}

/** The revisions that the upper end of an upgrade or of a history range denotes. */
export function upgradeTargets(
  graph: RevisionGraph,
  target: string | readonly string[],
  { start, clamp = false }: UpgradeStart,
): readonly string[] {
  const parsed = typeof target === 'string' ? parse(graph, target) : undefined;
  const places: readonly Place[] =
    parsed?.kind === 'relative'
      ? [relativePlace(graph, parsed, { start, clamp })]
      : symbolsOf(target).flatMap((symbol) => resolvePlaces(graph, symbol));
  return places.map((place) => {
    if (place === null || place === BASE) throw new WalkedTooFarError(symbolsOf(target).join(' '));
    return place;
  });
}

/** Where `+N`, `ae10+N` or `ae10-N` leads; `null` past the end. */
export function relativePlace(
  graph: RevisionGraph,
  symbol: RevisionSymbol & { kind: 'relative' },
  { start, clamp }: UpgradeStart,
): Place {
  const { anchor, branch, steps, written } = symbol;
  if (anchor !== undefined) {
    // the branch filters the way up; on the way down, where there is but one, it only says which revision is meant
    if (steps > 0) return walk(graph, resolveRevision(graph, anchor) ?? BASE, { steps, branch, clamp });
    const from = branch === undefined ? anchor : `${branch}@${anchor}`;
    return walk(graph, resolveRevision(graph, from) ?? BASE, { steps, clamp });
  }
  const text = branch === undefined ? written : `${branch}@${written}`;
  if (steps <= 0) throw new RelativeRevisionError(text, written);
  const starts = branch === undefined ? symbolsOf(start) : startsOnBranch(graph, start, branch);
  const [from, ...others] = starts;
  if (from !== undefined && others.length > 0) {
    throw new AmbiguousStartError(text, 'upgrade', starts, branchNames(graph, starts));
  }
  const place = walk(graph, from === undefined ? BASE : startingPlace(graph, from, start), { steps, branch, clamp });
  if (place === null) throw new RelativeRevisionError(text, written);
  return place;
}

function startingPlace(graph: RevisionGraph, from: string, start: UpgradeStart['start']): string | typeof BASE {
  if (typeof start !== 'string') knownRows(graph, [from]);
  return resolveRevision(graph, from) ?? BASE;
}

/** The rows of a branch; else the tips of what is applied of it, as another branch's dependency; else none, for base. */
function startsOnBranch(graph: RevisionGraph, start: UpgradeStart['start'], branch: string): readonly string[] {
  const places = typeof start === 'string' ? resolvePlaces(graph, start) : knownRows(graph, start);
  const ids = places.filter((place) => typeof place === 'string');
  const onBranch = inLineageOf(graph, ids, branch);
  if (onBranch.length > 0) return onBranch;
  const applied = inLineageOf(graph, [...ancestors(graph, ids, 'all')], branch);
  const carrying = new Set(applied.flatMap((id) => graph.parentsOf(id)));
  return applied.filter((id) => !carrying.has(id));
}
