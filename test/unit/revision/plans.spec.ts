import { describe, expect, it } from '@jest/globals';
import {
  AmbiguousStartError,
  AmbiguousWalkError,
  ConflictingStampError,
  DowngradeOffBranchError,
  DuplicateVersionRowError,
  InvalidDowngradeTargetError,
  MultipleHeadsError,
  OverlappingRevisionsError,
  RangeNotAllowedError,
  RelativeRevisionError,
  RevisionNotAppliedError,
  RevisionNotFoundError,
  UnknownVersionRowError,
  WalkedTooFarError,
} from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { type PlannedStep } from '../../../libs/nest-migrate/src/revision/planned-step.js';
import { planSteps } from '../../../libs/nest-migrate/src/revision/row-changes.js';
import { planDowngrade, planStamp, planUpgrade } from './by-text.ts';
import { graphOf } from './graphs.js';

const line = graphOf('a', 'b: a', 'c: b');
const branched = graphOf('a', 'b1 [left]: a', 'b2 [right]: a', 'c1: b1', 'm: c1, b2');
const dependent = graphOf('a1 [acct]', 'a2: a1', 'a3: a2', 'n1 [netw]', 'n2: n1 > a2', 'n3: n2');

const ids = (steps: readonly PlannedStep[]) => steps.map(({ revision }) => revision);

describe('an upgrade', () => {
  it('says what runs, what it prints and what becomes of the version table', () => {
    expect(planUpgrade(line, ['a'], 'head')).toEqual([
      {
        direction: 'upgrade',
        revision: 'b',
        from: ['a'],
        to: ['b'],
        changes: [{ kind: 'update', from: 'a', to: 'b' }],
        rows: ['b'],
      },
      {
        direction: 'upgrade',
        revision: 'c',
        from: ['b'],
        to: ['c'],
        changes: [{ kind: 'update', from: 'b', to: 'c' }],
        rows: ['c'],
      },
    ]);
  });

  it('inserts a first row and a second branch, and merges rows', () => {
    expect(planUpgrade(branched, [], 'head').map(({ changes }) => changes)).toEqual([
      [{ kind: 'insert', revision: 'a' }],
      [{ kind: 'update', from: 'a', to: 'b2' }],
      [{ kind: 'insert', revision: 'b1' }],
      [{ kind: 'update', from: 'b1', to: 'c1' }],
      [
        { kind: 'delete', revision: 'c1' },
        { kind: 'update', from: 'b2', to: 'm' },
      ],
    ]);
  });

  it('consumes the row of a dependency', () => {
    expect(planUpgrade(dependent, ['a2', 'n1'], 'netw@head').at(0)).toMatchObject({
      revision: 'n2',
      from: ['n1'],
      changes: [
        { kind: 'delete', revision: 'n1' },
        { kind: 'update', from: 'a2', to: 'n2' },
      ],
    });
  });

  it.each([
    ['base', []],
    ['a', []],
    ['c', ['c']],
    ['+1', ['c']],
    ['a+2', ['c']],
    [['c'], ['c']],
  ])('from b to %j runs %j', (target, steps) => {
    expect(ids(planUpgrade(line, ['b'], target))).toEqual(steps);
  });

  it('of a branch counts from what is applied of it', () => {
    expect(ids(planUpgrade(dependent, ['n2'], 'acct@+1'))).toEqual(['a3']);
    expect(ids(planUpgrade(branched, ['b1', 'b2'], 'left@+1'))).toEqual(['c1']);
  });

  it.each([
    [line, [], '+9', RelativeRevisionError],
    [line, ['a'], '-1', RelativeRevisionError],
    [line, [], 'a+9', WalkedTooFarError],
    [line, [], 'a-1', WalkedTooFarError],
    [line, [], 'a:b', RangeNotAllowedError],
    [line, [], 'zzz', RevisionNotFoundError],
    [line, ['zzz'], 'head', UnknownVersionRowError],
    [line, ['zzz'], '+1', UnknownVersionRowError],
    [line, ['a', 'b'], 'head', OverlappingRevisionsError],
    [line, [], ['a', 'b'], OverlappingRevisionsError],
    [line, ['a', 'a'], 'head', DuplicateVersionRowError],
    [branched, ['b1', 'b2'], '+1', AmbiguousStartError],
    [branched, ['a'], '+1', AmbiguousWalkError],
    [dependent, [], 'head', MultipleHeadsError],
  ])('is refused: %#', (graph, rows, target, error) => {
    expect(() => planUpgrade(graph, rows, target)).toThrow(error);
  });

  it('says of an unknown row that the database holds it', () => {
    expect(() => planUpgrade(line, ['zzz'], 'head')).toThrow(
      "Can't locate revision identified by 'zzz': the database holds it and no script has it.",
    );
  });
});

describe('a downgrade', () => {
  it('goes from newest to oldest', () => {
    const { steps, warnings } = planDowngrade(line, ['c'], 'base');
    expect(steps.map(({ revision, from, to, changes }) => ({ revision, from, to, changes }))).toEqual([
      { revision: 'c', from: ['c'], to: ['b'], changes: [{ kind: 'update', from: 'c', to: 'b' }] },
      { revision: 'b', from: ['b'], to: ['a'], changes: [{ kind: 'update', from: 'b', to: 'a' }] },
      { revision: 'a', from: ['a'], to: [], changes: [{ kind: 'delete', revision: 'a' }] },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of a merge brings back the rows that it merged', () => {
    expect(planDowngrade(branched, ['m'], 'c1').steps).toMatchObject([
      {
        changes: [
          { kind: 'insert', revision: 'c1' },
          { kind: 'update', from: 'm', to: 'b2' },
        ],
        rows: ['b2', 'c1'],
      },
    ]);
  });

  it('takes along what depends on it, and leaves what it depends on', () => {
    expect(ids(planDowngrade(dependent, ['a3', 'n3'], 'a1').steps)).toEqual(['a3', 'n3', 'n2', 'a2']);
    expect(planDowngrade(dependent, ['n2'], '-1').steps).toMatchObject([{ revision: 'n2', rows: ['a2', 'n1'] }]);
  });

  it('leaves no row below another, where a merge has a redundant parent', () => {
    const graph = graphOf('a', 'b: a', 'm: b, a', 'x');
    expect(planDowngrade(graph, ['m', 'x'], 'b').steps).toMatchObject([{ revision: 'm', rows: ['b', 'x'] }]);
  });

  it('of a branch leaves the others', () => {
    expect(ids(planDowngrade(branched, ['c1', 'b2'], 'left@a').steps)).toEqual(['c1', 'b1']);
    expect(ids(planDowngrade(branched, ['c1', 'b2'], 'left@-1').steps)).toEqual(['c1']);
    expect(ids(planDowngrade(dependent, ['a3', 'n3'], 'netw@base').steps)).toEqual(['n3', 'n2', 'n1']);
  });

  it('counts from the first of several rows, with a warning', () => {
    const { steps, warnings } = planDowngrade(branched, ['b2', 'c1'], '-1');
    expect(ids(steps)).toEqual(['b2']);
    expect(warnings).toEqual([expect.stringContaining("counts from 'b2'")]);
  });

  it.each([
    [line, ['c'], '-9', RelativeRevisionError],
    [line, [], '-1', RelativeRevisionError],
    [line, ['a'], '+1', RelativeRevisionError],
    [line, ['c'], 'b-9', WalkedTooFarError],
    [line, ['a'], 'c', InvalidDowngradeTargetError],
    [line, ['c'], 'a:b', RangeNotAllowedError],
    [line, ['zzz'], '-1', UnknownVersionRowError],
    [line, ['zzz'], 'base', UnknownVersionRowError],
    [branched, ['m'], '-1', AmbiguousWalkError],
    [branched, ['a'], 'left@-9', RelativeRevisionError],
    [dependent, ['n2'], 'a2', InvalidDowngradeTargetError],
    [graphOf('a', 'b1: a', 'b2: a', 'x [side]'), ['b1', 'b2', 'x'], 'side@a', DowngradeOffBranchError],
  ])('is refused: %#', (graph, rows, target, error) => {
    expect(() => planDowngrade(graph, rows, target)).toThrow(error);
  });
});

describe('given steps', () => {
  it('are refused where one takes back what carries another', () => {
    expect(() => planSteps(line, ['c'], [{ direction: 'downgrade', revision: 'a' }])).toThrow(RevisionNotAppliedError);
  });

  it('change nothing where they are done already', () => {
    expect(planSteps(line, ['c'], [{ direction: 'upgrade', revision: 'a' }])).toMatchObject([
      { changes: [], rows: ['c'] },
    ]);
  });
});

describe('a stamp', () => {
  const rowsAfter = (rows: readonly string[], targets: string | readonly string[], graph = branched) =>
    planStamp(graph, rows, targets).at(-1)?.rows ?? rows;

  it('runs nothing', () => {
    expect(planStamp(line, ['a'], 'head')).toEqual([
      {
        direction: 'stamp',
        revision: 'c',
        from: ['a'],
        to: ['c'],
        changes: [{ kind: 'update', from: 'a', to: 'c' }],
        rows: ['c'],
      },
    ]);
    expect(planStamp(line, ['a'], 'base')).toMatchObject([{ revision: null, from: ['a'], to: [], rows: [] }]);
  });

  it.each([
    [[], 'heads', ['m']],
    [['a'], ['b1', 'b2'], ['b1', 'b2']],
    [['c1', 'b2'], 'a', ['a']],
    [['c1', 'b2'], 'b1', ['b1', 'b2']],
    [['b1'], 'b2', ['b1', 'b2']],
    [['c1', 'b2'], 'left@base', ['b2']],
    [['c1', 'b2'], 'base', []],
    [['b1'], 'b1', ['b1']],
    [[], ['b1', 'b1'], ['b1']],
  ])('from %j to %j leaves %j', (rows, targets, expected) => {
    expect(rowsAfter(rows, targets)).toEqual(expected);
  });

  it('replaces what depends on the target', () => {
    expect(rowsAfter(['n3'], 'a2', dependent)).toEqual(['a2']);
  });

  it.each([
    [['c'], ['b', 'a'], ConflictingStampError],
    [['a', 'c'], 'b', OverlappingRevisionsError],
    [['zzz'], 'head', UnknownVersionRowError],
    [['a', 'a'], 'head', DuplicateVersionRowError],
    [['a'], '+1', RevisionNotFoundError],
  ])('is refused: %#', (rows, targets, error) => {
    expect(() => planStamp(line, rows, targets)).toThrow(error);
  });

  it('asks for a single target where there are several heads', () => {
    expect(() => planStamp(dependent, [], 'head')).toThrow("Multiple heads are present: 'a3' and 'n3'.");
  });
});
