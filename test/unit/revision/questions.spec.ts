import { describe, expect, it } from '@jest/globals';
import {
  DuplicateBranchLabelError,
  DuplicateHeadsError,
  HistoryRangeSyntaxError,
  IllegalRevisionIdError,
  MultipleHeadsError,
  NoBranchLabelError,
  NotAHeadError,
  RangeNotAncestorError,
  RevisionIdInUseError,
  RevisionNotFoundError,
  UnknownVersionRowError,
  WalkedTooFarError,
} from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { currentRevisions, isAtHead } from '../../../libs/nest-migrate/src/revision/current-revisions.js';
import { historyRange, planNewRevision } from './by-text.ts';
import { graphOf } from './graphs.js';

const graph = graphOf('a', 'b1 [left]: a', 'b2 [right]: a', 'c1: b1', 'x [side] > b2', 'y: x');

describe('history', () => {
  it.each([
    [undefined, ['c1', 'b1', 'y', 'x', 'b2', 'a']],
    ['b1:', ['c1', 'b1']],
    [':b2', ['b2', 'a']],
    ['a:c1', ['c1', 'b1', 'a']],
    ['a:+1', undefined],
    ['b1:+9', ['c1', 'b1']],
    ['left@base:', ['c1', 'b1', 'a']],
  ])('%s', (range, ids) => {
    if (ids === undefined) expect(() => historyRange(graph, range)).toThrow('Ambiguous walk');
    else expect(historyRange(graph, range)).toEqual(ids);
  });

  it('begins or ends at current', () => {
    expect(historyRange(graph, 'current:', ['b1'])).toEqual(['c1', 'b1']);
    expect(historyRange(graph, ':current', ['b1'])).toEqual(['b1', 'a']);
    expect(historyRange(graph, ':current', [])).toEqual(historyRange(graph, undefined));
  });

  it.each([
    ['a', HistoryRangeSyntaxError],
    ['a:b1:c1', HistoryRangeSyntaxError],
    ['c1:a', RangeNotAncestorError],
    ['b2:y', RangeNotAncestorError],
    ['a@base:', NoBranchLabelError],
    ['zzz:', RevisionNotFoundError],
    ['current:', RevisionNotFoundError],
    ['@base:', RevisionNotFoundError],
  ])('refuses %s', (range, error) => {
    expect(() => historyRange(graph, range)).toThrow(error);
  });
});

describe('where a database stands', () => {
  it('is the newest applied revision of each line, with or without a row', () => {
    expect(currentRevisions(graph, ['b1', 'x'])).toEqual([
      { id: 'b1', mark: null },
      { id: 'b2', mark: 'effective head' },
      { id: 'x', mark: null },
    ]);
    expect(currentRevisions(graph, [])).toEqual([]);
    expect(() => currentRevisions(graph, ['zzz'])).toThrow(UnknownVersionRowError);
  });

  it('is at head when all is applied, though a head that another branch depends on has no row', () => {
    expect(isAtHead(graph, ['c1', 'y'])).toBe(true);
    expect(isAtHead(graph, ['c1', 'x'])).toBe(false);
    expect(isAtHead(graph, ['c1', 'zzz'])).toBe(false);
    expect(isAtHead(graphOf(), [])).toBe(true);
    // a row too many, which Alembic takes for all heads
    expect(isAtHead(graph, ['b2', 'c1', 'y'])).toBe(true);
  });
});

describe('a new revision', () => {
  const line = graphOf('a', 'b [main]: a');

  it('follows the head', () => {
    expect(planNewRevision(line, { id: 'c' })).toEqual({ downRevision: ['b'], dependsOn: [], branchLabels: [] });
    expect(planNewRevision(graphOf(), { id: 'c' })).toEqual({ downRevision: [], dependsOn: [], branchLabels: [] });
  });

  it('may begin a branch or a base, have labels and dependencies', () => {
    expect(planNewRevision(line, { id: 'c', head: 'a', splice: true, branchLabels: 'new' })).toMatchObject({
      downRevision: ['a'],
      branchLabels: ['new'],
    });
    expect(planNewRevision(line, { id: 'c', head: 'base', dependsOn: ['main', 'a'] })).toEqual({
      downRevision: [],
      dependsOn: ['main', 'a'],
      branchLabels: [],
    });
  });

  it.each([
    [{ id: 'no:colon' }, IllegalRevisionIdError],
    [{ id: 'a' }, RevisionIdInUseError],
    [{ id: 'main' }, RevisionIdInUseError],
    [{ id: 'c', branchLabels: 'main' }, DuplicateBranchLabelError],
    [{ id: 'c', branchLabels: ['a'] }, DuplicateBranchLabelError],
    [{ id: 'c', branchLabels: 'c' }, DuplicateBranchLabelError],
    [{ id: 'c', head: 'a' }, NotAHeadError],
    [{ id: 'c', head: ['b', 'main'] }, DuplicateHeadsError],
    [{ id: 'c', head: '-2' }, WalkedTooFarError],
    [{ id: 'c', dependsOn: 'base' }, WalkedTooFarError],
    [{ id: 'c', dependsOn: 'zzz' }, RevisionNotFoundError],
  ])('is refused as %j', (options, error) => {
    expect(() => planNewRevision(line, options)).toThrow(error);
  });

  it('names the heads where there are several, and what to do', () => {
    const twoHeads = (): unknown => planNewRevision(graph, { id: 'new' });
    expect(twoHeads).toThrow(MultipleHeadsError);
    expect(twoHeads).toThrow(
      /^Multiple heads are present: ('b2', 'c1' and 'y'|'c1', 'b2' and 'y')\. Go on with one, as in --head /,
    );
    expect(twoHeads).toThrow(/db merge heads/);
  });

  it('merges', () => {
    expect(planNewRevision(graph, { id: 'm', head: 'heads' }).downRevision).toEqual(['c1', 'y']);
    expect(planNewRevision(graph, { id: 'm', head: ['c1', 'b2'] }).downRevision).toEqual(['c1', 'b2']);
    expect(() => planNewRevision(graph, { id: 'm', head: ['c1', 'left@head'] })).toThrow(DuplicateHeadsError);
  });
});
