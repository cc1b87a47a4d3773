import { describe, expect, it } from '@jest/globals';
import { currentRevisions } from '../../../libs/nest-migrate/src/revision/current.js';
import { planDowngrade } from '../../../libs/nest-migrate/src/revision/downgrade-plan.js';
import { historyRange } from '../../../libs/nest-migrate/src/revision/history-range.js';
import { type Revision } from '../../../libs/nest-migrate/src/revision/revision.js';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import { planUpgrade } from '../../../libs/nest-migrate/src/revision/upgrade-plan.js';

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
