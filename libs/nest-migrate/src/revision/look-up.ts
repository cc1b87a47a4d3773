import {
  AmbiguousRevisionError,
  MultipleHeadsError,
  ReplacedRevisionError,
  RevisionNotFoundError,
  RevisionNotOnBranchError,
} from '../errors/revision.errors.js';
import { nearestName } from '../errors/nearest-name.js';
import { type RevisionGraph } from './revision-graph.js';
import { anchorSymbol, type KeywordSymbol, type RevisionSymbol } from './symbol.js';
import { ancestors, type Connections, descendants } from './traversal.js';

/**
 * The revision that a full id, a label or a unique prefix of either denotes.
 *
 * @param branch Limits partial ids to a branch, and requires that the revision is on it.
 * @throws RevisionNotFoundError | AmbiguousRevisionError | RevisionNotOnBranchError
 */
export function lookUp(graph: RevisionGraph, name: string, branch?: string): string {
  const point = branch === undefined ? undefined : lookUp(graph, branch);
  const id = graph.has(name) ? name : (graph.labelled(name) ?? graph.standInFor(name) ?? completed(graph, name, point));
  if (point !== undefined && onLineOf(graph, [id], [point]).length === 0) {
    throw new RevisionNotOnBranchError(id, branch ?? point);
  }
  return id;
}

/** The revisions that `head`, `heads` or `base` denotes, of the whole graph or of a branch. */
export function namedRevisions(
  graph: RevisionGraph,
  { kind, branch }: Pick<KeywordSymbol, 'kind' | 'branch'>,
): readonly string[] {
  if (kind === 'base') return [];
  if (kind === 'heads' && branch === undefined) return graph.realHeads;
  const heads = branch === undefined ? graph.heads : onBranch(graph, graph.heads, branch);
  if (kind === 'heads' || heads.length < 2) return heads;
  throw new MultipleHeadsError(branch === undefined ? 'head' : `${branch}@head`, heads);
}

/** The revisions among `ids` that share a line with a branch. `head@…` means the line of the head, as in Alembic. */
export function onBranch(graph: RevisionGraph, ids: readonly string[], branch: string): readonly string[] {
  return inLineageOf(graph, ids, anchorSymbol(branch));
}

/**
 * The revisions among `targets` that share a line with one of those that a symbol denotes; all of them for base.
 *
 * Without targets nothing is looked up: an unknown branch of an empty version table is no error in Alembic either.
 */
export function inLineageOf(
  graph: RevisionGraph,
  targets: readonly string[],
  symbol: RevisionSymbol,
  connections: Connections = 'down revisions',
): readonly string[] {
  const isNamed = symbol.kind !== 'name' && symbol.kind !== 'relative';
  const named = isNamed ? namedRevisions(graph, symbol) : [];
  if (targets.length === 0) return targets;
  const points = symbol.branch === undefined ? [...named] : [...named, lookUp(graph, symbol.branch)];
  if (!isNamed) points.push(lookUp(graph, symbol.name));
  return points.length === 0 ? targets : onLineOf(graph, targets, points, connections);
}

/** The revisions among `targets` that stand on one of `points`, carry one, or are one. */
function onLineOf(
  graph: RevisionGraph,
  targets: readonly string[],
  points: readonly string[],
  connections: Connections = 'down revisions',
): readonly string[] {
  const below = ancestors(graph, points, connections);
  const above = descendants(graph, points, connections);
  return targets.filter((id) => below.has(id) || above.has(id));
}

/** Completes a prefix of an id or a label. Names of three characters or fewer must be written in full. */
function completed(graph: RevisionGraph, prefix: string, point: string | undefined): string {
  const idOf = (name: string): string => graph.labelled(name) ?? name;
  let candidates = prefix === '' ? [] : graph.names.filter((name) => name.length > 3 && name.startsWith(prefix));
  if (point !== undefined) {
    const onBranch = new Set(onLineOf(graph, candidates.map(idOf), [point]));
    candidates = candidates.filter((name) => onBranch.has(idOf(name)));
  }
  const [only, ...others] = candidates;
  const squash = graph.replacedBy(prefix);
  if (only === undefined && squash !== undefined) throw new ReplacedRevisionError(prefix, squash);
  if (only === undefined) throw new RevisionNotFoundError(prefix, { nearest: nearestName(prefix, graph.names) });
  if (others.length > 0) throw new AmbiguousRevisionError(prefix, candidates);
  return idOf(only);
}
