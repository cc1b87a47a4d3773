import {
  HistoryRangeSyntaxError,
  NoBranchLabelError,
  RangeNotAncestorError,
  RevisionNotFoundError,
} from '../errors/revision.errors.js';
import { downgradeDestination } from './downgrade-plan.js';
import { knownRows, resolvePlaces, resolveRevision, symbolsOf } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { newestFirst } from './newest-first.js';
import { ancestors, checkIndependent, descendants } from './traversal.js';
import { upgradeTargets } from './upgrade-plan.js';
import { BASE, type Place } from './walk.js';

/** What a range denotes, newest first, and what is worth a word. */
export interface RangeRevisions {
  readonly ids: readonly string[];
  readonly warnings: readonly string[];
}

/** The revisions of {@link revisionsOfRange} alone. */
export function historyRange(
  graph: RevisionGraph,
  range: string | undefined,
  rows?: readonly string[],
): readonly string[] {
  return revisionsOfRange(graph, range, rows).ids;
}

/**
 * The revisions of a range, newest first. `-9:current` with several rows counts from the first of them, with a warning.
 *
 * @param range `[start]:[end]`, both inclusive; the defaults are `base` and `heads`. Without a range everything.
 * @param rows The version table's rows, for a start or end of `current`. No rows: that end is open.
 * @throws HistoryRangeSyntaxError | RangeNotAncestorError | NoBranchLabelError, and what a symbol can throw.
 * @example
 * revisionsOfRange(graph, 'ae10:+2').ids; // ['5fb1', '27c6', 'ae10']
 */
export function revisionsOfRange(
  graph: RevisionGraph,
  range: string | undefined,
  rows?: readonly string[],
): RangeRevisions {
  const [start, end, ...rest] = range === undefined ? ['', ''] : range.trim().split(':');
  if (start === undefined || end === undefined || rest.length > 0) throw new HistoryRangeSyntaxError(range ?? '');
  const current = rows ?? [];
  if (rows !== undefined && end === 'current') {
    return inRange(graph, { lower: start || 'base', upper: current.length > 0 ? current : 'heads' });
  }
  if (rows !== undefined && start === 'current') {
    return inRange(graph, { lower: current.length > 0 ? current : 'base', upper: end || 'heads' });
  }
  return inRange(graph, { lower: start || 'base', upper: end || 'heads' });
}

export interface Range {
  /** A symbol, or full ids. */
  readonly lower: string | readonly string[];
  readonly upper: string | readonly string[];
  /** Also what the upper end stands on and the lower end does not: other bases, dependencies. */
  readonly implicitBase?: boolean;
  /** Leave out the lower end itself. */
  readonly exclusive?: boolean;
}

/** The revisions from a lower end up to an upper end, newest first. */
export function between(graph: RevisionGraph, range: Range): readonly string[] {
  return inRange(graph, range).ids;
}

function inRange(graph: RevisionGraph, range: Range): RangeRevisions {
  const { lower, upper, implicitBase = false, exclusive = false } = range;
  const notAncestor = (): RangeNotAncestorError =>
    new RangeNotAncestorError(symbolsOf(lower).join(', '), symbolsOf(upper).join(', '));

  const targets = ofBranch(graph, upgradeTargets(graph, upper, { start: lower, clamp: true }), lower);
  checkIndependent(graph, targets);
  const required = ancestors(graph, targets, 'all');
  const found = lowerPlaces(graph, lower);
  if (!implicitBase && found.some((place) => place !== null && !(place !== BASE && required.has(place)))) {
    throw notAncestor();
  }
  const { starts, warnings } = found[0] === null ? startBelow(graph, range) : { starts: found, warnings: [] };
  const ids = starts.filter((place) => typeof place === 'string');
  if (ids.length < starts.length) throw notAncestor();

  checkIndependent(graph, ids);
  const below = ancestors(graph, ids, 'all');
  const above = ids.length > 0 && !implicitBase ? descendants(graph, ids, 'down revisions') : undefined;
  const isWanted = (id: string): boolean => !below.has(id) && above?.has(id) !== false;
  const wanted = new Set([...required].filter(isWanted));
  if (!exclusive) for (const id of ids) wanted.add(id);
  const ordered = newestFirst(graph, wanted, targets);
  // what is left can be reached only through revisions outside of the range
  if (ordered.length < wanted.size) throw notAncestor();
  return { ids: ordered, warnings };
}

function lowerPlaces(graph: RevisionGraph, lower: Range['lower']): readonly Place[] {
  return typeof lower === 'string' ? resolvePlaces(graph, lower) : knownRows(graph, lower);
}

/** A start of `-N` that leads below the base begins at the base, if the end is one revision to count from. */
function startBelow(
  graph: RevisionGraph,
  { lower, upper }: Range,
): { readonly starts: readonly Place[]; readonly warnings: readonly string[] } {
  const target = symbolsOf(lower).join(' ');
  const { place } = downgradeDestination(graph, upper, { target, clamp: true });
  const ends = [...new Set(symbolsOf(upper))];
  const warnings = ends.length > 1 ? [countsFromFirst(target, ends)] : [];
  return { starts: place === BASE ? [] : [place], warnings };
}

/** What to say where `-N` at the start of a range could count from several rows. */
export function countsFromFirst(steps: string, [first = '', ...others]: readonly string[]): string {
  return (
    `history ${steps}:current is ambiguous: it counts from '${first}' and not from '${others.join("' or '")}'. ` +
    `Name the revision to count from, as in ${first}${steps}:current.`
  );
}

/** A start of `X@…` leaves only what carries X for a branch label, or X's only label where X is a revision. */
function ofBranch(graph: RevisionGraph, targets: readonly string[], lower: Range['lower']): readonly string[] {
  if (typeof lower !== 'string' || !lower.includes('@')) return targets;
  const name = lower.slice(0, lower.indexOf('@'));
  if (name === '') throw new RevisionNotFoundError(name);
  const revision = resolveRevision(graph, name);
  if (revision !== name) return targets.filter((id) => graph.labelsOf(id).includes(name));
  const labels = graph.labelsOf(revision);
  const [label] = labels;
  if (label === undefined || labels.length > 1) throw new NoBranchLabelError(revision, labels);
  return targets.filter((id) => graph.labelsOf(id).includes(label));
}
