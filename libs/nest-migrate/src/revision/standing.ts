import { resolveRevisions } from './resolve.js';
import { type RevisionGraph } from './revision-graph.js';
import { type Target } from './target.js';
import { ancestors } from './traversal.js';
import { planUpgrade } from './upgrade-plan.js';

/** Where a database is, compared with what an application needs. */
export type Standing =
  /** Everything that is needed is applied. */
  | { readonly kind: 'reached' }
  /** These revisions are not applied yet, in the order to apply them. */
  | { readonly kind: 'behind'; readonly pending: readonly string[] }
  /**
   * Rows without a script stand on everything that is needed: a newer version of the application has migrated the
   * database.
   */
  | { readonly kind: 'ahead'; readonly unknown: readonly string[] }
  /** Rows without a script, of which nothing proves that. `missing` is needed and not known to be applied. */
  | { readonly kind: 'foreign'; readonly unknown: readonly string[]; readonly missing: readonly string[] };

/**
 * Compares the version table's rows with what an application needs.
 *
 * @param target What is needed.
 * @param parents The parents of each revision when it was applied, for those that the graph does not have.
 * @throws as `planUpgrade`
 */
export function standing(
  graph: RevisionGraph,
  rows: readonly string[],
  target: Target,
  parents: ReadonlyMap<string, readonly string[]>,
): Standing {
  const unknown = rows.filter((row) => !graph.has(row));
  if (unknown.length === 0) {
    const pending = planUpgrade(graph, rows, target).flatMap(({ revision }) => revision ?? []);
    return pending.length === 0 ? { kind: 'reached' } : { kind: 'behind', pending };
  }
  const below = unknown.map((row) => knownBelow(graph, row, parents));
  const applied = ancestors(graph, [...rows.filter((row) => graph.has(row)), ...below.flat()], 'all');
  const missing = resolveRevisions(graph, [target]).filter((id) => !applied.has(id));
  const isProven = missing.length === 0 && below.every((known) => known.length > 0);
  return isProven ? { kind: 'ahead', unknown } : { kind: 'foreign', unknown, missing };
}

/** The nearest revisions of the graph that an unknown one stands on. */
function knownBelow(
  graph: RevisionGraph,
  unknown: string,
  parents: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const found = new Set<string>();
  const seen = new Set([unknown]);
  const todo = [unknown];
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const parent of parents.get(id) ?? []) {
      if (graph.has(parent)) found.add(parent);
      else if (!seen.has(parent)) todo.push(parent);
      seen.add(parent);
    }
  }
  return [...found];
}
