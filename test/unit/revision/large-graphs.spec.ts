import { describe, expect, it } from '@jest/globals';
import { currentRevisions } from '../../../libs/nest-migrate/src/revision/current-revisions.js';
import { OverlappingRevisionsError } from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { targetFor } from '../../../libs/nest-migrate/src/revision/target.js';
import { checkIndependent } from '../../../libs/nest-migrate/src/revision/traversal.js';
import { type Revision } from '../../../libs/nest-migrate/src/revision/revision-node.js';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import { historyRange, planDowngrade, planUpgrade, requestedStamp } from './by-text.ts';

const size = 20_000;
const id = (number: number): string => `rev${String(number).padStart(6, '0')}`;
const node = (number: number, downRevision: readonly string[], more: Partial<Revision> = {}): Revision => ({
  id: id(number),
  downRevision,
  dependsOn: [],
  branchLabels: [],
  ...more,
});
const numbers = Array.from({ length: size }, (_, index) => index);

const shapes: Readonly<Record<string, readonly Revision[]>> = {
  'a line with labels': numbers.map((number) =>
    node(number, number === 0 ? [] : [id(number - 1)], { branchLabels: number % 100 === 0 ? [`label${number}`] : [] }),
  ),
  // 3k merges 3k-1 and 3k-2, which both follow 3k-3
  'branches that merge again': numbers.map((number) => {
    if (number === 0) return node(number, []);
    if (number % 3 === 0) return node(number, [id(number - 1), id(number - 2)]);
    return node(number, [id(number - (number % 3))]);
  }),
  'lines that depend on each other': numbers.map((number) =>
    node(number, number < 4 ? [] : [id(number - 4)], {
      dependsOn: number > 4 && number % 3 === 0 ? [id(number - 2)] : [],
    }),
  ),
};

describe.each(Object.entries(shapes))('20,000 revisions: %s', (_, revisions) => {
  // milliseconds of the processor, far more than it takes; what is quadratic takes minutes
  const enough = 30_000;

  it('are loaded, planned and listed without overflowing the stack, in time that grows with their number', () => {
    const before = process.cpuUsage();
    const graph = RevisionGraph.of(revisions);
    const up = planUpgrade(graph, [], 'heads');
    expect(up).toHaveLength(size);
    const rows = up.at(-1)?.rows ?? [];
    expect(rows).toEqual([...graph.realHeads].sort());
    expect(planDowngrade(graph, rows, 'base').steps).toHaveLength(size);
    expect(historyRange(graph, undefined)).toHaveLength(size);
    expect(currentRevisions(graph, rows).length).toBeGreaterThan(0);
    expect(graph.labelsOf(id(size - 1))).toHaveLength(revisions[0].branchLabels.length * 200);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(enough);
  });
});

describe('3,000 heads, each of which depends on 60 others', () => {
  const dense = Array.from({ length: 3000 }, (_, number) => {
    const dependsOn = Array.from({ length: 60 }, (_one, back) => number - 1 - back * 7).filter((other) => other >= 0);
    return node(number, [], { dependsOn: dependsOn.map(id) });
  });

  /** How often a question looked at what a revision stands on. */
  function looks(graph: RevisionGraph, ask: () => unknown): number {
    const parentsOf = graph.parentsOf.bind(graph);
    let count = 0;
    graph.parentsOf = (one) => {
      count += 1;
      return parentsOf(one);
    };
    ask();
    graph.parentsOf = parentsOf;
    return count;
  }

  it.each<[question: string, ask: (graph: RevisionGraph) => unknown]>([
    [
      'which head is in charge',
      (graph) => expect(targetFor(graph, 'head', 'upgrade')).toMatchObject({ name: id(2999) }),
    ],
    [
      'whether heads overlap',
      (graph) => expect(() => checkIndependent(graph, graph.heads)).toThrow(OverlappingRevisionsError),
    ],
    ['what a stamp leaves', (graph) => requestedStamp(graph, ['head'], { rows: [], purge: false })],
  ])('are each looked at a few times to say %s', (_, ask) => {
    const graph = RevisionGraph.of(dense);
    expect(looks(graph, () => ask(graph))).toBeLessThan(10 * dense.length);
  });
});
