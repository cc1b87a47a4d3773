import { DuplicateVersionRowError, RevisionNotAppliedError } from '../errors/revision.errors.js';
import { type PlannedStep } from './planned-step.js';
import { type RevisionGraph } from './revision-graph.js';
import { ancestors } from './traversal.js';

/** One statement on the version table. */
export type RowChange =
  | { readonly kind: 'insert'; readonly revision: string }
  /** `count`: how many times the row is in the table. Default: once. */
  | { readonly kind: 'delete'; readonly revision: string; readonly count?: number }
  | { readonly kind: 'update'; readonly from: string; readonly to: string };

/**
 * The version table while a plan is made. Its rows are the tips of what is applied: the applied revisions that no other
 * applied revision stands on, by `downRevision` or by `dependsOn`. Every step keeps that true, in whatever order.
 *
 * Rows that already overlap are kept until a step touches them.
 */
export class VersionRows {
  /** Sorted; a row that is in the table twice is here twice. */
  #rows: readonly string[];
  readonly #applied: Set<string>;
  /** The number of applied revisions that stand directly on each revision. */
  readonly #carrying = new Map<string, number>();

  constructor(
    private readonly graph: RevisionGraph,
    rows: readonly string[],
  ) {
    this.#rows = [...rows].sort();
    this.#applied = ancestors(graph, rows, 'all');
    for (const id of this.#applied) this.#carry(id, 1);
  }

  /** The rows, sorted. */
  get rows(): readonly string[] {
    return this.#rows;
  }

  has(row: string): boolean {
    return this.#rows.includes(row);
  }

  /** Runs a revision's `upgrade`. One that is applied already changes nothing. */
  upgrade(id: string): PlannedStep {
    const consumed: string[] = [];
    const todo = this.#applied.has(id) ? [] : [id];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      this.#applied.add(next);
      this.#carry(next, 1);
      for (const parent of this.graph.parentsOf(next)) {
        if (this.has(parent) && !consumed.includes(parent)) consumed.push(parent);
        // a row implies everything that it stands on
        if (!this.#applied.has(parent)) todo.push(parent);
      }
    }
    const isTip = (this.#carrying.get(id) ?? 0) === 0 && !this.has(id);
    const changes = isTip ? this.replace(consumed, id) : [];
    return this.#step('upgrade', id, changes);
  }

  /**
   * Runs a revision's `downgrade`.
   *
   * @throws RevisionNotAppliedError where it is no row: it is not applied, or another applied revision stands on it.
   */
  downgrade(id: string): PlannedStep {
    if (!this.has(id)) throw new RevisionNotAppliedError(id);
    this.#applied.delete(id);
    this.#carry(id, -1);
    const uncovered = this.graph
      .parentsOf(id)
      .filter((parent) => this.#applied.has(parent) && !this.#carrying.get(parent) && !this.has(parent));
    const last = uncovered.pop();
    const changes = uncovered.map((revision) => this.insert(revision));
    changes.push(last === undefined ? this.delete(id) : this.#update(id, last));
    return this.#step('downgrade', id, changes);
  }

  insert(revision: string): RowChange {
    const index = this.#rows.findIndex((row) => row > revision);
    this.#rows = this.#rows.toSpliced(index < 0 ? this.#rows.length : index, 0, revision);
    return { kind: 'insert', revision };
  }

  delete(revision: string): RowChange {
    this.#take(revision);
    return { kind: 'delete', revision };
  }

  /** Replaces several rows by one: all but the last are deleted, and the last is updated. */
  replace(rows: readonly string[], revision: string): readonly RowChange[] {
    const last = rows[rows.length - 1];
    if (last === undefined) return [this.insert(revision)];
    return [...rows.slice(0, -1).map((row) => this.delete(row)), this.#update(last, revision)];
  }

  #update(from: string, to: string): RowChange {
    this.#take(from);
    this.insert(to);
    return { kind: 'update', from, to };
  }

  #take(row: string): void {
    const count = this.#rows.filter((other) => other === row).length;
    if (count > 1) throw new DuplicateVersionRowError(row, count);
    this.#rows = this.#rows.filter((other) => other !== row);
  }

  #carry(id: string, change: 1 | -1): void {
    for (const parent of this.graph.parentsOf(id)) {
      this.#carrying.set(parent, (this.#carrying.get(parent) ?? 0) + change);
    }
  }

  #step(direction: 'upgrade' | 'downgrade', id: string, changes: readonly RowChange[]): PlannedStep {
    const { downRevision } = this.graph.get(id);
    const [from, to] = direction === 'upgrade' ? [downRevision, [id]] : [[id], downRevision];
    return { direction, revision: id, from, to, changes, rows: this.#rows };
  }
}

/** A revision to run, and in which direction. */
export interface Move {
  readonly direction: 'upgrade' | 'downgrade';
  readonly revision: string;
}

/**
 * Returns what the given steps do to the version table, in the given order. Plans and orders nothing itself.
 *
 * @throws RevisionNotAppliedError where a step downgrades a revision that is no row at that point.
 * @throws DuplicateVersionRowError where a step changes a row that is in the table more than once.
 */
export function planSteps(
  graph: RevisionGraph,
  rows: readonly string[],
  moves: Iterable<Move>,
): readonly PlannedStep[] {
  const table = new VersionRows(graph, rows);
  return Array.from(moves, ({ direction, revision }) => table[direction](revision));
}
