import {
  DuplicateBranchLabelError,
  DuplicateHeadsError,
  MultipleHeadsError,
  NotAHeadError,
  RevisionIdInUseError,
  WalkedTooFarError,
} from '../errors/revision.errors.js';
import { checkRevisionId } from './checks.js';
import { resolvePlaces, resolveRevision, symbolsOf } from './resolve.js';
import { type Revision } from './revision.js';
import { type RevisionGraph } from './revision-graph.js';
import { BASE, type Place } from './walk.js';

/** Where a revision that doesn't exist yet is to go. */
export interface NewRevisionOptions {
  readonly id: string;
  /** What the revision follows, as symbols. Default `'head'`. */
  readonly head?: string | readonly string[];
  /** Allows to follow a revision that has followers, which begins a branch. */
  readonly splice?: boolean;
  readonly branchLabels?: string | readonly string[];
  /** Symbols; a label stays a label, a partial id becomes the full one. */
  readonly dependsOn?: string | readonly string[];
}

/** What the new script has to say about its place. */
export type Placement = Pick<Revision, 'downRevision' | 'dependsOn' | 'branchLabels'>;

/**
 * Places a new revision. Everything is checked here, before a file is written: also that id and labels are free, which
 * Alembic finds out when the file is there already.
 *
 * @throws IllegalRevisionIdError | RevisionIdInUseError | DuplicateBranchLabelError
 * @throws DuplicateHeadsError | NotAHeadError | MultipleHeadsError | WalkedTooFarError, and what a symbol can throw.
 * @example
 * planNewRevision(graph, { id: '5fb1' }); // { downRevision: ['27c6'], dependsOn: [], branchLabels: [] }
 */
export function planNewRevision(graph: RevisionGraph, options: NewRevisionOptions): Placement {
  const { id, head = 'head', splice = false } = options;
  checkRevisionId(id);
  const downRevision = symbolsOf(head).flatMap((symbol) => headsOf(graph, symbol));
  if (new Set(downRevision).size < downRevision.length) throw new DuplicateHeadsError(downRevision);
  for (const down of downRevision) if (!splice && !graph.isHead(down)) throw new NotAHeadError(down);
  const dependsOn = symbolsOf(options.dependsOn ?? []).map((symbol) => dependency(graph, symbol));
  if (graph.has(id) || graph.labelled(id) !== undefined) throw new RevisionIdInUseError(id);
  const branchLabels = [...new Set(symbolsOf(options.branchLabels ?? []))];
  for (const label of branchLabels) {
    const usedBy = graph.has(label) || label === id ? label : graph.labelled(label);
    if (usedBy !== undefined) throw new DuplicateBranchLabelError(label, id, usedBy);
  }
  return { downRevision, dependsOn, branchLabels };
}

/** Where a merge is to go. */
export interface MergeOptions extends Omit<NewRevisionOptions, 'head'> {
  /** What to merge, as symbols. */
  readonly revisions: string | readonly string[];
}

/**
 * Places a merge, which is a new revision that follows several. Fewer than two are no error, as in Alembic.
 *
 * @throws as {@link planNewRevision}.
 */
export function planMerge(graph: RevisionGraph, { revisions, ...options }: MergeOptions): Placement {
  return planNewRevision(graph, { ...options, head: revisions });
}

function headsOf(graph: RevisionGraph, symbol: string): readonly string[] {
  let places: readonly Place[];
  try {
    places = resolvePlaces(graph, symbol);
  } catch (error) {
    if (error instanceof MultipleHeadsError)
      throw new MultipleHeadsError(symbol, error.heads, { purpose: 'new revision' });
    throw error;
  }
  return places.map((place) => {
    // `-1` that ends at base would begin another base in silence
    if (place === BASE || place === null) throw new WalkedTooFarError(symbol);
    return place;
  });
}

function dependency(graph: RevisionGraph, symbol: string): string {
  const revision = resolveRevision(graph, symbol);
  if (revision === null) throw new WalkedTooFarError(symbol);
  return graph.labelsOf(revision).includes(symbol) ? symbol : revision;
}
