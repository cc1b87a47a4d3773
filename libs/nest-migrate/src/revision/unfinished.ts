import { DROP_OF_FRESH } from '../errors/interrupted.errors.js';
import { command, type CommandReference } from '../errors/wording.js';
import { checkStampKeepsToBranch } from './branch-bounds.js';
import { requestedDowngrade } from './requested-downgrade.js';
import { type RevisionGraph } from './revision-graph.js';
import { planStamp } from './stamp-plan.js';
import { targetFor, targetsFor } from './target.js';
import { allChildren, checkIndependent } from './traversal.js';
import { planUpgrade } from './upgrade-plan.js';

/** A step that a run has noted as begun. */
export interface BegunStep {
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
}

/**
 * What such a note means for the database. `unfinished`: a part of the revision is there. `foreign`: the same, for a
 * revision that no script has. `settled`: the version table shows that the step was finished after all.
 */
export type Claim = 'unfinished' | 'foreign' | 'settled';

/** The commands that resolve an unfinished step. */
export interface WaysOut {
  /** Runs the rest of the step; `null` where no run from these rows would include it. */
  readonly finish: CommandReference | null;
  /** Declares that the database is where its rows say, and deletes the notes. */
  readonly stamp: CommandReference;
}

/**
 * What a note means, given the version table's rows.
 *
 * @param parents The parents of each revision when it was applied, for those that the graph does not have.
 */
export function claimOf(
  graph: RevisionGraph,
  rows: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  { revision, direction }: BegunStep,
): Claim {
  if (revision === DROP_OF_FRESH) return 'unfinished';
  const isApplied = appliedOf(graph, rows, parents).has(revision);
  if (isApplied === (direction === 'upgrade')) return 'settled';
  return graph.knows(revision) ? 'unfinished' : 'foreign';
}

/** The commands that resolve an unfinished step. Each has been planned from these rows. */
export function waysOut(graph: RevisionGraph, rows: readonly string[], step: BegunStep): WaysOut {
  return { finish: finishing(graph, rows, step), stamp: stamping(graph, rows) };
}

function appliedOf(
  graph: RevisionGraph,
  rows: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const applied = new Set(rows);
  // the loop also visits what it adds
  for (const id of applied) {
    for (const parent of graph.has(id) ? graph.parentsOf(id) : (parents.get(id) ?? [])) applied.add(parent);
    for (const replaced of graph.script(id)?.replaces ?? []) applied.add(replaced);
  }
  return applied;
}

function finishing(graph: RevisionGraph, rows: readonly string[], step: BegunStep): CommandReference | null {
  const { revision, direction } = step;
  if (revision === DROP_OF_FRESH) return command('fresh');
  if (!graph.has(revision)) return null;
  // a user will type the target that is shown, so each is parsed as the command parses it
  const targets =
    direction === 'upgrade'
      ? [revision]
      : ['-1', `${revision}-1`, ...graph.parentsOf(revision), `${revision}@base`, 'base'];
  const plans = targets.flatMap((target) => {
    const steps = stepsTo(graph, rows, { direction, target });
    const place = steps.findIndex((planned) => planned.revision === revision);
    return place === -1 ? [] : [{ target, place, length: steps.length }];
  });
  // the plan that does the least beside the step
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
    return []; // refused, so this target does not finish the step
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
    // rows that no script has, or that overlap: stamp what remains without those
    const known = appliedOf(
      graph,
      rows.filter((row) => graph.has(row)),
      new Map(),
    );
    const tips = [...known].filter((id) => !allChildren(graph, id).some((child) => known.has(child))).sort();
    return command('stamp', '--purge', ...(tips.length === 0 ? ['base'] : tips.map(word)));
  }
}

/** A word of a command line, quoted where a shell would interpret it. */
function word(text: string): string {
  return /^[\p{L}\p{N}_@+.:/-]+$/u.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
