import { command, type CommandReference } from '../errors/wording.js';
import { checkStampKeepsToBranch } from './branch-bounds.js';
import { requestedDowngrade } from './requested-downgrade.js';
import { type RevisionGraph } from './revision-graph.js';
import { planStamp } from './stamp-plan.js';
import { targetFor, targetsFor } from './target.js';
import { allChildren, checkIndependent } from './traversal.js';
import { planUpgrade } from './upgrade-plan.js';

/** A step of which a run has noted that it has begun it. */
export interface BegunStep {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
}

/**
 * What such a note says of the database. `unfinished`: a part of the revision is there. `foreign`: so, of a revision that no
 * script has. `settled`: the version table says that the step was finished after all.
 */
export type Claim = 'unfinished' | 'foreign' | 'settled';

/** The commands that get out of an unfinished step. */
export interface WaysOut {
  /** Runs the rest of it; `null` where no run from these rows would take it. */
  readonly finish: CommandReference | null;
  /** Says that the database is where its rows say, and forgets what is noted. */
  readonly stamp: CommandReference;
}

/**
 * What a note says, by the version table's rows.
 *
 * @param parents What each revision stood on when it was applied, for those that the graph does not have.
 */
export function claimOf(
  graph: RevisionGraph,
  rows: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  { revision, direction }: BegunStep,
): Claim {
  const isApplied = appliedOf(graph, rows, parents).has(revision);
  if (isApplied === (direction === 'upgrade')) return 'settled';
  return graph.has(revision) ? 'unfinished' : 'foreign';
}

/** The ways out of an unfinished step, each of which has been planned from these rows. */
export function waysOut(graph: RevisionGraph, rows: readonly string[], step: BegunStep): WaysOut {
  return { finish: finishing(graph, rows, step), stamp: stamping(graph, rows) };
}

function appliedOf(
  graph: RevisionGraph,
  rows: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const applied = new Set(rows);
  // what is added meanwhile is visited as well
  for (const id of applied) {
    for (const parent of graph.has(id) ? graph.parentsOf(id) : (parents.get(id) ?? [])) applied.add(parent);
  }
  return applied;
}

function finishing(graph: RevisionGraph, rows: readonly string[], step: BegunStep): CommandReference | null {
  const { revision, direction } = step;
  if (!graph.has(revision)) return null;
  // a person types what is told here, so each is read as the command will read it
  const targets =
    direction === 'upgrade'
      ? [revision]
      : ['-1', `${revision}-1`, ...graph.parentsOf(revision), `${revision}@base`, 'base'];
  const plans = targets.flatMap((target) => {
    const steps = stepsTo(graph, rows, { direction, target });
    const place = steps.findIndex((planned) => planned.revision === revision);
    return place === -1 ? [] : [{ target, place, length: steps.length }];
  });
  // the one that does least beside it
  const [best] = plans.sort((a, b) => a.place - b.place || a.length - b.length);
  return best === undefined ? null : command(direction, word(best.target));
}

function stepsTo(
  graph: RevisionGraph,
  rows: readonly string[],
  { direction, target }: { readonly direction: BegunStep['direction']; readonly target: string },
): readonly { readonly revision: string | null }[] {
  try {
    if (direction === 'upgrade') return planUpgrade(graph, rows, targetFor(graph, target, 'upgrade'));
    const { steps, warnings } = requestedDowngrade(graph, rows, targetFor(graph, target, 'downgrade'));
    return warnings.length > 0 ? [] : steps;
  } catch {
    return []; // it is refused: no way out
  }
}

function stamping(graph: RevisionGraph, rows: readonly string[]): CommandReference {
  const targets = rows.length === 0 ? ['base'] : rows;
  try {
    const stamped = targetsFor(graph, targets, 'stamp');
    const steps = planStamp(graph, rows, stamped);
    const after = steps.at(-1)?.rows ?? rows;
    for (const target of stamped) checkStampKeepsToBranch(graph, rows, { target, after });
    checkIndependent(graph, after);
    return command('stamp', ...targets.map(word));
  } catch {
    // rows that no script has, or that overlap: what is left of them once the others are gone
    const known = appliedOf(
      graph,
      rows.filter((row) => graph.has(row)),
      new Map(),
    );
    const tips = [...known].filter((id) => !allChildren(graph, id).some((child) => known.has(child))).sort();
    return command('stamp', '--purge', ...(tips.length === 0 ? ['base'] : tips.map(word)));
  }
}

/** A word of a command line, quoted where a shell would make something else of it. */
function word(text: string): string {
  return /^[\p{L}\p{N}_@+.:/-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
