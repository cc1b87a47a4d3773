import { describe, expect, it } from '@jest/globals';
import { type Revision } from '../../../libs/nest-migrate/src/revision/revision-node.ts';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.ts';
import { placesIn } from '../../../libs/nest-migrate/src/revision/squash-places.ts';

const graphOf = (parents: Readonly<Record<string, readonly string[]>>): RevisionGraph =>
  RevisionGraph.of(
    Object.entries(parents).map(([id, downRevision]): Revision => ({
      id,
      downRevision,
      dependsOn: [],
      branchLabels: [],
    })),
  );

const places = (graph: RevisionGraph, ids = graph.oldestFirst): readonly string[] =>
  placesIn(graph, ids, () => 0).places.map((place) => place.toSorted().join(' '));

describe('the places in a range', () => {
  it('are the beginnings of a chain', () => {
    const graph = graphOf({ a: [], b: ['a'], c: ['b'], d: ['c'] });
    expect(places(graph)).toEqual(['a', 'a b', 'a b c']);
    expect(places(graph, ['b', 'c', 'd'])).toEqual(['b', 'b c']);
  });

  it('are all sets that branches allow, each once and in an order that the graph allows', () => {
    const graph = graphOf({ a: [], b: ['a'], c: ['a'], d: ['b', 'c'] });
    expect(places(graph)).toEqual(['a', 'a b', 'a c', 'a b c']);
    const wide = graphOf(Object.fromEntries(['p', 'q', 'r', 's'].map((id) => [id, []])));
    expect(new Set(places(wide)).size).toBe(2 ** 4 - 2);
    for (const place of placesIn(graph, graph.oldestFirst, () => 0).places) {
      for (const [index, id] of place.entries()) {
        expect(graph.parentsOf(id).every((parent) => place.indexOf(parent) < index)).toBe(true);
      }
    }
  });

  it('are all of a long chain, and a sample of many branches', () => {
    const chain = graphOf(
      Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`r${n}`, n === 0 ? [] : [`r${n - 1}`]])),
    );
    expect(placesIn(chain, chain.oldestFirst, () => 0)).toMatchObject({ isAll: true, places: { length: 1499 } });
    const wide = graphOf(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`r${n}`, []])));
    const sample = placesIn(wide, wide.oldestFirst, Math.random);
    expect(sample.isAll).toBe(false);
    expect(sample.places.every(({ length }) => length > 0 && length < 20)).toBe(true);
  });
});
