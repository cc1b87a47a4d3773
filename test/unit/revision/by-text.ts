import { RangeNotAllowedError } from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import * as downgrades from '../../../libs/nest-migrate/src/revision/downgrade-plan.js';
import { readRange, revisionsOfRange } from '../../../libs/nest-migrate/src/revision/history-range.js';
import * as placements from '../../../libs/nest-migrate/src/revision/plan-new-revision.js';
import { type PlannedStep } from '../../../libs/nest-migrate/src/revision/planned-step.js';
import * as stamps from '../../../libs/nest-migrate/src/revision/requested-stamp.js';
import { type RequestedPlacement } from '../../../libs/nest-migrate/src/revision/requested-placement.js';
import * as resolving from '../../../libs/nest-migrate/src/revision/resolve.js';
import { type RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import * as plainStamps from '../../../libs/nest-migrate/src/revision/stamp-plan.js';
import { readTarget, type Target } from '../../../libs/nest-migrate/src/revision/target.js';
import * as upgrades from '../../../libs/nest-migrate/src/revision/upgrade-plan.js';

/*
 * The planners, for targets written as Alembic takes them: nothing is checked for a command beforehand, so that a planner
 * meets whatever can be written.
 */

type Texts = string | readonly string[];

function all(graph: RevisionGraph, texts: Texts): readonly Target[] {
  return [texts].flat().map((text) => readTarget(graph, text));
}

/** What is to run is no range. */
function toRun(graph: RevisionGraph, text: string): Target {
  if (text.includes(':')) throw new RangeNotAllowedError(text);
  return readTarget(graph, text);
}

export function planUpgrade(graph: RevisionGraph, rows: readonly string[], target: Texts): readonly PlannedStep[] {
  return upgrades.planUpgrade(graph, rows, typeof target === 'string' ? toRun(graph, target) : all(graph, target));
}

export function planDowngrade(graph: RevisionGraph, rows: readonly string[], target: string): downgrades.DowngradePlan {
  return downgrades.planDowngrade(graph, rows, toRun(graph, target));
}

/** An empty text is no target. */
export function planStamp(graph: RevisionGraph, rows: readonly string[], targets: Texts): readonly PlannedStep[] {
  return plainStamps.planStamp(
    graph,
    rows,
    all(
      graph,
      [targets].flat().filter((text) => text !== ''),
    ),
  );
}

/** A stamp as a command takes it. */
export function requestedStamp(
  graph: RevisionGraph,
  texts: readonly string[],
  start: stamps.StampStart,
): stamps.StampPlan {
  return stamps.requestedStamp(graph, stamps.stampTargets(graph, texts), start);
}

export function historyRange(
  graph: RevisionGraph,
  range: string | undefined,
  rows?: readonly string[],
): readonly string[] {
  const read = readRange(range, (text) => readTarget(graph, text));
  return revisionsOfRange(graph, read, rows).ids;
}

export function resolveRevisions(graph: RevisionGraph, texts: Texts, rows?: readonly string[]): readonly string[] {
  return resolving.resolveRevisions(graph, all(graph, texts), rows);
}

export function resolveRevision(graph: RevisionGraph, text: string): string | null {
  return resolving.resolveRevision(graph, readTarget(graph, text));
}

export function planNewRevision(
  graph: RevisionGraph,
  { head = 'head', dependsOn = [], ...options }: RequestedPlacement,
): placements.Placement {
  return placements.planNewRevision(graph, {
    ...options,
    head: all(graph, head),
    dependsOn: all(graph, dependsOn),
  });
}
