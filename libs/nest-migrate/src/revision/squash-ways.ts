import { type RevisionGraph } from './revision-graph.js';
import { anyOrder } from './verification-order.js';

/** Ways through some revisions, on which a database comes by what it may have applied of them. */
export interface Ways {
  /** Each holds all of the revisions, in an order that the graph allows. */
  readonly ways: readonly (readonly string[])[];
  /** How many different sets of applied revisions lie on them; none and all are among them. */
  readonly places: number;
  /** Whether these are all the sets that there are. */
  readonly isAll: boolean;
}

/** So many sets of applied revisions are looked at before only some are drawn. */
const MOST_LISTED = 1000;

/**
 * Ways through some revisions that lead by everything of them that a database may have applied: with each of them all
 * those among them that it stands on. In a chain that is one way; branches that are applied side by side have several.
 *
 * @param ids The revisions, oldest first.
 * @param most At most so many ways are returned. Where more would be needed, they are some.
 * @param random Returns numbers from 0 to below 1. The same numbers give the same ways.
 */
export function waysThrough(graph: RevisionGraph, ids: readonly string[], most: number, random: () => number): Ways {
  const ways = [ids];
  const passed = new Set(keysOn(ids, ids));
  const listed = placesOf(graph, ids);
  for (const [key, place] of listed ?? []) {
    if (ways.length === most || passed.has(key)) continue;
    const way = [...place, ...ids.filter((id) => !place.includes(id))];
    ways.push(way);
    for (const each of keysOn(ids, way)) passed.add(each);
  }
  for (let tries = 0; listed === undefined && ways.length < most && tries < most * TRIES; tries++) {
    const way = anyOrder(graph, ids, random);
    const keys = keysOn(ids, way);
    if (keys.every((key) => passed.has(key))) continue;
    ways.push(way);
    for (const each of keys) passed.add(each);
  }
  return { ways, places: passed.size, isAll: listed?.size === passed.size };
}

/** How often a way is drawn for each that is wanted. */
const TRIES = 8;

/** The sets of applied revisions on a way, as texts. */
function keysOn(ids: readonly string[], way: readonly string[]): readonly string[] {
  const place = new Map(ids.map((id, index) => [id, index]));
  const applied: number[] = [];
  return [
    '',
    ...way.map((id) => {
      applied.push(place.get(id) ?? 0);
      return keyOf(applied);
    }),
  ];
}

/** A text for a set of places. What is applied without a gap is one number: most of a long history is. */
function keyOf(applied: readonly number[]): string {
  const sorted = [...applied].sort((a, b) => a - b);
  const gap = sorted.findIndex((each, index) => each !== index);
  return gap < 0 ? String(sorted.length) : [gap, ...sorted.slice(gap)].join(' ');
}

/** All sets of applied revisions, the ones with most last; `undefined` where there are too many. */
function placesOf(graph: RevisionGraph, ids: readonly string[]): ReadonlyMap<string, readonly string[]> | undefined {
  const place = new Map(ids.map((id, index) => [id, index]));
  const parents = new Map(ids.map((id) => [id, graph.parentsOf(id).filter((parent) => place.has(parent))]));
  const found = new Map<string, readonly string[]>([['', []]]);
  for (const applied of found.values()) {
    if (found.size > Math.max(MOST_LISTED, ids.length + 1)) return undefined;
    const set = new Set(applied);
    for (const id of ids) {
      if (set.has(id) || parents.get(id)?.every((parent) => set.has(parent)) === false) continue;
      const next = [...applied, id];
      const key = keyOf(next.map((each) => place.get(each) ?? 0));
      if (!found.has(key)) found.set(key, next);
    }
  }
  return found;
}
