import { type RevisionGraph } from './revision-graph.js';
import { allChildren, ancestors } from './traversal.js';

/**
 * Orders revisions so that each comes before everything it stands on: the order of `history` and of downgrades.
 * Upgrades use the reverse. Among the valid orders it chooses Alembic's: it follows a line down until another line
 * still needs the next revision, and then continues with the first such line.
 *
 * @param revisions The revisions to order.
 * @param tips Where to begin; those outside `revisions` are ignored.
 * @returns All of `revisions` that can be reached from the tips through members of `revisions`.
 */
export function newestFirst(
  graph: RevisionGraph,
  revisions: ReadonlySet<string>,
  tips: readonly string[],
): readonly string[] {
  const wanted = new Set(tips);
  const lines = graph.revisions.map(({ id }) => id).filter((id) => wanted.has(id) && revisions.has(id));
  const open = new Set(lines);
  const pending = new Pending(graph, lines, revisions);
  const ordered: string[] = [];
  let index = 0;
  while (lines.length > 0) {
    const candidate = lines[index];
    const needing = pending.firstAbove(candidate, lines);
    if (needing !== undefined) {
      index = needing;
      continue;
    }
    ordered.push(candidate);
    const [first, ...others] = graph.parentsOf(candidate).filter((id) => pending.isWanted(id) && !open.has(id));
    open.delete(candidate);
    pending.emit(candidate);
    if (first === undefined) {
      lines.splice(index, 1);
      index = Math.max(index - 1, 0);
    } else {
      lines[index] = first;
      lines.push(...others);
      for (const id of [first, ...others]) open.add(id);
    }
  }
  return ordered;
}

/** The revisions that are not emitted yet, among the tips and all that they stand on. */
class Pending {
  readonly #ids: readonly string[];
  readonly #position: ReadonlyMap<string, number>;
  readonly #parents: readonly (readonly number[])[];
  readonly #children: readonly (readonly number[])[];
  /** The number of children of each revision that are not emitted yet. */
  readonly #carrying: Int32Array;
  readonly #emitted: Uint8Array;

  constructor(
    graph: RevisionGraph,
    tips: readonly string[],
    private readonly wanted: ReadonlySet<string>,
  ) {
    this.#ids = [...ancestors(graph, tips, 'all')];
    this.#position = new Map(this.#ids.map((id, index) => [id, index]));
    // positions instead of ids, since a plan of 20,000 steps uses these lists very often
    const positions = (ids: readonly string[]): readonly number[] =>
      ids.map((id) => this.#position.get(id)).filter((position) => position !== undefined);
    this.#parents = this.#ids.map((id) => positions(graph.parentsOf(id)));
    this.#children = this.#ids.map((id) => positions(allChildren(graph, id)));
    this.#carrying = new Int32Array(this.#ids.length);
    this.#emitted = new Uint8Array(this.#ids.length);
    for (const parents of this.#parents) for (const parent of parents) this.#carrying[parent] += 1;
  }

  isWanted(id: string): boolean {
    const position = this.#position.get(id);
    return position !== undefined && this.#emitted[position] === 0 && this.wanted.has(id);
  }

  /** The index of the first line whose revision stands on this one, directly or not. */
  firstAbove(id: string, lines: readonly string[]): number | undefined {
    const start = this.#position.get(id)!;
    if (this.#carrying[start] === 0) return undefined;
    const lineAt = new Map(lines.map((line, index) => [this.#position.get(line)!, index]));
    const best = lines[0] === id ? 1 : 0;
    let found: number | undefined;
    const seen = new Uint8Array(this.#ids.length);
    const todo = [start];
    for (let below = todo.pop(); below !== undefined; below = todo.pop()) {
      for (const child of this.#children[below]) {
        if (seen[child] === 1 || this.#emitted[child] === 1) continue;
        seen[child] = 1;
        todo.push(child);
        const line = lineAt.get(child);
        if (line === best) return line;
        if (line !== undefined && (found === undefined || line < found)) found = line;
      }
    }
    return found;
  }

  emit(id: string): void {
    const position = this.#position.get(id)!;
    this.#emitted[position] = 1;
    for (const parent of this.#parents[position]) this.#carrying[parent] -= 1;
  }
}
