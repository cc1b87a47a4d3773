import { describe, expect, it } from '@jest/globals';
import { offlineRange, offlineRows } from '../../../libs/nest-migrate/src/revision/offline-range.js';
import { RevisionGraph } from '../../../libs/nest-migrate/src/revision/revision-graph.js';

function node(id: string, downRevision: string[], branchLabels: string[] = [], dependsOn: string[] = []) {
  return { id, downRevision, branchLabels, dependsOn };
}

/** a1 - b1 < (left) c1 > m1, (right) d1; x1 stands alone and depends on d1. */
const graph = RevisionGraph.of([
  node('aaaa1', [], ['shop']),
  node('bbbb1', ['aaaa1']),
  node('cccc1', ['bbbb1'], ['left']),
  node('dddd1', ['bbbb1'], ['right']),
  node('mmmm1', ['cccc1', 'dddd1']),
  node('xxxx1', [], ['extra'], ['dddd1']),
]);

describe('where a run without a database starts', () => {
  it.each([
    ['base', []],
    ['aaaa1', ['aaaa1']],
    ['bb', ['bbbb1']],
    ['left', ['cccc1']],
    ['left@cc', ['cccc1']],
    ['heads', ['mmmm1', 'xxxx1']],
    ['shop@head', ['mmmm1']],
    ['extra@base', []],
    ['aaaa1+1', ['bbbb1']],
    ['bbbb1+1,right', null],
    ['cccc1-1', ['bbbb1']],
    ['aaaa1-1', []],
    ['left@bbbb1+1', ['cccc1']],
    ['shop@+2', ['bbbb1']],
    ['extra@+1', ['xxxx1']],
    ['extra@-1', []],
    ['xxxx1, cccc1', ['cccc1', 'xxxx1']],
    ['cccc1,dddd1,cccc1', ['cccc1', 'dddd1']],
  ])('%s', (start, rows) => {
    if (rows === null) expect(() => offlineRows(graph, start)).toThrow();
    else expect(offlineRows(graph, start)).toEqual(rows);
  });

  it.each([
    ['current', /'current' would ask the database\. Name the revision/],
    ['aaaa1,', /An end of the range is empty/],
    ['nosuch', /Can't locate revision identified by 'nosuch'/],
    ['head', /Multiple head revisions are present/],
    ['aaaa1-2', /Walked too far/],
    ['aaaa1,bbbb1', /overlaps/],
    ['xxxx1,dddd1', /overlaps/],
  ])('is no place: %s', (start, message) => {
    expect(() => offlineRows(graph, start)).toThrow(message);
  });

  it('is base where a target stands alone', () => {
    expect(offlineRange('head')).toEqual({ start: 'base', target: 'head' });
    expect(offlineRange('aaaa1:left@+1')).toEqual({ start: 'aaaa1', target: 'left@+1' });
  });

  it.each([
    [':head', "':head' lacks what is before the colon. Write <from>:<to>, such as base:head or ae10:+1."],
    ['aaaa1:', "'aaaa1:' lacks what is behind the colon. Write <from>:<to>, such as base:head or ae10:+1."],
    [':', "':' lacks what is before the colon. Write <from>:<to>, such as base:head or ae10:+1."],
    ['a:b:c', "'a:b:c' has more than two ends. Write <from>:<to>, such as base:head or ae10:+1."],
  ])('has two ends: %s', (range, message) => {
    expect(() => offlineRange(range)).toThrow(message);
  });
});
