import { type Parents } from './cycles.js';

type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * Removes the dependencies of a revision that a revision below it (by `downRevision`) has as well: what was consumed
 * there has no row any more. A dependency on the revision's own ancestor is kept, as in Alembic.
 *
 * @param dependencies The resolved dependencies of every revision that has any.
 * @param ordered All revisions, each after its down revisions.
 */
export function normalizeDependencies(
  dependencies: Dependencies,
  ordered: readonly string[],
  downRevisions: Parents,
): Dependencies {
  const dependents = new Map<string, Set<string>>();
  for (const [id, dependsOn] of dependencies) {
    for (const dependency of dependsOn) dependents.set(dependency, (dependents.get(dependency) ?? new Set()).add(id));
  }
  const position = new Map(ordered.map((id, index) => [id, index]));
  const repeats = new Map<string, ReadonlySet<string>>();
  for (const [dependency, ids] of dependents) {
    if (ids.size > 1) repeats.set(dependency, standingOnAnother(ids, position, downRevisions));
  }
  if (repeats.size === 0) return dependencies;
  return new Map(
    [...dependencies].map(([id, dependsOn]) => [
      id,
      dependsOn.filter((dependency) => repeats.get(dependency)?.has(id) !== true),
    ]),
  );
}

/** Those of `ids` that have another one of `ids` as an ancestor. */
function standingOnAnother(
  ids: ReadonlySet<string>,
  position: ReadonlyMap<string, number>,
  downRevisions: Parents,
): ReadonlySet<string> {
  const at = (id: string): number => position.get(id) ?? 0;
  const [lowest = '', ...others] = [...ids].sort((a, b) => at(a) - at(b));
  const standing = new Set<string>();
  const clear = new Set<string>();
  for (const id of others) {
    const seen = new Set<string>();
    const todo = [...downRevisions(id)];
    for (let below = todo.pop(); below !== undefined; below = todo.pop()) {
      if (ids.has(below)) {
        standing.add(id);
        break;
      }
      // none of `ids` can be below the lowest one
      if (seen.has(below) || clear.has(below) || at(below) < at(lowest)) continue;
      seen.add(below);
      todo.push(...downRevisions(below));
    }
    if (!standing.has(id)) for (const below of seen) clear.add(below);
  }
  return standing;
}
