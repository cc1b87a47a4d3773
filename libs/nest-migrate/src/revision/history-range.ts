import {
  HistoryRangeSyntaxError,
  NoBranchLabelError,
  RangeNotAncestorError,
  RevisionNotFoundError,
} from '../errors/revision.errors.js';
import { relativeDestination } from './downgrade-plan.js';
import { isCurrent, knownRows, resolvePlaces, resolveRevision } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { newestFirst } from './newest-first.js';
import { anchorSymbol, baseSymbol, HEADS, revisionSymbol } from './symbol.js';
import { isTarget, type Start, type Target } from './target.js';
import { ancestors, checkIndependent, descendants } from './traversal.js';
import { upgradeTargets } from './upgrade-plan.js';
import { BASE, type Place } from './walk.js';

/** The revisions of a range, newest first, and warnings about it. */
export interface RangeRevisions {
  readonly ids: readonly string[];
  readonly warnings: readonly string[];
}

/** `[start]:[end]`, both inclusive. The defaults are base and the heads. */
export interface HistoryRange {
  readonly start?: Target;
  readonly end?: Target;
}

/**
 * Reads the two ends of a range. Without a text the range includes everything.
 *
 * @param read Reads the target of one end.
 * @throws HistoryRangeSyntaxError, and what `read` throws.
 */
export function readRange(
  text: string | undefined,
  read: (target: string, end: 'history start' | 'history end') => Target,
): HistoryRange {
  const [start, end, ...rest] = text === undefined ? ['', ''] : text.trim().split(':');
  if (start === undefined || end === undefined || rest.length > 0) throw new HistoryRangeSyntaxError(text ?? '');
  const range = {
    start: start === '' ? undefined : read(start, 'history start'),
    end: end === '' ? undefined : read(end, 'history end'),
  };
  // an @ without a branch, where a branch would limit the range
  if (start.startsWith('@')) throw new RevisionNotFoundError('');
  return range;
}

/**
 * The revisions of a range, newest first. `-9:current` with several rows counts from the first of them, with a warning.
 *
 * @param rows The version table's rows, for a start or end of `current`. No rows: that end is open.
 * @throws RangeNotAncestorError | NoBranchLabelError, and what a target can throw.
 * @example
 * const range = readRange('ae10:+2', (text) => readTarget(graph, text));
 * revisionsOfRange(graph, range).ids; // ['5fb1', '27c6', 'ae10']
 */
export function revisionsOfRange(
  graph: RevisionGraph,
  { start = baseSymbol(), end = HEADS }: HistoryRange,
  rows?: readonly string[],
): RangeRevisions {
  const isOpen = rows === undefined || rows.length === 0;
  if (rows !== undefined && isCurrent(end)) {
    return inRange(graph, { lower: start, upper: isOpen ? HEADS : rows.map((row) => revisionSymbol(row)) });
  }
  if (rows !== undefined && isCurrent(start)) {
    return inRange(graph, { lower: isOpen ? baseSymbol() : rows, upper: end });
  }
  return inRange(graph, { lower: start, upper: end });
}

export interface Range {
  /** A target, or full ids. */
  readonly lower: Start;
  readonly upper: Target | readonly Target[];
  /** Also include what the upper end stands on and the lower end does not: other bases, dependencies. */
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
    new RangeNotAncestorError(
      isTarget(lower) ? lower.text : lower.join(', '),
      [upper]
        .flat()
        .map(({ text }) => text)
        .join(', '),
    );

  const targets = ofBranch(graph, upgradeTargets(graph, upper, { start: lower, clamp: true }), lower);
  checkIndependent(graph, targets);
  const required = ancestors(graph, targets, 'all');
  const found = lowerPlaces(graph, lower);
  if (!implicitBase && found.some((place) => place !== null && !(place !== BASE && required.has(place)))) {
    throw notAncestor();
  }
  const { starts, warnings } = found[0] === null ? startBelow(graph, lower, upper) : { starts: found, warnings: [] };
  const ids = starts.filter((place) => typeof place === 'string');
  if (ids.length < starts.length) throw notAncestor();

  checkIndependent(graph, ids);
  const below = ancestors(graph, ids, 'all');
  const above = ids.length > 0 && !implicitBase ? descendants(graph, ids, 'down revisions') : undefined;
  const isWanted = (id: string): boolean => !below.has(id) && above?.has(id) !== false;
  const wanted = new Set([...required].filter(isWanted));
  if (!exclusive) for (const id of ids) wanted.add(id);
  const ordered = newestFirst(graph, wanted, targets);
  // the rest can be reached only through revisions outside of the range
  if (ordered.length < wanted.size) throw notAncestor();
  return { ids: ordered, warnings };
}

function lowerPlaces(graph: RevisionGraph, lower: Start): readonly Place[] {
  return isTarget(lower) ? resolvePlaces(graph, lower) : knownRows(graph, lower);
}

/** A start of `-N` that leads below base begins at base, if the end is one revision to count from. */
function startBelow(
  graph: RevisionGraph,
  lower: Start,
  upper: Range['upper'],
): { readonly starts: readonly Place[]; readonly warnings: readonly string[] } {
  if (!isTarget(lower) || lower.kind !== 'relative') return { starts: [], warnings: [] };
  const start = 'kind' in upper ? upper : upper.map(({ text }) => text);
  const { place } = relativeDestination(graph, lower, { start, clamp: true });
  const ends = isTarget(start) ? [] : [...new Set(start)];
  const warnings = ends.length > 1 ? [countsFromFirst(lower.text, ends)] : [];
  return { starts: place === BASE ? [] : [place], warnings };
}

/** The warning for a `-N` at the start of a range that could count from several rows. */
export function countsFromFirst(steps: string, [first = '', ...others]: readonly string[]): string {
  return (
    `history ${steps}:current is ambiguous: it counts from '${first}' and not from '${others.join("' or '")}'. ` +
    `Name the revision to count from, as in ${first}${steps}:current.`
  );
}

/**
 * A start of `X@…` keeps only revisions that carry the branch label X. Where X is a revision, its only label counts.
 */
function ofBranch(graph: RevisionGraph, targets: readonly string[], lower: Start): readonly string[] {
  if (!isTarget(lower) || lower.branch === undefined) return targets;
  const { branch } = lower;
  const revision = resolveRevision(graph, anchorSymbol(branch));
  if (revision !== branch) return targets.filter((id) => graph.labelsOf(id).includes(branch));
  const labels = graph.labelsOf(revision);
  const [label] = labels;
  if (label === undefined || labels.length > 1) throw new NoBranchLabelError(revision, labels);
  return targets.filter((id) => graph.labelsOf(id).includes(label));
}
