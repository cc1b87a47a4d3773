import { type NewRevisionOptions, type Placement, planNewRevision } from './plan-new-revision.js';
import { type RevisionGraph } from './revision-graph.js';
import { targetsFor } from './target.js';

/** The place of a revision that does not exist yet, as the user wrote it. */
export interface RequestedPlacement extends Omit<NewRevisionOptions, 'head' | 'dependsOn'> {
  /** What the revision follows, as symbols. Default `'head'`. */
  readonly head?: string | readonly string[];
  /** Symbols; a label stays a label, a partial id becomes the full one. */
  readonly dependsOn?: string | readonly string[];
}

/**
 * Places a new revision that a user asked for: what it follows and depends on may be any symbol.
 *
 * @throws as {@link targetsFor} and {@link planNewRevision}.
 */
export function requestedPlacement(graph: RevisionGraph, options: RequestedPlacement): Placement {
  return planNewRevision(graph, {
    ...options,
    head: targetsFor(graph, options.head ?? 'head', 'new revision'),
    dependsOn: targetsFor(graph, options.dependsOn ?? [], 'dependency'),
  });
}
