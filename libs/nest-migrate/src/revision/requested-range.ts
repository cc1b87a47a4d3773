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
 * Reads the range that a user wrote. Without a text the range includes everything.
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
 * The revisions of a range as a user wrote it, newest first. Corrects what Alembic does with `current`: a range up to
 * it is empty where nothing is applied, and `-3:current` counts from where the database is. With several rows it counts
 * from the first, and a warning says so.
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
