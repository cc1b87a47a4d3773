import { type NewRevisionOptions, type Placement, planNewRevision } from './new-revision.js';
import { requested } from './requested.js';
import { type RevisionGraph } from './revision-graph.js';

/**
 * Places a new revision as somebody asked for it: what it follows and depends on may be any symbol.
 *
 * @throws as {@link requested} and {@link planNewRevision}.
 */
export function requestedPlacement(graph: RevisionGraph, options: NewRevisionOptions): Placement {
  return planNewRevision(graph, {
    ...options,
    head: requested(graph, options.head ?? 'head', 'new revision'),
    dependsOn: requested(graph, options.dependsOn ?? [], 'dependency'),
  });
}
