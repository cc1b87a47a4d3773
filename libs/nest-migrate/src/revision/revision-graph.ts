import { RevisionNotFoundError } from '../errors/revision.errors.js';
import { declaredLabels, spreadLabels } from './branch-labels.js';
import { checkRevisions } from './checks.js';
import { connect, type Node } from './connect.js';
import { type Revision } from './revision-node.js';
import { newestFirst } from './newest-first.js';

/**
 * The revisions of an application, connected. Immutable: built once from all revisions, then only read.
 *
 * Behaves as Alembic 1.19's revision map, but refuses what Alembic loads and then fails on: duplicate ids, references
 * to revisions that no script has, cycles above a sound line.
 *
 * @example
 * const graph = RevisionGraph.of([
 *   { id: 'ae10', downRevision: [], dependsOn: [], branchLabels: [] },
 *   { id: '27c6', downRevision: ['ae10'], dependsOn: [], branchLabels: ['billing'] },
 * ]);
 * graph.heads; // ['27c6']
 */
export class RevisionGraph<R extends Revision = Revision> {
  /** In load order. */
  readonly revisions: readonly R[];
  /** Revisions that no other follows, in load order. One that another branch depends on counts. */
  readonly heads: readonly string[];
  /** The heads that no other revision depends on either: what the version table holds when all is applied. */
  readonly realHeads: readonly string[];
  /** Revisions that follow none, in load order. */
  readonly bases: readonly string[];

  /** All revisions, each after those that it follows. */
  readonly oldestFirst: readonly string[];

  readonly #nodes: ReadonlyMap<string, Node<R>>;
  readonly #declaredLabels: ReadonlyMap<string, string>;
  #carriedLabels?: ReadonlyMap<string, readonly string[]>;
  #newestFirst?: readonly string[];

  private constructor(revisions: readonly R[]) {
    checkRevisions(revisions);
    this.revisions = revisions;
    this.#declaredLabels = declaredLabels(revisions);
    ({ nodes: this.#nodes, oldestFirst: this.oldestFirst } = connect(revisions, this.#declaredLabels));
    const where = (test: (node: Node<R>) => boolean): readonly string[] =>
      [...this.#nodes.values()].filter(test).map(({ revision }) => revision.id);
    this.heads = where(({ children }) => children.length === 0);
    this.realHeads = where(({ children, dependents }) => children.length + dependents.length === 0);
    this.bases = where(({ downRevisions }) => downRevisions.length === 0);
  }

  /**
   * Builds and checks a graph. No revisions make an empty graph.
   *
   * @param revisions In load order, from which the order of heads, of steps and of candidates follows.
   * @throws RevisionCycleError | IllegalRevisionIdError | DuplicateRevisionError | DuplicateBranchLabelError |
   * MissingRevisionError, in this order.
   */
  static of<R extends Revision>(revisions: Iterable<R>): RevisionGraph<R> {
    return new RevisionGraph([...revisions]);
  }

  /** Whether this is the full id of a revision. */
  has(id: string): boolean {
    return this.#nodes.has(id);
  }

  /**
   * Returns a revision by its full id; for symbols see `resolveRevisions`.
   *
   * @throws RevisionNotFoundError
   */
  get(id: string): R {
    return this.#node(id).revision;
  }

  /** Returns the id of the revision that declares a branch label, or `undefined`. */
  labelled(label: string): string | undefined {
    return this.#declaredLabels.get(label);
  }

  /** Everything that a partial id may stand for: ids, then branch labels, in load order. */
  get names(): readonly string[] {
    return [...this.#nodes.keys(), ...this.#declaredLabels.keys()];
  }

  /** Revisions that more than one other revision follows, newest first, as `branches` lists them. */
  get branchPoints(): readonly string[] {
    return this.newestFirst.filter((id) => this.isBranchPoint(id));
  }

  /** All revisions in the order of `history`. */
  get newestFirst(): readonly string[] {
    return (this.#newestFirst ??= newestFirst(this, new Set(this.#nodes.keys()), this.heads));
  }

  isHead(id: string): boolean {
    return this.#node(id).children.length === 0;
  }

  isBase(id: string): boolean {
    return this.#node(id).downRevisions.length === 0;
  }

  isBranchPoint(id: string): boolean {
    return this.#node(id).children.length > 1;
  }

  isMergePoint(id: string): boolean {
    return this.#node(id).revision.downRevision.length > 1;
  }

  /** The revisions that follow this one, sorted. */
  childrenOf(id: string): readonly string[] {
    return this.#node(id).children;
  }

  /** The revisions of other branches that depend on this one, sorted. */
  dependentsOf(id: string): readonly string[] {
    return this.#node(id).dependents;
  }

  /** What must be applied before this revision: its down revisions, then its normalized dependencies. */
  parentsOf(id: string): readonly string[] {
    return this.#node(id).parents;
  }

  /** The down revisions, each once. */
  downRevisionsOf(id: string): readonly string[] {
    return this.#node(id).downRevisions;
  }

  /**
   * The revisions that `dependsOn` means, with labels replaced by the revisions that declare them. Planners use {@link
   * parentsOf}; the cases taken from Alembic use this.
   */
  dependenciesOf(id: string): readonly string[] {
    return this.#node(id).dependencies;
  }

  /**
   * The dependencies, without those that a revision below this one has as well. Also for the cases taken from Alembic.
   */
  normalizedDependenciesOf(id: string): readonly string[] {
    return this.#node(id).normalizedDependencies;
  }

  /** The branch labels that a revision carries, its own and inherited ones, sorted. */
  labelsOf(id: string): readonly string[] {
    this.#node(id);
    return (this.#carriedLabels ??= spreadLabels(this)).get(id) ?? [];
  }

  #node(id: string): Node<R> {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new RevisionNotFoundError(id);
    return node;
  }
}
