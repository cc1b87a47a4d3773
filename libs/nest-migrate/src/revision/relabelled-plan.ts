import { type PlannedStep } from './planned-step.js';
import { type Revision } from './revision-node.js';
import { type RevisionGraph, type Standpoint } from './revision-graph.js';
import { type RowChange } from './row-changes.js';

/** A plan, and the graph that it was made in. */
export type PlanHere<R extends Revision, P> = P & { readonly graph: RevisionGraph<R> };

/** The parts of a plan that squashes change. */
interface Steps {
  readonly steps: readonly PlannedStep[];
  readonly purge?: boolean;
}

/**
 * Plans in the graph as a database sees it. Where the version table holds the last revision of what a squash replaces,
 * the plan begins with a step that names the squash instead; where the plan itself comes to the end of an old path, its
 * row is the squash at once. So no row of a finished path is left.
 *
 * @param plan Plans by the graph and the names of the rows in it.
 */
export function planHere<R extends Revision, P extends Steps>(
  graph: RevisionGraph<R>,
  rows: readonly string[],
  standpoint: Standpoint,
  plan: (graph: RevisionGraph<R>, rows: readonly string[]) => P,
): PlanHere<R, P> {
  const here = graph.at(rows, standpoint);
  const planned = plan(here, here.namesHere(rows));
  if (graph.squashes.length === 0) return { ...planned, graph: here };
  const steps = planned.steps.map((step) => stored(here, step));
  return { ...planned, steps: [...(planned.purge === true ? [] : relabelling(here, rows)), ...steps], graph: here };
}

/** A step whose rows are those that the version table is to hold. */
function stored(graph: RevisionGraph, step: PlannedStep): PlannedStep {
  const as = (id: string): string => graph.storedAs(id);
  const changes = step.changes.map((change): RowChange =>
    change.kind === 'update'
      ? { ...change, from: as(change.from), to: as(change.to) }
      : { ...change, revision: as(change.revision) },
  );
  return { ...step, changes, rows: step.rows.map(as).sort() };
}

/** A step for each row that another name is to stand for. */
function relabelling(graph: RevisionGraph, rows: readonly string[]): readonly PlannedStep[] {
  const table = [...rows];
  return rows.flatMap((row): readonly PlannedStep[] => {
    const [name = row] = graph.namesHere([row]);
    const to = graph.storedAs(name);
    if (to === row) return [];
    const change: RowChange = table.includes(to)
      ? { kind: 'delete', revision: row }
      : { kind: 'update', from: row, to };
    table.splice(table.indexOf(row), 1, ...(change.kind === 'update' ? [to] : []));
    const step = { direction: 'stamp', revision: to, from: [row], to: [to], isRelabelling: true } as const;
    return [{ ...step, changes: [change], rows: table.toSorted() }];
  });
}
