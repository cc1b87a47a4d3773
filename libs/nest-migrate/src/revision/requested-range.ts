import {
  countsFromFirst,
  type HistoryRange,
  type RangeRevisions,
  readRange,
  revisionsOfRange,
} from './history-range.js';
import { newestFirst } from './newest-first.js';
import { isCurrent, knownRows } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { baseSymbol, revisionSymbol } from './symbol.js';
import { countsFromRows, readTarget, targetsFor } from './target.js';
import { BASE, walk } from './walk.js';

/**
 * The range that somebody wrote. Without a text the range is everything.
 *
 * @throws HistoryRangeSyntaxError, and what `targetsFor` throws.
 */
export function rangeFor(graph: RevisionGraph, text: string | undefined): HistoryRange {
  return readRange(text, (target, end) =>
    target === 'current' ? readTarget(graph, target) : targetsFor(graph, target, end)[0],
  );
}

/** Whether a range needs the version table's rows. */
export function asksCurrent({ start, end }: HistoryRange): boolean {
  return [start, end].some((target) => target !== undefined && isCurrent(target));
}

/**
 * The revisions of a range as somebody wrote it, newest first. What Alembic does with `current` is corrected: up to it
 * there is nothing where nothing is applied, and `-3:current` counts from where the database is: with several rows from the
 * first, which the warnings say.
 *
 * @param rows The version table's rows, where {@link asksCurrent}.
 * @throws as `revisionsOfRange`.
 */
export function requestedRange(
  graph: RevisionGraph,
  range: HistoryRange,
  rows: readonly string[] | undefined,
): RangeRevisions {
  const { start, end } = range;
  if (end === undefined || !isCurrent(end)) return revisionsOfRange(graph, range, rows);
  const applied = rows ?? [];
  if (applied.length === 0) return { ids: [], warnings: [] };
  if (start !== undefined && isCurrent(start)) {
    return { ids: newestFirst(graph, new Set(knownRows(graph, applied)), applied), warnings: [] };
  }
  if (start === undefined || !countsFromRows(start)) return revisionsOfRange(graph, range, rows);
  const [row] = knownRows(graph, applied);
  const place = walk(graph, row, { steps: start.steps, clamp: true });
  const below = place === null || place === BASE ? baseSymbol() : revisionSymbol(place);
  const { ids, warnings } = revisionsOfRange(graph, { start: below, end }, rows);
  const distinct = [...new Set(applied)];
  return { ids, warnings: distinct.length > 1 ? [countsFromFirst(start.text, distinct)] : warnings };
}
