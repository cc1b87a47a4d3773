import { describe, expect, it } from '@jest/globals';
import { rangeFor, requestedRange } from '../../../libs/nest-migrate/src/revision/requested-range.js';
import { requestedDowngrade } from '../../../libs/nest-migrate/src/revision/requested-downgrade.js';
import { targetFor, targetsFor } from '../../../libs/nest-migrate/src/revision/target.js';
import { planUpgrade } from '../../../libs/nest-migrate/src/revision/upgrade-plan.js';
import { graphOf } from './graphs.js';

const line = graphOf('aaaa1', 'bbbb1: aaaa1', 'cccc1: bbbb1');

describe('a target', () => {
  it('is read once and planned as often as it takes: steps count from the rows as they then are', () => {
    const target = targetFor(line, '+1', 'upgrade');
    const runs = (rows: readonly string[]) => planUpgrade(line, rows, target).map(({ revision }) => revision);
    expect(runs([])).toEqual(['aaaa1']);
    expect(runs(['aaaa1'])).toEqual(['bbbb1']);
    expect(() => runs(['cccc1'])).toThrow("Relative revision +1 didn't produce 1 migrations");
  });

  it('is a full id where it was a part of one, or steps from a revision, and keeps what was written for messages', () => {
    expect(targetsFor(line, ['bbb', 'cccc1-1', '-1'], 'stamp')).toEqual([
      { kind: 'name', name: 'bbbb1', text: 'bbb' },
      { kind: 'name', name: 'bbbb1', text: 'bbbb1' },
      { kind: 'name', name: 'bbbb1', text: 'bbbb1' },
    ]);
  });

  it('is looked up on its branch alone, where a part of an id is unique there', () => {
    const graph = graphOf('base0', 'aaaa1 [left]: base0', 'aaaa2: aaaa1', 'bbbb1 [right]: base0', 'aabb2: bbbb1');
    expect(() => targetFor(graph, 'aabb', 'downgrade')).not.toThrow();
    const target = targetFor(graph, 'right@aa', 'downgrade');
    expect(requestedDowngrade(graph, ['aabb2', 'aaaa2'], target).steps).toEqual([]);
    expect(() => targetFor(graph, 'aa', 'downgrade')).toThrow("'aaaa1', 'aaaa2' and 'aabb2' start with it");
  });
});

describe('steps at the start of a history range', () => {
  const listed = (range: string) => requestedRange(line, rangeFor(line, range), undefined).ids;

  it.each(['-9:', '-9:heads', '-9:head', '-9:cccc1', '-9:aaaa1@head'])('%s begins at base', (range) => {
    expect(listed(range)).toEqual(['cccc1', 'bbbb1', 'aaaa1']);
  });

  it('are refused with the heads, where there are several to count from', () => {
    const two = graphOf('aaaa1', 'bbbb1: aaaa1', 'cccc1: aaaa1');
    const ask = () => requestedRange(two, rangeFor(two, '-9:'), undefined);
    expect(ask).toThrow("Multiple head revisions are present for given argument 'heads': 'bbbb1' and 'cccc1'.");
  });
});

describe('a head that depends on all others', () => {
  const graph = graphOf('aaaa1', 'aaaa2: aaaa1', 'bbbb1', 'bbbb2: bbbb1', 'bbbb3: bbbb2 > aaaa2');

  it('is what head means, and what steps from head count from, for every purpose', () => {
    const end = (target: string): string | null | undefined =>
      planUpgrade(graph, [], targetFor(graph, target, 'upgrade')).at(-1)?.revision;
    expect(end('head')).toBe('bbbb3');
    expect(end('head-1')).toBe('bbbb2');
    expect(targetsFor(graph, 'head-1', 'stamp')).toMatchObject([{ name: 'bbbb2' }]);
    const undone = requestedDowngrade(graph, ['bbbb3'], targetFor(graph, 'head-1', 'downgrade')).steps;
    expect(undone.map(({ revision }) => revision)).toEqual(['bbbb3']);
    expect(requestedRange(graph, rangeFor(graph, 'bbbb1:head-1'), undefined).ids).toEqual(['bbbb2', 'bbbb1']);
    expect(() => end('head-9')).toThrow(/head-9/);
  });

  it('does not make one of several that nothing stands above', () => {
    const two = graphOf('aaaa1', 'bbbb1: aaaa1', 'cccc1: aaaa1');
    for (const purpose of ['upgrade', 'stamp'] as const) {
      const plan = (): unknown => planUpgrade(two, [], targetsFor(two, 'head-1', purpose)[0]);
      expect(plan).toThrow('Multiple head revisions are present');
    }
  });
});
