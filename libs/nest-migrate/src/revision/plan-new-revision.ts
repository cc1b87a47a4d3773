import {
  DuplicateBranchLabelError,
  DuplicateHeadsError,
  MultipleHeadsError,
  NotAHeadError,
  RevisionIdInUseError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { checkRevisionId } from './checks.js';
import { resolvePlaces, resolveRevision } from './resolve.js';
import { type Revision } from './revision-node.js';
import { type RevisionGraph } from './revision-graph.js';
import { type Target } from './target.js';
import { BASE, type Place } from './walk.js';

/** The place of a revision that does not exist yet. */
export interface NewRevisionOptions {
  readonly id: string;
  /** What the revision follows; an empty list makes it a base. */
  readonly head: readonly Target[];
  /** Allows the revision to follow one that has followers, which begins a branch. */
  readonly splice?: boolean;
  readonly branchLabels?: string | readonly string[];
  /** A label stays a label, a partial id becomes the full one. */
  readonly dependsOn?: readonly Target[];
}

/** What the new script states about its place. */
export type Placement = Pick<Revision, 'downRevision' | 'dependsOn' | 'branchLabels'>;

/**
 * Places a new revision. Everything is checked before a file is written, including that id and labels are free. Alembic
 * notices that only when the file exists already.
 *
 * @throws IllegalRevisionIdError | RevisionIdInUseError | DuplicateBranchLabelError
 * @throws DuplicateHeadsError | NotAHeadError | MultipleHeadsError | WalkedTooFarError, and what a target can throw.
 * @example
 * planNewRevision(graph, { id: '5fb1', head: [HEADS] }); // { downRevision: ['27c6'], dependsOn: [], branchLabels: [] }
 */
export function planNewRevision(graph: RevisionGraph, options: NewRevisionOptions): Placement {
  const { id, head, splice = false, dependsOn: dependencies = [] } = options;
  checkRevisionId(id);
  const downRevision = head.flatMap((target) => headsOf(graph, target));
  if (new Set(downRevision).size < downRevision.length) throw new DuplicateHeadsError(downRevision);
  for (const down of downRevision) if (!splice && !graph.isHead(down)) throw new NotAHeadError(down);
  const dependsOn = dependencies.map((target) => dependency(graph, target));
  if (graph.knows(id) || graph.labelled(id) !== undefined) throw new RevisionIdInUseError(id);
  const branchLabels = [...new Set([options.branchLabels ?? []].flat())];
  for (const label of branchLabels) {
    const usedBy = graph.knows(label) || label === id ? label : graph.labelled(label);
    if (usedBy !== undefined) throw new DuplicateBranchLabelError(label, id, usedBy);
  }
  return { downRevision, dependsOn, branchLabels };
}

function headsOf(graph: RevisionGraph, target: Target): readonly string[] {
  let places: readonly Place[];
  try {
    places = resolvePlaces(graph, target);
  } catch (error) {
    if (error instanceof MultipleHeadsError)
      throw new MultipleHeadsError(target.text, error.heads, { purpose: 'new revision' });
    throw error;
  }
  return places.map((place) => {
    // a `-1` that ends at base would silently begin another base
    if (place === BASE || place === null) throw new WalkedTooFarError(target.text);
    return place;
  });
}

function dependency(graph: RevisionGraph, target: Target): string {
  const revision = resolveRevision(graph, target);
  if (revision === null) throw new WalkedTooFarError(target.text);
  const isLabel =
    target.kind === 'name' && target.branch === undefined && graph.labelsOf(revision).includes(target.name);
  return isLabel ? target.name : revision;
}
