import { describe, expect, it } from '@jest/globals';
import {
  DuplicateBranchLabelError,
  DuplicateRevisionError,
  IllegalRevisionIdError,
  MissingRevisionError,
  RevisionCycleError,
  RevisionNotFoundError,
} from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';
import { graphOf, revisions } from './graphs.js';

const thrownBy = (action: () => unknown): Error => {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
};

describe('a graph', () => {
  it('of no revisions is empty', () => {
    const graph = graphOf();
    expect([graph.revisions, graph.heads, graph.bases, graph.branchPoints]).toEqual([[], [], [], []]);
  });

  it('keeps whatever else a revision carries', () => {
    const [revision] = revisions('a');
    expect(RevisionGraph.of([{ ...revision, path: 'versions/a.ts' }]).get('a').path).toBe('versions/a.ts');
  });

  it('knows heads, bases, branch points and merge points', () => {
    const graph = graphOf('m: b1, b2', 'b2: a', 'b1: a', 'a', 'x > m');
    expect(graph.heads).toEqual(['m', 'x']);
    expect(graph.realHeads).toEqual(['x']);
    expect(graph.bases).toEqual(['a', 'x']);
    expect(graph.bases.filter((id) => graph.dependenciesOf(id).length === 0)).toEqual(['a']);
    expect(graph.branchPoints).toEqual(['a']);
    expect(graph.newestFirst.filter((id) => graph.isMergePoint(id))).toEqual(['m']);
    expect(graph.childrenOf('a')).toEqual(['b1', 'b2']);
    expect(graph.dependentsOf('m')).toEqual(['x']);
    expect([graph.isHead('m'), graph.isBase('x'), graph.isBranchPoint('m'), graph.isMergePoint('m')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('lists newest first, and oldest first', () => {
    const graph = graphOf('a', 'b: a', 'c: b');
    expect(graph.newestFirst).toEqual(['c', 'b', 'a']);
    expect(graph.oldestFirst).toEqual(['a', 'b', 'c']);
  });

  it('refuses ids that it does not have', () => {
    expect(graphOf('a').has('b')).toBe(false);
    expect(() => graphOf('a').get('b')).toThrow(RevisionNotFoundError);
    expect(() => graphOf('a').labelsOf('b')).toThrow(RevisionNotFoundError);
  });
});

describe('branch labels', () => {
  it('are carried by everything above', () => {
    const graph = graphOf('a', 'b1 [left]: a', 'b2 [right]: a', 'c: b1', 'm: c, b2');
    expect(graph.labelsOf('a')).toEqual([]);
    expect(graph.labelsOf('c')).toEqual(['left']);
    expect(graph.labelsOf('m')).toEqual(['left', 'right']);
  });

  it('on a plain line name the line below as well', () => {
    expect(graphOf('a', 'b: a', 'c [late]: b', 'd: c').labelsOf('a')).toEqual(['late']);
  });

  it('stay above a branch point, be it one for a dependency', () => {
    expect(graphOf('a', 'b [label]: a', 'c1: b', 'c2: b').labelsOf('a')).toEqual([]);
    expect(graphOf('a', 'b: a', 'c [label]: b', 'x > a').labelsOf('b')).toEqual(['label']);
    expect(graphOf('a', 'b: a', 'c [label]: b', 'x > a').labelsOf('a')).toEqual([]);
  });
});

describe('dependencies', () => {
  it('may name labels', () => {
    expect(graphOf('a [core]', 'x > core').dependenciesOf('x')).toEqual(['a']);
  });

  it('that a revision below has as well are left out', () => {
    const graph = graphOf('a', 'x > a', 'y: x', 'z: y > a');
    expect(graph.dependenciesOf('z')).toEqual(['a']);
    expect(graph.normalizedDependenciesOf('z')).toEqual([]);
    expect(graph.normalizedDependenciesOf('x')).toEqual(['a']);
  });

  it('that a revision further down has are left out in every branch above it', () => {
    const graph = graphOf('d', 'p > d', 'x: p', 'r1: x > d', 'r2: x > d', 's > d');
    expect(['p', 'r1', 'r2', 's'].map((id) => graph.normalizedDependenciesOf(id))).toEqual([['d'], [], [], ['d']]);
  });

  it('on an ancestor of one’s own stay', () => {
    expect(graphOf('a', 'b: a', 'c: b > a').normalizedDependenciesOf('c')).toEqual(['a']);
  });
});

describe('a graph is refused', () => {
  it('where a revision is there twice', () => {
    expect(() => graphOf('a', 'b: a', 'b')).toThrow(DuplicateRevisionError);
  });

  it('where revisions are missing, which are all named', () => {
    const error = thrownBy(() => graphOf('a: gone', 'b: a > lost'));
    expect(error).toBeInstanceOf(MissingRevisionError);
    expect(error).toMatchObject({
      references: [
        { missing: 'gone', referencedBy: 'a' },
        { missing: 'lost', referencedBy: 'b' },
      ],
    });
    expect(error.message).toContain('Revision gone referenced from a is not present');
  });

  it.each([
    ['Self-loop', ['a: a'], ['a']],
    ['Dependency self-loop', ['a > a'], ['a']],
    ['Cycle', ['a', 'b: a, d', 'c: b', 'd: c', 'e: d'], ['d', 'c', 'b']],
    ['Dependency cycle', ['a', 'b: a > d', 'c', 'd: c > b'], ['b', 'd']],
    ['Dependency cycle', ['a [own] > own'], ['a']],
  ] as const)('with a %s of %j, which is named', (kind, lines, cycle) => {
    const error = thrownBy(() => graphOf(...lines));
    expect(error).toBeInstanceOf(RevisionCycleError);
    expect(error).toMatchObject({ kind });
    expect([...(error as RevisionCycleError).revisions].sort()).toEqual([...cycle].sort());
    expect(error.message).toContain(`${kind} is detected in revisions (`);
  });

  it.each([
    [['a [x]', 'b [x]'], { label: 'x', revision: 'b', usedBy: 'a' }],
    [['a', 'b [a]'], { label: 'a', revision: 'b', usedBy: 'a' }],
  ])('where a label is taken: %j', (lines, fields) => {
    const error = thrownBy(() => graphOf(...lines));
    expect(error).toBeInstanceOf(DuplicateBranchLabelError);
    expect(error).toMatchObject(fields);
  });

  it.each(['a@b', 'a-b', 'a+b', 'a:b', ''])('with the id %j', (id) => {
    const graph = (): unknown => RevisionGraph.of([{ id, downRevision: [], dependsOn: [], branchLabels: [] }]);
    expect(graph).toThrow(IllegalRevisionIdError);
  });
});
