import { MissingRevisionError } from '../errors/revision.errors.js';
import { oldestFirst } from './cycles.js';
import { normalizeDependencies } from './dependencies.js';
import { type Revision } from './revision-node.js';

/** A revision with its connections, in both directions. */
export interface Node<R extends Revision> {
  readonly revision: R;
  readonly downRevisions: readonly string[];
  readonly dependencies: readonly string[];
  normalizedDependencies: readonly string[];
  /** Down revisions and normalized dependencies, each once. */
  parents: readonly string[];
  readonly children: string[];
  readonly dependents: string[];
}

/** All revisions, connected. */
export interface Connected<R extends Revision> {
  readonly nodes: ReadonlyMap<string, Node<R>>;
  /** All revisions, each after those that it follows. */
  readonly oldestFirst: readonly string[];
}

/**
 * Connects revisions. Their ids must be unique.
 *
 * @param labels The revision that declares each branch label, since `dependsOn` may name labels.
 * @throws MissingRevisionError | RevisionCycleError
 */
export function connect<R extends Revision>(
  revisions: readonly R[],
  labels: ReadonlyMap<string, string>,
): Connected<R> {
  const nodes = new Map<string, Node<R>>();
  for (const revision of revisions) {
    const downRevisions = unique(revision.downRevision);
    const dependencies = unique(revision.dependsOn.map((name) => labels.get(name) ?? name));
    const parents = unique([...downRevisions, ...dependencies]);
    nodes.set(revision.id, {
      revision,
      downRevisions,
      dependencies,
      normalizedDependencies: dependencies,
      parents,
      children: [],
      dependents: [],
    });
  }
  checkReferences(nodes);

  const ids = [...nodes.keys()];
  const downRevisions = (id: string): readonly string[] => nodes.get(id)?.downRevisions ?? [];
  const ordered = oldestFirst(ids, downRevisions, 'Cycle');
  const dependencies = new Map<string, readonly string[]>();
  for (const [id, node] of nodes) if (node.dependencies.length > 0) dependencies.set(id, node.dependencies);
  if (dependencies.size > 0) {
    oldestFirst(ids, (id) => nodes.get(id)?.parents ?? [], 'Dependency cycle');
    for (const [id, normalized] of normalizeDependencies(dependencies, ordered, downRevisions)) {
      const node = nodes.get(id);
      if (node === undefined) continue;
      node.normalizedDependencies = normalized;
      node.parents = unique([...node.downRevisions, ...normalized]);
    }
  }
  // in the order of ids, so that the resulting lists are sorted
  for (const id of ids.sort()) {
    const node = nodes.get(id);
    for (const down of node?.downRevisions ?? []) nodes.get(down)?.children.push(id);
    for (const dependency of node?.dependencies ?? []) nodes.get(dependency)?.dependents.push(id);
  }
  return { nodes, oldestFirst: ordered };
}

function checkReferences(nodes: ReadonlyMap<string, Node<Revision>>): void {
  const references = [...nodes.values()].flatMap(({ revision, parents }) =>
    parents.filter((id) => !nodes.has(id)).map((missing) => ({ missing, referencedBy: revision.id })),
  );
  if (references.length > 0) throw new MissingRevisionError(references);
}

function unique(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)];
}
