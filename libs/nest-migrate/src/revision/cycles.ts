import { RevisionCycleError } from '../errors/revision.errors.js';

/** The parents of a revision, by `downRevision` alone or with dependencies. */
export type Parents = (id: string) => readonly string[];

/**
 * The revisions, each after its parents. Finds every cycle on the way, including one above a sound base, which Alembic
 * loads and then follows forever.
 *
 * @throws RevisionCycleError naming one cycle.
 */
export function oldestFirst(
  ids: readonly string[],
  parents: Parents,
  kind: 'Cycle' | 'Dependency cycle',
): readonly string[] {
  const children = new Map<string, string[]>(ids.map((id) => [id, []]));
  const waitingFor = new Map<string, number>();
  for (const id of ids) {
    waitingFor.set(id, parents(id).length);
    for (const parent of parents(id)) children.get(parent)?.push(id);
  }
  // grows during the loop, level by level
  const ordered = ids.filter((id) => waitingFor.get(id) === 0);
  for (const id of ordered) {
    waitingFor.delete(id);
    for (const child of children.get(id) ?? []) {
      const left = (waitingFor.get(child) ?? 0) - 1;
      waitingFor.set(child, left);
      if (left === 0) ordered.push(child);
    }
  }
  const [stuck] = waitingFor.keys();
  if (stuck === undefined) return ordered;
  throw new RevisionCycleError(
    kind,
    cycleBelow(stuck, (id) => parents(id).filter((parent) => waitingFor.has(parent))),
  );
}

/**
 * Finds a cycle. Every revision that is left has a parent that is left, so a walk down must meet some revision twice.
 */
function cycleBelow(start: string, stuckParents: Parents): readonly string[] {
  const walked = new Set<string>();
  let id: string | undefined = start;
  while (id !== undefined && !walked.has(id)) {
    walked.add(id);
    id = stuckParents(id)[0];
  }
  const path = [...walked];
  return id === undefined ? path : path.slice(path.indexOf(id));
}
