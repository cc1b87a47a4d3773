import { AmbiguousStartError, OverlappingRevisionsError, RelativeRevisionError } from '../errors/revision.errors.js';
import { branchNames } from './branch-labels.js';
import { checkStampKeepsToBranch } from './branch-bounds.js';
import { type PlannedStep } from './planned-step.js';
import { requestedDowngrade } from './requested-downgrade.js';
import { knownRows, resolvePlaces } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { type RowChange } from './row-changes.js';
import { planStamp, withPurpose } from './stamp-plan.js';
import { type RelativeSymbol } from './symbol.js';
import { countsFromRows, readTarget, type Target, targetFor, targetsFor } from './target.js';
import { checkIndependent, tipsOf } from './traversal.js';

/** The state that a stamp starts from. */
export interface StampStart {
  /** The version table's rows. */
  readonly rows: readonly string[];
  /** Whether all rows are deleted before the first step. */
  readonly purge: boolean;
}

/** The steps of a stamp, and warnings to show before them. */
export interface StampPlan {
  readonly steps: readonly PlannedStep[];
  readonly warnings: readonly string[];
}

/**
 * Reads the targets of a stamp. Steps down count from the rows and must be the only target. Steps up are refused, since
 * the revisions that they would mark have never run.
 *
 * @throws RelativeRevisionError for steps beside other targets, and what {@link targetsFor} throws.
 */
export function stampTargets(graph: RevisionGraph, texts: readonly string[]): readonly Target[] {
  const stepsDown = texts.map((text) => readTarget(graph, text)).find(isStepsDown);
  if (stepsDown === undefined) return targetsFor(graph, texts, 'stamp');
  if (texts.length === 1) return [targetFor(graph, stepsDown.text, 'downgrade')];
  const { text, written } = stepsDown;
  const cure = `'${text}' counts from where the database is: write it alone, or name the revisions instead.`;
  throw new RelativeRevisionError(text, written, cure);
}

/** Whether a target is steps down: `-1`, `label@-1`. */
function isStepsDown(target: Target): target is RelativeSymbol {
  return countsFromRows(target) && target.steps < 0;
}

/**
 * The plan of a stamp that a user asked for. It differs from Alembic's in three ways: `-1` counts from the rows and not
 * from the heads; every target becomes a row; and rows that overlap or appear twice are repaired.
 *
 * @param targets As {@link stampTargets} returns them.
 * @returns Steps after each of which the rows are exactly the tips of what they stand for.
 * @throws OverlappingRevisionsError where one target includes another; BeyondBranchError where `label@…` would forget
 * another branch; AmbiguousStartError for `-1` with several rows; and what a target and `planStamp` can throw.
 */
export function requestedStamp(graph: RevisionGraph, targets: readonly Target[], start: StampStart): StampPlan {
  const stepsDown = targets.find(isStepsDown);
  if (stepsDown !== undefined) return stampBelow(graph, stepsDown, start);
  const { rows, purge } = start;
  if (purge) return { steps: stampAll(graph, [], targets), warnings: [] };
  const { steps, sound } = mendedRows(graph, rows);
  const stamped = stampAll(graph, sound, targets);
  const after = stamped.at(-1)?.rows ?? sound;
  for (const target of targets) checkStampKeepsToBranch(graph, sound, { target, after });
  return { steps: [...steps, ...stamped], warnings: [] };
}

/** Plans the stamp of the rows that a downgrade by so many steps would leave. */
function stampBelow(graph: RevisionGraph, target: RelativeSymbol, { rows, purge }: StampStart): StampPlan {
  const { steps, sound } = mendedRows(graph, rows);
  const { steps: undone, warnings } = ofStamp(() => requestedDowngrade(graph, sound, target), graph);
  const after = undone.at(-1)?.rows ?? sound;
  const forgotten = warnings.map(
    () => `stamp ${target.text} forgets revisions of another branch, which depend on what goes.`,
  );
  return { steps: [...(purge ? [] : steps), ...moved(purge ? [] : sound, after)], warnings: forgotten };
}

/** Runs `plan`, and makes its AmbiguousStartError name the command `stamp`. */
function ofStamp<T>(plan: () => T, graph: RevisionGraph): T {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof AmbiguousStartError)) throw error;
    const { symbol, candidates } = error;
    throw new AmbiguousStartError(symbol, 'stamp', candidates, branchNames(graph, candidates));
  }
}

/**
 * Stamps one target after the other, so that none takes another's row. Alembic replaces all related rows by the first.
 */
function stampAll(graph: RevisionGraph, start: readonly string[], targets: readonly Target[]): readonly PlannedStep[] {
  const places = targets.map((target) => idsOf(graph, target));
  checkIndependent(graph, places.flat());
  // base comes first: it forgets the existing rows, but not those of the other targets
  const inOrder = [...targets].sort((a, b) => idsOf(graph, a).length - idsOf(graph, b).length);
  let rows = start;
  const steps = inOrder.flatMap((target) => {
    const planned = planStamp(graph, rows, [target]);
    rows = planned.at(-1)?.rows ?? rows;
    return planned;
  });
  for (const id of places.flat()) if (!rows.includes(id)) throw new OverlappingRevisionsError(id, rows);
  return steps;
}

function idsOf(graph: RevisionGraph, target: Target): readonly string[] {
  return withPurpose(() => resolvePlaces(graph, target)).filter((place) => typeof place === 'string');
}

/**
 * The rows without overlaps or repeats, as upgrades and downgrades alone would leave them, and the step that repairs
 * them.
 */
function mendedRows(
  graph: RevisionGraph,
  rows: readonly string[],
): { readonly steps: readonly PlannedStep[]; readonly sound: readonly string[] } {
  const sound = tipsOf(graph, knownRows(graph, rows));
  return { steps: moved(rows, sound), sound };
}

/** One step that changes the rows; none where they are the same. */
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
