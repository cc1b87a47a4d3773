import { AmbiguousWalkError } from '../errors/revision.errors.js';
import { branchNames } from './branch-labels.js';
import { onBranch } from './look-up.js';
import { type RevisionGraph } from './revision-graph.js';

/** The place below the first revisions. */
export const BASE = Symbol('base');

/** Where a walk ends: a revision, exactly {@link BASE}, or `null` past the end. */
export type Place = string | typeof BASE | null;

export interface Walk {
  /** The number of steps, upwards if positive. */
  readonly steps: number;
  /** On the way up, only revisions of this branch count. */
  readonly branch?: string;
  /** Stop at the end instead of returning `null`. */
  readonly clamp?: boolean;
}

/**
 * Goes from one revision to the next by `downRevision`. Downwards from base means downwards from the heads, as in
 * Alembic.
 *
 * @throws AmbiguousWalkError at a branch point, upwards, and at a merge point, downwards.
 */
export function walk(graph: RevisionGraph, start: string | typeof BASE, { steps, branch, clamp = false }: Walk): Place {
  const ofBranch = branchFilter(graph, branch);
  let place = start;
  for (let step = 0; step < Math.abs(steps); step++) {
    if (steps < 0 && place !== BASE && graph.isBase(place)) {
      place = BASE;
      continue;
    }
    const next = steps > 0 ? ofBranch(above(graph, place)) : below(graph, place, step === 0);
    const [only, ...others] = next;
    if (only === undefined) return clamp ? place : null;
    if (others.length > 0)
      throw new AmbiguousWalkError(
        place === BASE ? 'base' : place,
        next,
        steps > 0 ? 'up' : 'down',
        branchNames(graph, next),
      );
    place = only;
  }
  return place;
}

/** Looks the branch up only when there is something to filter, and once for the whole walk. */
function branchFilter(graph: RevisionGraph, branch?: string): (ids: readonly string[]) => readonly string[] {
  if (branch === undefined) return (ids) => ids;
  let line: ReadonlySet<string> | undefined;
  return (ids) => {
    if (ids.length === 0) return ids;
    const members = (line ??= new Set(onBranch(graph, graph.oldestFirst, branch)));
    return ids.filter((id) => members.has(id));
  };
}

function above(graph: RevisionGraph, place: string | typeof BASE): readonly string[] {
  return place === BASE ? graph.bases : graph.childrenOf(place);
}

function below(graph: RevisionGraph, place: string | typeof BASE, isStart: boolean): readonly string[] {
  if (place !== BASE) return graph.get(place).downRevision;
  return isStart ? graph.heads : [];
}
