import { AmbiguousStartError, OverlappingRevisionsError, RelativeRevisionError } from '../errors/revision.errors.js';
import { branchNames } from './branch-labels.js';
import { checkStampKeepsToBranch } from './branch-bounds.js';
import { parse } from './look-up.js';
import { type PlannedStep } from './planned-step.js';
import { requested } from './requested.js';
import { requestedDowngrade } from './requested-downgrade.js';
import { knownRows, resolvePlaces } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { type RowChange } from './row-changes.js';
import { planStamp, withPurpose } from './stamp-plan.js';
import { checkIndependent, tipsOf } from './traversal.js';

/** What a stamp starts from. */
export interface StampStart {
  /** The version table's rows. */
  readonly rows: readonly string[];
  /** Whether all rows are deleted before the first step. */
  readonly purge: boolean;
}

/** The steps of a stamp, and what is worth a word before them. */
export interface StampPlan {
  readonly steps: readonly PlannedStep[];
  readonly warnings: readonly string[];
}

/**
 * The plan of a stamp as somebody asked for it. Unlike Alembic's it counts `-1` from the rows and not from the heads, it
 * leaves every target as a row, and it mends rows of which one includes the other or that are there twice.
 *
 * @returns Steps after each of which the rows are exactly the tips of what they stand for.
 * @throws OverlappingRevisionsError where one target includes another; BeyondBranchError where `label@…` would forget
 * another branch; RelativeRevisionError for steps beside other targets; AmbiguousStartError for `-1` with several rows; and
 * what a symbol and `planStamp` can throw.
 */
export function requestedStamp(graph: RevisionGraph, symbols: readonly string[], start: StampStart): StampPlan {
  const { rows, purge } = start;
  const stepsDown = symbols.find((symbol) => isStepsDown(graph, symbol));
  if (stepsDown !== undefined) {
    if (symbols.length > 1) throw countedBesideOthers(graph, stepsDown);
    return stampBelow(graph, stepsDown, start);
  }
  const targets = requested(graph, symbols, 'stamp');
  if (purge) return { steps: stampAll(graph, [], targets), warnings: [] };
  const { steps, sound } = mendedRows(graph, rows);
  const stamped = stampAll(graph, sound, targets);
  const after = stamped.at(-1)?.rows ?? sound;
  for (const target of targets) checkStampKeepsToBranch(graph, sound, { target, after });
  return { steps: [...steps, ...stamped], warnings: [] };
}

/** `-1`, `label@-1`. Nothing counts up: what it would mark has never run. */
function isStepsDown(graph: RevisionGraph, symbol: string): boolean {
  if (symbol.includes(':')) return false;
  const parsed = parse(graph, symbol);
  return parsed.kind === 'relative' && parsed.anchor === undefined && parsed.steps < 0;
}

function countedBesideOthers(graph: RevisionGraph, symbol: string): RelativeRevisionError {
  const parsed = parse(graph, symbol);
  const written = parsed.kind === 'relative' ? parsed.written : symbol;
  const cure = `'${symbol}' counts from where the database is: write it alone, or name the revisions instead.`;
  return new RelativeRevisionError(symbol, written, cure);
}

/** The rows that a downgrade by so many steps would leave, without running it. */
function stampBelow(graph: RevisionGraph, symbol: string, { rows, purge }: StampStart): StampPlan {
  const { steps, sound } = mendedRows(graph, rows);
  const { steps: undone, warnings } = ofStamp(() => requestedDowngrade(graph, sound, symbol), graph);
  const after = undone.at(-1)?.rows ?? sound;
  const forgotten = warnings.map(
    () => `stamp ${symbol} forgets revisions of another branch, which depend on what goes.`,
  );
  return { steps: [...(purge ? [] : steps), ...moved(purge ? [] : sound, after)], warnings: forgotten };
}

/** The same mistake has the command's own name. */
function ofStamp<T>(plan: () => T, graph: RevisionGraph): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof AmbiguousStartError)) throw error;
    const { symbol, candidates } = error;
    throw new AmbiguousStartError(symbol, 'stamp', candidates, branchNames(graph, candidates));
  }
}

/** Target by target, so that one never takes the row of another: Alembic replaces all related rows by the first. */
function stampAll(graph: RevisionGraph, start: readonly string[], targets: readonly string[]): readonly PlannedStep[] {
  const places = targets.map((target) => idsOf(graph, target));
  checkIndependent(graph, places.flat());
  // base forgets what stands there, and not what is stamped beside it
  const inOrder = [...targets].sort((a, b) => idsOf(graph, a).length - idsOf(graph, b).length);
  let rows = start;
  const steps = inOrder.flatMap((target) => {
    const planned = planStamp(graph, rows, target);
    rows = planned.at(-1)?.rows ?? rows;
    return planned;
  });
  for (const id of places.flat()) if (!rows.includes(id)) throw new OverlappingRevisionsError(id, rows);
  return steps;
}

function idsOf(graph: RevisionGraph, target: string): readonly string[] {
  return withPurpose(() => resolvePlaces(graph, target)).filter((place) => typeof place === 'string');
}

/** Rows as a database that was only ever upgraded and downgraded has them, and the step that makes them so. */
function mendedRows(
  graph: RevisionGraph,
  rows: readonly string[],
): { readonly steps: readonly PlannedStep[]; readonly sound: readonly string[] } {
  const sound = tipsOf(graph, knownRows(graph, rows));
  return { steps: moved(rows, sound), sound };
}

/** One step from rows to others; none where they are the same. */
function moved(before: readonly string[], after: readonly string[]): readonly PlannedStep[] {
  const counts = new Map<string, number>();
  for (const row of before) counts.set(row, (counts.get(row) ?? 0) + 1);
  const gone = [...counts].filter(([row, count]) => count > 1 || !after.includes(row));
  const come = after.filter((row) => counts.get(row) !== 1);
  if (gone.length === 0 && come.length === 0) return [];
  const deletions = gone.map(([revision, count]): RowChange => ({ kind: 'delete', revision, count }));
  const insertions = come.map((revision): RowChange => ({ kind: 'insert', revision }));
  const [revision = null] = come;
  const from = gone.flatMap(([row, count]) => Array.from({ length: count }, () => row));
  return [{ direction: 'stamp', revision, from, to: come, changes: [...deletions, ...insertions], rows: after }];
}
