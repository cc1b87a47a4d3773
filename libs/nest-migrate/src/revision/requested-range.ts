import { newestFirst } from './newest-first.js';
import { countsFromFirst, type RangeRevisions, revisionsOfRange } from './history-range.js';
import { requested } from './requested.js';
import { knownRows } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { BASE, walk } from './walk.js';

/** Whether a range needs the version table's rows. */
export function asksCurrent(range: string | undefined): boolean {
  return range !== undefined && range.trim().split(':').includes('current');
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
  range: string | undefined,
  rows: readonly string[] | undefined,
): RangeRevisions {
  const parts = range?.trim().split(':') ?? [];
  const [start = '', end = ''] = parts;
  if (range === undefined || parts.length !== 2) return revisionsOfRange(graph, range, rows);
  const applied = rows ?? [];
  if (end === 'current' && applied.length === 0) return { ids: [], warnings: [] };
  if (start === 'current' && end === 'current') {
    return { ids: newestFirst(graph, new Set(knownRows(graph, applied)), applied), warnings: [] };
  }
  const [lower = ''] = start === '' || start === 'current' ? [start] : requested(graph, start, 'history start');
  const [upper = ''] = end === '' || end === 'current' ? [end] : requested(graph, end, 'history end');
  const isBelowCurrent = end === 'current' && /^-\d+$/.test(lower);
  if (!isBelowCurrent) return revisionsOfRange(graph, `${lower}:${upper}`, rows);
  const { ids, warnings } = revisionsOfRange(graph, `${below(graph, applied, lower)}:${upper}`, rows);
  const distinct = [...new Set(applied)];
  return { ids, warnings: distinct.length > 1 ? [countsFromFirst(lower, distinct)] : warnings };
}

function below(graph: RevisionGraph, rows: readonly string[], steps: string): string {
  const [row = ''] = knownRows(graph, rows);
  const place = walk(graph, row, { steps: Number(steps), clamp: true });
  return place === null || place === BASE ? 'base' : place;
}
