import { describe, expect, it } from '@jest/globals';
import { type RevisionInfo } from '../../../libs/nest-migrate/src/commands/results.js';
import { type FakeSettings, db, revisionInfo } from './fake-session.js';

/**
 * The graph of the reference's examples: `aaaa1` (left) and `bbbb1 -> bbbb2` (right) on `base0`, merged by `mrg01`;
 * `ind01` on a base of its own, depending on `bbbb1`. The database is at `bbbb2`.
 */
const graph = {
  ind01: revisionInfo({
    revision: 'ind01',
    dependsOn: ['bbbb1'],
    branchLabels: ['indep', 'other'],
    isHead: true,
    isBase: true,
  }),
  mrg01: revisionInfo({
    revision: 'mrg01',
    downRevision: ['aaaa1', 'bbbb2'],
    branchLabels: ['left', 'right'],
    isHead: true,
    isMergePoint: true,
  }),
  aaaa1: revisionInfo({ revision: 'aaaa1', downRevision: ['base0'], branchLabels: ['left'] }),
  bbbb2: revisionInfo({ revision: 'bbbb2', downRevision: ['bbbb1'], branchLabels: ['right'], isCurrent: true }),
  bbbb1: revisionInfo({ revision: 'bbbb1', downRevision: ['base0'], branchLabels: ['right'] }),
  base0: revisionInfo({ revision: 'base0', isBase: true, isBranchPoint: true, children: ['aaaa1', 'bbbb1'] }),
};
const point = graph.base0;
const answers: FakeSettings['answers'] = {
  history: () => Object.values(graph),
  heads: () => [graph.ind01, graph.mrg01],
  branches: () => [point],
  current: () => ({ rows: ['bbbb2'], revisions: [graph.bbbb2], atHead: false }),
};

async function stdoutOf(line: string, settings: FakeSettings = { answers }): Promise<string> {
  const { code, stdout, stderr } = await db(line.split(' '), settings);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe('short lines', () => {
  it('history -i', async () => {
    expect(await stdoutOf('history -i')).toBe(
      [
        '<base> (bbbb1) -> ind01 (indep, other) (head), rev ind01',
        'aaaa1, bbbb2 -> mrg01 (left, right) (head) (mergepoint), rev mrg01',
        'base0 -> aaaa1 (left), rev aaaa1',
        'bbbb1 -> bbbb2 (right) (current), rev bbbb2',
        'base0 -> bbbb1 (right), rev bbbb1',
        '<base> -> base0 (branchpoint), rev base0',
        '',
      ].join('\n'),
    );
  });

  it('heads', async () => {
    expect(await stdoutOf('heads')).toBe('ind01 (indep, other) (head)\nmrg01 (left, right) (head)\n');
  });

  it('heads where another revision depends on one', async () => {
    const acct3 = revisionInfo({ revision: 'acct3', isHead: true, isEffectiveHead: true });
    const netw2 = revisionInfo({ revision: 'netw2', isHead: true, branchLabels: ['networking'] });
    const heads = ({ resolveDependencies }: { resolveDependencies?: boolean }): RevisionInfo[] =>
      resolveDependencies === true ? [netw2] : [acct3, netw2];
    expect(await stdoutOf('heads', { answers: { heads } })).toBe('acct3 (effective head)\nnetw2 (networking) (head)\n');
    expect(await stdoutOf('heads --resolve-dependencies', { answers: { heads } })).toBe('netw2 (networking) (head)\n');
  });

  it('branches, with the children in order', async () => {
    expect(await stdoutOf('branches')).toBe('base0 (branchpoint)\n      -> aaaa1 (left)\n      -> bbbb1 (right)\n\n');
  });

  it('current', async () => {
    expect(await stdoutOf('current')).toBe('bbbb2\n');
  });

  it('current of several rows, in order', async () => {
    const current = () => ({
      rows: ['b', 'a'],
      revisions: [revisionInfo({ revision: 'b' }), graph.base0, revisionInfo({ revision: 'a' })],
      atHead: false,
    });
    expect(await stdoutOf('current', { answers: { current } })).toBe('a\nb\nbase0 (branchpoint)\n');
  });

  it('a message of several lines shows its first, an empty one nothing', async () => {
    const history = () => [
      revisionInfo({ revision: 'b', downRevision: ['a'], message: 'add users\nand more\n\n*/ $HOME' }),
      revisionInfo({ revision: 'a', message: '' }),
    ];
    expect(await stdoutOf('history', { answers: { history } })).toBe('a -> b, add users\n<base> -> a\n');
  });
});

describe('long blocks', () => {
  it('branches -v', async () => {
    expect(await stdoutOf('branches -v')).toBe(
      [
        'Rev: base0 (branchpoint)',
        'Parent: <base>',
        'Branches into: aaaa1, bbbb1',
        'Path: /abs/m/versions/base0_.ts',
        '',
        '    rev base0',
        '',
        '      -> aaaa1 (left), rev aaaa1',
        '      -> bbbb1 (right), rev bbbb1',
        '',
        '',
      ].join('\n'),
    );
  });

  it('current -v', async () => {
    expect(await stdoutOf('current -v')).toBe(
      'Rev: bbbb2\nParent: bbbb1\nBranch names: right\nPath: /abs/m/versions/bbbb2_.ts\n\n    rev bbbb2\n\n',
    );
  });

  it('show, with everything there is to say', async () => {
    const show = () => [
      revisionInfo({
        revision: 'mrg01',
        downRevision: ['aaaa1', 'bbbb2'],
        dependsOn: ['z', 'dep1'],
        message: 'merge\n\nof two',
        createDate: '2026-11-20T10:00:00+00:00',
        isHead: true,
        isMergePoint: true,
        isCurrent: true,
      }),
    ];
    expect(await stdoutOf('show', { answers: { show } })).toBe(
      [
        'Rev: mrg01 (head) (mergepoint) (current)',
        'Merges: aaaa1, bbbb2',
        'Also depends on: dep1, z',
        'Path: /abs/m/versions/mrg01_.ts',
        '',
        '    merge',
        '    ',
        '    of two',
        '    ',
        '    Revision ID: mrg01',
        '    Revises: aaaa1, bbbb2',
        '    Create Date: 2026-11-20T10:00:00+00:00',
        '',
        '',
      ].join('\n'),
    );
  });

  it('history -v names the children of branch points', async () => {
    expect(await stdoutOf('history -v')).toContain(
      'Rev: base0 (branchpoint)\nParent: <base>\nBranches into: aaaa1, bbbb1\n',
    );
  });
});

describe('--json', () => {
  it('is the value that the service answered', async () => {
    expect(JSON.parse(await stdoutOf('heads --json'))).toEqual([graph.ind01, graph.mrg01]);
    expect(JSON.parse(await stdoutOf('current --json'))).toEqual({
      rows: ['bbbb2'],
      revisions: [graph.bbbb2],
      atHead: false,
    });
    expect(JSON.parse(await stdoutOf('branches --json'))).toEqual([point]);
    expect(JSON.parse(await stdoutOf('history --json -v'))).toEqual(Object.values(graph));
    expect(JSON.parse(await stdoutOf('show --json', {}))).toEqual([]);
  });
});

describe('nothing to tell', () => {
  it('lists print nothing', async () => {
    for (const line of ['heads', 'branches', 'history', 'show base']) expect(await stdoutOf(line, {})).toBe('');
  });

  it('a database at base has no current revision, which stderr says', async () => {
    expect(await db(['current'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'The database is at base: no revision is applied.\n',
    });
  });

  it.each([
    [['aaaa1'], 'Nothing to do: the database is already at aaaa1.\n'],
    [[], 'Nothing to do: the database is at base.\n'],
  ])('an upgrade of a database at %j', async (rows, stderr) => {
    const upgrade = () => ({ before: rows, rows, steps: [] });
    expect(await db(['upgrade'], { answers: { upgrade } })).toMatchObject({ code: 0, stdout: '', stderr });
  });
});
