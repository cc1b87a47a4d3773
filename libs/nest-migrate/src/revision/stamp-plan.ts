import { ConflictingStampError, MultipleHeadsError, OverlappingRevisionsError } from '../errors/revision.errors.js';
import { inLineageOf } from './look-up.js';
import { type PlannedStep } from './planned-step.js';
import { knownRows, resolvePlaces } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { type RowChange, VersionRows } from './row-changes.js';
import { type Target } from './target.js';
import { ancestors, areIndependent, checkIndependent, descendants } from './traversal.js';
import { BASE } from './walk.js';

/**
 * The steps that make the version table say that a database is at given revisions; none of them runs a revision. A
 * target replaces the rows of its line, dependencies included, and leaves other rows alone. Base deletes them.
 *
 * @param rows The version table's rows; none where they are to be purged first.
 * @param targets An empty list deletes nothing.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError | MultipleHeadsError |
 * AmbiguousWalkError | UnknownVersionRowError | DuplicateVersionRowError
 * @throws ConflictingStampError where two targets would replace the same rows.
 * @throws OverlappingRevisionsError where a target lies between rows, or rows would be left of which one includes
 * another.
 * @example
 * planStamp(graph, [], [HEADS]).map(({ changes }) => changes); // [[{ kind: 'insert', revision: '27c6' }]]
 */
export function planStamp(
  graph: RevisionGraph,
  rows: readonly string[],
  targets: readonly Target[],
): readonly PlannedStep[] {
  knownRows(graph, rows);
  const related = [...new Set(targets.flatMap((target) => withPurpose(() => inLineageOf(graph, rows, target, 'all'))))];
  const places = new Set(targets.flatMap((target) => withPurpose(() => resolvePlaces(graph, target))));
  const table = new VersionRows(graph, rows);
  const stampStep = (to: string | null, from: readonly string[], changes: readonly RowChange[]): PlannedStep => ({
    direction: 'stamp',
    revision: to,
    from,
    to: to === null ? [] : [to],
    changes,
    rows: table.rows,
  });

  if (places.size === 0) return related.map((row) => stampStep(null, [row], [table.delete(row)]));
  const steps: PlannedStep[] = [];
  for (const place of places) {
    if (place === null || place === BASE) {
      for (const row of related.filter((id) => table.has(id))) steps.push(stampStep(null, [row], [table.delete(row)]));
    } else if (!related.includes(place)) {
      const from = replacedRows(graph, { place, related, table });
      steps.push(stampStep(place, from, table.replace(from, place)));
    }
  }
  // rows that overlapped before are kept as they are, and Alembic writes any targets into an empty table
  if (rows.length > 0 && areIndependent(graph, rows)) checkIndependent(graph, table.rows);
  return steps;
}

interface StampTarget {
  readonly place: string;
  readonly related: readonly string[];
  readonly table: VersionRows;
}

/**
 * The rows that this target replaces: all rows related to any target, if this one is above or below one of them. None
 * if it begins a line.
 */
function replacedRows(graph: RevisionGraph, { place, related, table }: StampTarget): readonly string[] {
  const above = descendants(graph, [place], 'all');
  const below = ancestors(graph, [place], 'all');
  const rowsBelow = related.filter((row) => below.has(row));
  const isDowngrade = related.some((row) => above.has(row));
  if (!isDowngrade && rowsBelow.length === 0) return [];
  if (isDowngrade && rowsBelow.length > 0) throw new OverlappingRevisionsError(place, rowsBelow);
  const consumed = related.filter((row) => !table.has(row));
  if (consumed.length === 0) return related;
  // an earlier target has replaced the rows below, so this one is another branch above them
  if (!isDowngrade) return [];
  throw new ConflictingStampError(place, consumed);
}

/** Resolves for a stamp, so that an error about several heads names the stamp. */
export function withPurpose<T>(resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof MultipleHeadsError)
      throw new MultipleHeadsError(error.argument, error.heads, { purpose: 'stamp' });
    throw error;
  }
}
