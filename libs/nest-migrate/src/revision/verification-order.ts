import { newestFirst } from './newest-first.js';
import { type RevisionGraph } from './revision-graph.js';
import { allChildren, ancestors, tipsOf } from './traversal.js';

/** Revisions that can be applied one after the other, each to exactly what it stands on. */
export interface Chain {
  /** What has to be applied before the first one: the tips of it. Empty: nothing. */
  readonly start: readonly string[];
  readonly revisions: readonly string[];
}

/**
 * Divides revisions into as few chains as follow from the graph. At the beginning of each revision exactly that is
 * applied which it stands on, so that one which needs a revision and does not name it fails. A branch is a chain of its
 * own, and so is what follows a merge.
 *
 * @param ids Which revisions; those between them that are not named are applied and not in a chain.
 */
export function chainsOf(graph: RevisionGraph, ids: ReadonlySet<string>): readonly Chain[] {
  const chains: { start: readonly string[]; revisions: string[] }[] = [];
  const endingAt = new Map<string, (typeof chains)[number]>();
  for (const id of oldestFirst(graph, ids)) {
    if (!ids.has(id)) continue;
    const start = tipsOf(graph, graph.parentsOf(id));
    const [below, ...others] = start;
    const chain = others.length === 0 && below !== undefined ? endingAt.get(below) : undefined;
    if (chain === undefined || below === undefined) {
      const begun = { start, revisions: [id] };
      chains.push(begun);
      endingAt.set(id, begun);
    } else {
      chain.revisions.push(id);
      endingAt.delete(below);
      endingAt.set(id, chain);
    }
  }
  return chains;
}

/** Orders in which revisions can be applied, and what has to be applied before. */
export interface Orders {
  readonly start: readonly string[];
  readonly orders: readonly (readonly string[])[];
}

/**
 * Different orders in which the graph allows the revisions to be applied: all of them where there are at most `limit`,
 * else a sample. The first one is that of an upgrade.
 *
 * @param limit At most so many orders; at least 1.
 * @param random Returns numbers from 0 to below 1. The same numbers give the same orders.
 */
export function ordersOf(graph: RevisionGraph, ids: ReadonlySet<string>, limit: number, random: () => number): Orders {
  const all = ancestors(graph, ids, 'all');
  const start = tipsOf(
    graph,
    [...all].filter((id) => !ids.has(id)),
  );
  const below = new Set(ancestors(graph, start, 'all'));
  const own = oldestFirst(graph, ids).filter((id) => !below.has(id));
  const found = new Map<string, readonly string[]>([[own.join(' '), own]]);
  // two branches of one revision each have two orders: many tries find no third
  for (let tries = 0; found.size < limit && tries < limit * TRIES; tries++) {
    const order = anyOrder(graph, own, random);
    found.set(order.join(' '), order);
  }
  return { start, orders: [...found.values()] };
}

/** How often an order is drawn for each one that is wanted, before no other one is supposed to exist. */
const TRIES = 8;

/** One of the orders that the graph allows: each time any of those whose parents are applied. */
export function anyOrder(graph: RevisionGraph, ids: readonly string[], random: () => number): readonly string[] {
  const waiting = new Map(ids.map((id) => [id, graph.parentsOf(id).filter((parent) => ids.includes(parent)).length]));
  const ready = ids.filter((id) => waiting.get(id) === 0);
  const order: string[] = [];
  while (ready.length > 0) {
    const [id = ''] = ready.splice(Math.floor(random() * ready.length), 1);
    order.push(id);
    for (const child of allChildren(graph, id)) {
      const left = (waiting.get(child) ?? 0) - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return order;
}

/** The revisions and all that they stand on, in the order of an upgrade. */
function oldestFirst(graph: RevisionGraph, ids: ReadonlySet<string>): readonly string[] {
  return newestFirst(graph, ancestors(graph, ids, 'all'), tipsOf(graph, ids)).toReversed();
}
