import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chainsOf, ordersOf } from '../../../libs/nest-migrate/src/revision/verification-order.js';
import { anyGraph, applied, directParents, graphOf, tips } from './graphs.js';

const anyGraphAndSome = anyGraph.chain((graph) =>
  fc.record({ graph: fc.constant(graph), some: fc.subarray(graph.revisions.map(({ id }) => id)) }),
);

describe('chains of revisions to verify', () => {
  it('a line is one chain, a branch and a merge begin another', () => {
    const graph = graphOf('a', 'b: a', 'c: b', 'd: b', 'e: d', 'm: c, e', 'n: m');
    expect(chainsOf(graph, new Set(['a', 'b', 'c', 'd', 'e', 'm', 'n']))).toEqual([
      { start: [], revisions: ['a', 'b', 'd', 'e'] },
      { start: ['b'], revisions: ['c'] },
      { start: ['c', 'e'], revisions: ['m', 'n'] },
    ]);
  });

  it('each revision begins where exactly that is applied which it stands on, each once', () => {
    fc.assert(
      fc.property(anyGraphAndSome, ({ graph, some }) => {
        const seen: string[] = [];
        for (const { start, revisions } of chainsOf(graph, new Set(some))) {
          expect(start).toEqual(tips(graph, applied(graph, start)));
          const done = applied(graph, start);
          for (const id of revisions) {
            expect([...done].sort()).toEqual([...applied(graph, directParents(graph, id))].sort());
            done.add(id);
            seen.push(id);
          }
        }
        expect(seen.sort()).toEqual([...some].sort());
      }),
    );
  });
});

describe('orders of revisions', () => {
  it('two branches can be applied in each of their orders', () => {
    const graph = graphOf('a', 'b: a', 'c: a', 'm: b, c');
    const { start, orders } = ordersOf(graph, new Set(['b', 'c', 'm']), 10, Math.random);
    expect(start).toEqual(['a']);
    expect(orders.map((order) => order.join(' ')).sort()).toEqual(['b c m', 'c b m']);
  });

  it('each order applies each revision once, behind what it stands on, and no two are the same', () => {
    const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(anyGraphAndSome, numbers, fc.integer({ min: 1, max: 6 }), ({ graph, some }, random, limit) => {
        const { start, orders } = ordersOf(graph, new Set(some), limit, () => random.next().value as number);
        expect(orders.length).toBeGreaterThan(0);
        expect(orders.length).toBeLessThanOrEqual(limit);
        expect(new Set(orders.map((order) => order.join(' '))).size).toBe(orders.length);
        for (const order of orders) {
          const done = applied(graph, start);
          for (const id of order) {
            expect(directParents(graph, id).every((parent) => done.has(parent))).toBe(true);
            expect(done.has(id)).toBe(false);
            done.add(id);
          }
          expect(some.every((id) => done.has(id))).toBe(true);
        }
      }),
    );
  });
});
