import { RevisionNotFoundError } from '../errors/revision.errors.js';
import { declaredLabels, spreadLabels } from './branch-labels.js';
import { checkRevisions } from './checks.js';
import { connect, type Node } from './connect.js';
import { type Revision } from './revision-node.js';
import { newestFirst } from './newest-first.js';
import { Squashes, type SquashView } from './squashes.js';
import { ancestors } from './traversal.js';

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

  readonly #squashes: Squashes<R> | undefined;
  readonly #view: SquashView<R> | undefined;
  /** The graph where no old path of a squash is taken. */
  readonly #closed: RevisionGraph<R>;

  private constructor(revisions: readonly R[], seen?: SquashedGraph<R>) {
    this.#squashes = seen?.squashes;
    this.#view = seen?.view;
    this.#closed = seen?.closed ?? this;
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
    const all = [...revisions];
    checkRevisions(all);
    const squashes = Squashes.of(all);
    if (squashes === undefined) return new RevisionGraph(all);
    const view = squashes.view(new Set());
    return new RevisionGraph(view.revisions, { squashes, view });
  }

  /**
   * The graph as a database sees it: where it stands in the middle of what a squash replaces, the old path is taken and
   * the squash does not count. Everywhere else the squash counts and what it replaces does not.
   *
   * @param rows The version table's rows.
   * @param options.names Ids that the caller names: one that a squash replaces opens its old path too.
   * @param options.begun Steps that were begun and not finished, which have to be finished on the path they are on.
   */
  at(rows: readonly string[], { names = [], begun = [] }: Standpoint = {}): RevisionGraph<R> {
    const squashes = this.#squashes;
    if (squashes === undefined) return this;
    const open = squashes.ids.filter((squash) => {
      if (rows.some((row) => squashes.isInside(squash, row))) return true;
      if (names.some((name) => squashes.isReplaced(squash, name))) return true;
      const [step] = begun.filter(({ revision }) => squashes.isReplaced(squash, revision));
      return step !== undefined && (step.direction === 'downgrade' || !this.#closed.#isApplied(rows, squash));
    });
    return this.#opened(squashes.passable(new Set(open)));
  }

  /** The graph without squashes, where the old paths are there. */
  get unsquashed(): RevisionGraph<R> {
    return this.#squashes === undefined ? this : this.#opened(this.#squashes.passable(new Set(this.#squashes.ids)));
  }

  #opened(open: ReadonlySet<string>): RevisionGraph<R> {
    const squashes = this.#squashes;
    if (squashes === undefined || open.size === 0) return this.#closed;
    const view = squashes.view(open);
    return new RevisionGraph(view.revisions, { squashes, view, closed: this.#closed });
  }

  #isApplied(rows: readonly string[], id: string): boolean {
    const known = this.namesHere(rows).filter((row) => this.has(row));
    return ancestors(this, known, 'all').has(id);
  }

  /** The ids of the squashes, in load order. */
  get squashes(): readonly string[] {
    return this.#squashes?.ids ?? [];
  }

  /** The scripts that a squash replaces and that are still there, in load order. */
  scriptsReplacedBy(squash: string): readonly R[] {
    return this.squashes.includes(squash) ? (this.#squashes?.scriptsReplacedBy(squash) ?? []) : [];
  }

  /** Whether a database with this row needs scripts that a squash replaces. */
  needsReplaced(squash: string, row: string): boolean {
    return this.#squashes?.isNeededBy(squash, row) === true;
  }

  /** Whether a revision is in the graph, or a squash replaces it, or is one whose old path is taken. */
  knows(id: string): boolean {
    return this.has(id) || this.#squashes?.concerns(id) === true || this.script(id) !== undefined;
  }

  /** All scripts in load order, also those that do not count here. */
  get scripts(): readonly R[] {
    return this.#squashes?.all ?? this.revisions;
  }

  /** A script by its id, also one that does not count here. */
  script(id: string): R | undefined {
    return this.#squashes === undefined ? this.#nodes.get(id)?.revision : this.#squashes.script(id);
  }

  /** The revision that means the state of another one that does not count here: the squash of its last revision. */
  standInFor(id: string): string | undefined {
    return this.#view?.standIns.get(id);
  }

  /** The squash that replaces a revision here. */
  replacedBy(id: string): string | undefined {
    return this.#view?.replacedBy.get(id);
  }

  /** The squash that replaces a revision where the old path is not taken. */
  squashReplacing(id: string): string | undefined {
    return this.#closed.replacedBy(id);
  }

  /** Ids under the names that they have here, as far as they have one. */
  namesHere(ids: readonly string[]): readonly string[] {
    return ids.map((id) => (this.has(id) ? id : (this.standInFor(id) ?? id)));
  }

  /** The id that the version table is to hold for a revision: the squash, where the revision is the last of its path. */
  storedAs(id: string): string {
    return this.#view?.stored.get(id) ?? id;
  }

  /**
   * The ids of scripts that texts name and that do not count here: in full or by a unique prefix, before or behind an
   * `@`, with or without steps.
   *
   * @param options.ends Whether the last revision of an old path counts as named where steps do not lead down from it.
   */
  replacedNamesIn(texts: readonly string[], { ends = false }: { readonly ends?: boolean } = {}): readonly string[] {
    // which names open an old path does not depend on those that are open already
    if (this.#closed !== this) return this.#closed.replacedNamesIn(texts, { ends });
    const hidden = [...(this.#view?.replacedBy.keys() ?? [])].filter((id) => this.script(id) !== undefined);
    if (hidden.length === 0) return [];
    return texts
      .flatMap((text) => text.split(/[@:,]/))
      .flatMap((word) => {
        const [, name = '', down = ''] = /^\s*(.*?)([+-]\d+)?\s*$/.exec(word) ?? [];
        const isVisible = this.has(name) || this.#declaredLabels.has(name);
        if (name === '' || isVisible) return [];
        const candidates = hidden.includes(name)
          ? [name]
          : name.length > 3
            ? [...hidden, ...this.names].filter((id) => id.startsWith(name))
            : [];
        const [only, ...others] = candidates;
        if (only === undefined || others.length > 0 || !hidden.includes(only)) return [];
        const isEnd = this.standInFor(only) !== undefined;
        return !isEnd || ends || down.startsWith('-') ? [only] : [];
      });
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

/** What decides, beside the rows, whether the old path of a squash is taken. */
export interface Standpoint {
  readonly names?: readonly string[];
  readonly begun?: readonly { readonly revision: string; readonly direction: 'upgrade' | 'downgrade' }[];
}

interface SquashedGraph<R extends Revision> {
  readonly squashes: Squashes<R>;
  readonly view: SquashView<R>;
  /** Absent for the graph itself where no old path is taken. */
  readonly closed?: RevisionGraph<R>;
}
