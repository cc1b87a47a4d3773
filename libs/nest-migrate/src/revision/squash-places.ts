import { type RevisionGraph } from './revision-graph.js';
import { anyOrder } from './verification-order.js';

/** What of some revisions a database may have applied. */
export interface Places {
  /** Each as the ids that are applied, in an order that the graph allows. Not among them are none and all. */
  readonly places: readonly (readonly string[])[];
  /** Whether there are no others. */
  readonly isAll: boolean;
}

/** So many are listed before only some are drawn. */
const MOST_LISTED = 1000;

/** How many orders are drawn then, on each of which a database comes by as many places as there are revisions. */
const DRAWN = 20;

/**
 * What of some revisions a database may have applied: with each of them all those among them that it stands on. In a
 * chain of `n` these are `n - 1` places; branches that are applied side by side have many.
 *
 * @param ids The revisions, oldest first.
 * @param random Returns numbers from 0 to below 1, for the sample where there are very many.
 */
export function placesIn(graph: RevisionGraph, ids: readonly string[], random: () => number): Places {
  const listed = allPlaces(graph, ids);
  if (listed !== undefined) return { places: listed, isAll: true };
  const orders = Array.from({ length: DRAWN }, () => anyOrder(graph, ids, random));
  const onWay = (order: readonly string[]): readonly (readonly string[])[] =>
    order.slice(1).map((_, index) => order.slice(0, index + 1));
  return { places: [ids, ...orders].flatMap(onWay), isAll: false };
}

/** All of them; `undefined` where there are too many. Where the usual order leads by a place, its own order is that. */
function allPlaces(graph: RevisionGraph, ids: readonly string[]): readonly (readonly string[])[] | undefined {
  const index = new Map(ids.map((id, at) => [id, at]));
  const parents = new Map(ids.map((id) => [id, graph.parentsOf(id).filter((parent) => index.has(parent))]));
  const found = new Map<string, readonly string[]>([['', []]]);
  for (const applied of found.values()) {
    if (found.size > Math.max(MOST_LISTED, ids.length + 1)) return undefined;
    const set = new Set(applied);
    for (const id of ids) {
      if (set.has(id) || parents.get(id)?.every((parent) => set.has(parent)) === false) continue;
      const next = [...applied, id];
      const key = keyOf(next.map((each) => index.get(each) ?? 0));
      if (!found.has(key)) found.set(key, next);
    }
  }
  return [...found.values()].filter(({ length }) => length > 0 && length < ids.length);
}

/** A text for a set of numbers. Those from 0 on without a gap are one number: most of a long history is. */
function keyOf(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const gap = sorted.findIndex((each, index) => each !== index);
  return gap < 0 ? String(sorted.length) : [gap, ...sorted.slice(gap)].join(' ');
}
