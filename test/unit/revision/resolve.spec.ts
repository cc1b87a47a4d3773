import { describe, expect, it } from '@jest/globals';
import {
  AmbiguousRevisionError,
  AmbiguousWalkError,
  MultipleHeadsError,
  RelativeRevisionError,
  RevisionNotFoundError,
  RevisionNotOnBranchError,
  UnknownVersionRowError,
} from '../../../libs/nest-migrate/src/errors/revision.errors.js';
import { targetsFor } from '../../../libs/nest-migrate/src/revision/target.js';
import { resolveRevision, resolveRevisions } from './by-text.ts';
import { graphOf } from './graphs.js';

const graph = graphOf(
  'ae10',
  'ae1027a6acf [left]: ae10',
  'ae1027b [right-1]: ae10',
  'beef00: ae1027a6acf',
  'feed00: ae1027b > beef00',
);

describe('symbols that denote revisions', () => {
  it.each([
    ['ae10', ['ae10']],
    ['ae1027a', ['ae1027a6acf']],
    ['b', ['beef00']],
    ['left', ['ae1027a6acf']],
    ['le', ['ae1027a6acf']],
    ['right-1', ['ae1027b']],
    ['heads', ['feed00']],
    ['left@head', ['beef00']],
    ['right-1@heads', ['feed00']],
    ['left@ae10', ['ae10']],
    ['-1', ['ae1027b']],
    ['base', []],
    ['left@base', []],
  ])('%s', (symbol, ids) => {
    expect(resolveRevisions(graph, symbol)).toEqual(ids);
  });

  it('are never shortened from three characters or fewer', () => {
    const short = graphOf('abc', 'abcd: abc');
    expect(resolveRevisions(short, 'abc')).toEqual(['abc']);
    expect(resolveRevisions(short, 'ab')).toEqual(['abcd']);
    expect(() => resolveRevisions(graphOf('abc'), 'ab')).toThrow(RevisionNotFoundError);
  });

  it('come several at a time', () => {
    expect(resolveRevisions(graph, ['left', 'base', 'fe'])).toEqual(['ae1027a6acf', 'feed00']);
  });

  it('include current where the rows are known', () => {
    expect(resolveRevisions(graph, 'current', ['beef00'])).toEqual(['beef00']);
    expect(() => resolveRevisions(graph, 'current')).toThrow(RevisionNotFoundError);
    expect(() => resolveRevisions(graph, 'current', ['zzzz'])).toThrow(UnknownVersionRowError);
  });

  it('denote one revision, or base, where one is wanted', () => {
    expect(resolveRevision(graph, 'heads')).toBe('feed00');
    expect(resolveRevision(graph, 'base')).toBeNull();
    expect(() => resolveRevision(graphOf('a', 'b'), 'heads')).toThrow(MultipleHeadsError);
  });
});

describe('a symbol that denotes nothing', () => {
  const errorOf = (symbol: string): unknown => {
    try {
      return resolveRevisions(graph, symbol);
    } catch (error) {
      return error;
    }
  };

  it('is answered with the nearest name, if one is near', () => {
    expect(errorOf('beaf00')).toMatchObject({ symbol: 'beaf00', nearest: 'beef00' });
    expect((errorOf('beaf00') as Error).message).toBe(
      "Can't locate revision identified by 'beaf00': no revision and no branch has that name. Did you mean 'beef00'?",
    );
    expect(errorOf('zzz999')).toMatchObject({ symbol: 'zzz999', nearest: undefined });
  });

  it('names the candidates where it is the beginning of several', () => {
    const error = errorOf('ae1027');
    expect(error).toBeInstanceOf(AmbiguousRevisionError);
    expect(error).toMatchObject({ candidates: ['ae1027a6acf', 'ae1027b'] });
    expect((error as Error).message).toContain("Can't locate revision identified by 'ae1027': 'ae1027a6acf' and");
  });

  it('names the branch that a revision is not on', () => {
    expect(errorOf('left@feed00')).toBeInstanceOf(RevisionNotOnBranchError);
    expect(errorOf('left@feed00')).toMatchObject({ symbol: 'feed00', branch: 'left' });
  });

  it('names the heads where one was asked for', () => {
    const error = errorOf('head');
    expect(error).toBeInstanceOf(MultipleHeadsError);
    expect(error).toMatchObject({ argument: 'head', heads: ['beef00', 'feed00'] });
    expect((error as Error).message).toMatch(
      /^Multiple head revisions are present for given argument 'head': 'beef00' and 'feed00'\..*db merge heads/,
    );
  });

  it('says how a walk fails', () => {
    expect(errorOf('-9')).toBeInstanceOf(RelativeRevisionError);
    expect((errorOf('-9') as Error).message).toContain("Relative revision -9 didn't produce 9 migrations");
    expect(() => resolveRevisions(graphOf('a', 'b', 'm: a, b'), '-1')).toThrow(AmbiguousWalkError);
  });

  it.each(['', 'left@', 'head@', '+1', 'ae10+1', 'left@b@head', 'HEAD'])('%j is one', (symbol) => {
    expect(errorOf(symbol)).toBeInstanceOf(RevisionNotFoundError);
  });
});

describe('checking the branch of a symbol', () => {
  it('refuses one that is nowhere, also before base', () => {
    expect(() => targetsFor(graph, 'tpyo@base', 'stamp')).toThrow(RevisionNotFoundError);
    expect(targetsFor(graph, ['left@base', 'base'], 'stamp')).toEqual([
      { kind: 'base', branch: 'left', text: 'left@base' },
      { kind: 'base', text: 'base' },
    ]);
  });
});
