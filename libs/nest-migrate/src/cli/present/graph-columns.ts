import { type GraphNode } from './graph-lanes.js';

/** An edge of a picture, from a revision to one that it follows or depends on. */
export interface GraphEdge {
  /** The row of the newer revision. */
  readonly from: number;
  /** The row of the older one. */
  readonly to: number;
  /** The column in which it runs between the two rows. */
  readonly column: number;
  readonly isDependency: boolean;
}

/** Where the revisions and the edges of a picture are. Rows are counted from the newest, columns from the left. */
export interface GraphColumns {
  /** The column of each row's revision. */
  readonly columns: readonly number[];
  readonly edges: readonly GraphEdge[];
  /** How many columns there are. */
  readonly width: number;
}

/**
 * Gives each revision a column, a row each, so that no edge runs through a revision or along another edge. Dependencies on
 * one revision may share a column.
 *
 * It goes from the oldest to the newest and never looks ahead: a revision that is added on top changes nothing below it. A
 * revision keeps its column free for what follows it, until something does.
 *
 * @param nodes Every revision stands before those that it follows or depends on. Edges to others are left out.
 */
export function graphColumns(nodes: readonly GraphNode[]): GraphColumns {
  const rows = new Map(nodes.map(({ id }, row) => [id, row]));
  const columns: number[] = Array.from({ length: nodes.length }, () => 0);
  const edges: GraphEdge[] = [];
  const lanes = new Lanes();
  for (let row = nodes.length - 1; row >= 0; row--) {
    const { id, parents, dependencies } = nodes[row];
    const rowsOf = (names: readonly string[]): readonly number[] =>
      [...new Set(names)].filter((name) => name !== id).flatMap((name) => rows.get(name) ?? []);
    const followed = rowsOf(parents);
    const others = rowsOf(dependencies).filter((to) => !followed.includes(to));
    const waiting = followed.filter((to) => lanes.keeper(columns[to]) === to);
    // the leftmost line goes on, so that the others are seen to join it
    const straight = waiting.toSorted((a, b) => columns[a] - columns[b])[0] ?? followed[0];
    const own = waiting.length > 0 ? columns[straight] : lanes.free(straight);
    columns[row] = own;
    lanes.take(own, row, row);
    for (const to of followed) {
      if (to === straight) edges.push({ from: row, to, column: own, isDependency: false });
      else edges.push({ from: row, to, column: lanes.joining(row, to, { own, of: columns[to] }), isDependency: false });
    }
    for (const to of others) edges.push({ from: row, to, column: lanes.depending(row, to, own), isDependency: true });
  }
  return { columns, edges, width: lanes.count };
}

/** The columns, from the oldest row up to the one that is being placed. */
class Lanes {
  /** The highest row up to which each is used. */
  readonly #tops: number[] = [];
  /** The revision that each is kept free for. */
  readonly #keepers: (number | undefined)[] = [];
  /** The column of the dependencies on a revision, and the row up to which it leads. */
  readonly #dependencies = new Map<number, { readonly column: number; readonly top: number }>();

  get count(): number {
    return this.#tops.length;
  }

  keeper(column: number): number | undefined {
    return this.#keepers[column];
  }

  /** The leftmost column that is free from a row on; any row where none is given. */
  free(since = -1): number {
    const found = this.#tops.findIndex((top, column) => this.#keepers[column] === undefined && top >= since);
    return found === -1 ? this.#tops.length : found;
  }

  take(column: number, row: number, keeper?: number): void {
    this.#tops[column] = row;
    this.#keepers[column] = keeper;
  }

  /** The column in which an edge leads to a revision that is followed besides. */
  joining(row: number, to: number, { own, of }: { readonly own: number; readonly of: number }): number {
    const column = this.#keepers[of] === to ? of : to === row + 1 ? own : this.free(to);
    if (column !== own) this.take(column, row);
    return column;
  }

  /** The column in which an edge leads to a revision that is depended on. */
  depending(row: number, to: number, own: number): number {
    if (to === row + 1) return own;
    const shared = this.#dependencies.get(to);
    const isFree = shared !== undefined && this.#keepers[shared.column] === undefined;
    const column = isFree && this.#tops[shared.column] === shared.top ? shared.column : this.free(to);
    this.#dependencies.set(to, { column, top: row });
    this.take(column, row);
    return column;
  }
}
