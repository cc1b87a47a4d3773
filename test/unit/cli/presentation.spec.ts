import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type RevisionInfo } from '../../../libs/nest-migrate/src/commands/results.js';
import { RevisionNotFoundError } from '../../../libs/nest-migrate/src/errors/revision.errors.js';
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
      revisionInfo({ revision: 'a', message: '', irreversible: 'why' }),
    ];
    expect(await stdoutOf('history', { answers: { history } })).toBe('a -> b, add users\n<base> -> a (irreversible)\n');
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
        irreversible: 'the old prices are gone',
        accept: [{ rule: 'drop-column', reason: 'unused' }],
      }),
    ];
    expect(await stdoutOf('show', { answers: { show } })).toBe(
      [
        'Rev: mrg01 (head) (mergepoint) (current)',
        'Merges: aaaa1, bbbb2',
        'Also depends on: dep1, z',
        'Irreversible: the old prices are gone',
        'Accepts: drop-column: unused',
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

describe('history --graph', () => {
  it('draws a merge, a branch point and a dependency', async () => {
    expect(await stdoutOf('history --graph -i')).toBe(
      [
        '* ind01 (indep, other) (head) (depends on bbbb1), rev ind01',
        ':',
        ': * mrg01 (left, right) (head) (mergepoint), rev mrg01',
        ': |\\',
        ': * | aaaa1 (left), rev aaaa1',
        ': | * bbbb2 (right) (current), rev bbbb2',
        ': | |',
        ': |/',
        ':/|',
        '* | bbbb1 (right), rev bbbb1',
        '|/',
        '* base0 (branchpoint), rev base0',
        '',
      ].join('\n'),
    );
  });

  it('keeps the lanes beside blocks of several lines', async () => {
    const lines = (await stdoutOf('history --graph -v')).split('\n');
    expect(lines.slice(8, 18)).toEqual([
      ': *   Rev: mrg01 (head) (mergepoint)',
      ': |\\  Merges: aaaa1, bbbb2',
      ': | | Branch names: left, right',
      ': | | Path: /abs/m/versions/mrg01_.ts',
      ': | |',
      ': | |     rev mrg01',
      ': | |',
      ': * | Rev: aaaa1',
      ': | | Parent: base0',
      ': | | Branch names: left',
    ]);
  });

  it('draws what a range leaves, asking for no more', async () => {
    const answers = { history: () => [graph.bbbb2, graph.bbbb1] };
    const { calls, stdout } = await db(['history', '--graph', '-r', 'bbbb1:bbbb2'], { answers });
    expect(calls.map(({ options }) => options)).toEqual([{ range: 'bbbb1:bbbb2' }]);
    expect(stdout).toBe('* bbbb2 (right) (current), rev bbbb2\n* bbbb1 (right), rev bbbb1\n');
  });
});

describe('on a terminal', () => {
  const escape = /\u001b\[\d+m/g;
  const onTerminal = async (line: string, columns: number, env = {}): Promise<{ raw: string; lines: string[] }> => {
    const { stdout } = await db(line.split(' '), { answers, env, streams: { isTTY: true, columns } });
    return { raw: stdout, lines: stdout.replace(escape, '').split('\n').slice(0, -1) };
  };

  it('history stands in columns', async () => {
    expect((await onTerminal('history -i', 130)).lines).toEqual([
      '<base> (bbbb1)  -> ind01 (indep, other) (head)              rev ind01',
      'aaaa1, bbbb2    -> mrg01 (left, right) (head) (mergepoint)  rev mrg01',
      'base0           -> aaaa1 (left)                             rev aaaa1',
      'bbbb1           -> bbbb2 (right) (current)                  rev bbbb2',
      'base0           -> bbbb1 (right)                            rev bbbb1',
      '<base>          -> base0 (branchpoint)                      rev base0',
    ]);
  });

  it('a merge on a narrow terminal pushes its own line aside, not all the others', async () => {
    expect((await onTerminal('history -i', 60)).lines.slice(0, 3)).toEqual([
      '<base> (bbbb1)  -> ind01 (indep, other) (head)  rev ind01',
      'aaaa1, bbbb2    -> mrg01 (left, right) (head) (mergepoint)…',
      'base0           -> aaaa1 (left)   rev aaaa1',
    ]);
  });

  it.each([20, 40, 60, 80])(
    'no line of history is wider than %i columns, as far as ids and marks allow',
    async (width) => {
      const message = 'a sentence that goes on and on, as those of people in a hurry do, and that no terminal holds';
      const long = {
        history: () => [
          revisionInfo({ revision: 'aaaa1', downRevision: ['b'], message }),
          revisionInfo({ revision: 'b', message }),
        ],
      };
      for (const line of ['history', 'history --graph']) {
        const { stdout } = await db(line.split(' '), { answers: long, streams: { isTTY: true, columns: width } });
        for (const each of stdout.replace(escape, '').trimEnd().split('\n')) {
          expect(each.length).toBeLessThanOrEqual(width);
          expect(each).toMatch(/…$/);
        }
      }
    },
  );

  it('takes a terminal that does not know its width for one of 80 columns', async () => {
    const message = 'x'.repeat(100);
    const history = () => [revisionInfo({ revision: 'a', message })];
    const { stdout } = await db(['history', '--graph'], { answers: { history }, streams: { isTTY: true, columns: 0 } });
    expect(stdout.replace(escape, '')).toBe(`* a, ${'x'.repeat(74)}…\n`);
  });

  it('counts the columns of wide letters, and lets no control character through', async () => {
    const history = () => [revisionInfo({ revision: 'a', message: '日本語日本語日本語 \u001b[2Jx' })];
    const { stdout } = await db(['history', '--graph'], {
      answers: { history },
      streams: { isTTY: true, columns: 14 },
    });
    expect(stdout.replace(escape, '')).toBe('* a, 日本語日…\n');
    const whole = await db(['history', '--graph'], { answers: { history }, streams: { isTTY: true, columns: 80 } });
    expect(whole.stdout).not.toContain('\u001b[2J');
  });

  it('heads and current tell the message as well', async () => {
    expect((await onTerminal('heads', 80)).lines).toEqual([
      'ind01 (indep, other) (head)  rev ind01',
      'mrg01 (left, right) (head)   rev mrg01',
    ]);
    expect((await onTerminal('current', 80)).lines).toEqual(['bbbb2  rev bbbb2']);
  });

  it('says the same with colours and without', async () => {
    for (const line of [
      'history',
      'history --graph',
      'history -v',
      'heads',
      'heads -v',
      'branches',
      'current -v',
      'show',
    ]) {
      const coloured = await onTerminal(line, 100);
      expect([line, (await onTerminal(line, 100, { NO_COLOR: '1' })).raw]).toEqual([
        line,
        coloured.lines.map((each) => `${each}\n`).join(''),
      ]);
      expect((await onTerminal(line, 100, { TERM: 'dumb' })).raw).not.toMatch(escape);
      if (line !== 'show') expect(coloured.raw).toMatch(escape);
    }
  });

  it('colours ids, marks and lanes', async () => {
    const { raw } = await onTerminal('history --graph -i', 100);
    expect(raw).toContain('\u001b[33mind01\u001b[39m');
    expect(raw).toContain('\u001b[36m (indep, other)\u001b[39m');
    expect(raw).toContain('\u001b[1m\u001b[32m (head)\u001b[39m\u001b[22m');
    expect(raw).toContain('\u001b[1m\u001b[36m (current)\u001b[39m\u001b[22m');
    expect(raw).toContain('\u001b[32m|\u001b[39m');
  });

  it('FORCE_COLOR colours a pipe too, without columns, and can take colours away', async () => {
    const { stdout } = await db(['history'], { answers, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(stdout).toContain('\u001b[33mind01\u001b[39m');
    expect(stdout.replace(escape, '')).toBe(await stdoutOf('history'));
    expect((await onTerminal('history', 80, { FORCE_COLOR: '0' })).raw).not.toMatch(escape);
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

  it('is one value where there is one connection, and an object by name where there are several', async () => {
    const several = { connections: ['a', 'b'], answers: { current: (_: never, name: string) => ({ rows: [name] }) } };
    for (const [line, value] of [
      ['current --json', { a: { rows: ['a'] }, b: { rows: ['b'] } }],
      ['current --json --context b', { rows: ['b'] }],
    ] as const) {
      const { stdout } = await db(line.split(' '), several);
      expect(JSON.parse(stdout)).toEqual(value);
    }
  });

  it.each([
    'init',
    'list-templates',
    'edit',
    'check',
    'ensure-version',
    'create-database',
    'fresh',
    'bundle',
    'revision',
    'migrate',
    'merge a b',
    'upgrade',
    'downgrade',
    'stamp',
    'current',
    'heads',
    'branches',
    'history',
    'show',
  ])('db %s --json prints nothing but JSON', async (line) => {
    const { code, stdout } = await db([...line.split(' '), '--json'], { answers, env: { EDITOR: 'ed' } });
    expect(code).toBe(0);
    expect(typeof JSON.parse(stdout)).toBe('object');
  });

  it('of a check that says no is the answer alone, with exit code 3', async () => {
    const check = () => ({ operations: [], candidates: [], warnings: [], altered: [], clean: false });
    const { code, stdout, stderr } = await db(['check', '--json'], { answers: { check } });
    expect([code, stderr]).toEqual([3, '']);
    expect(JSON.parse(stdout)).toEqual(check());
    const heads = await db(['current', '--check-heads', '--json'], { answers });
    expect([heads.code, heads.stderr]).toEqual([3, '']);
    expect(JSON.parse(heads.stdout)).toMatchObject({ rows: ['bbbb2'], atHead: false });
  });

  it('asks nobody', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const { calls } = await db(['migrate', '--json'], { streams: { stdin, isTTY: true } });
    expect(calls[0].options).toEqual({});
  });
});

describe('a failure under --json is the last line of stderr', () => {
  const lastOf = (text: string): unknown => JSON.parse(text.trimEnd().split('\n').at(-1)!);

  it('with the code, the message and the cure', async () => {
    const show = () => {
      throw new RevisionNotFoundError('nope');
    };
    const { code, stdout, stderr } = await db(['show', 'nope', '--json'], { answers: { show } });
    expect([code, stdout]).toEqual([1, '']);
    expect(lastOf(stderr)).toEqual({
      error: {
        code: 'REVISION_NOT_FOUND',
        message: expect.stringContaining("Can't locate revision identified by 'nope'"),
        cure: 'Look the name up with db history.',
      },
    });
  });

  it('bad usage too, with exit code 2', async () => {
    for (const line of [
      ['show', '--jsn', '--json'],
      ['nope', '--json'],
      ['upgrade', 'a', 'b', '--json'],
    ]) {
      const { code, stdout, stderr } = await db(line);
      expect([code, stdout]).toEqual([2, '']);
      expect(lastOf(stderr)).toMatchObject({ error: { code: 'USAGE' } });
    }
  });

  it('and what is no error of ours is named so, without its password', async () => {
    const current = () => {
      throw new Error('no route to postgres://shop:secret@db/shop');
    };
    const { code, stderr } = await db(['current', '--json'], { answers: { current } });
    expect(code).toBe(1);
    expect(lastOf(stderr)).toEqual({
      error: { code: 'UNEXPECTED', message: 'no route to postgres://shop:***@db/shop' },
    });
  });

  it('says which connections were done', async () => {
    const upgrade = (_: never, connection: string) => {
      if (connection === 'b') throw new Error('broken');
      return { before: [], rows: [], steps: [] };
    };
    const { stdout, stderr } = await db(['upgrade', '--json'], { connections: ['a', 'b', 'c'], answers: { upgrade } });
    expect(stdout).toBe('');
    expect(lastOf(stderr)).toEqual({
      error: { code: 'UNEXPECTED', message: 'broken', connection: 'b', done: ['a'], left: ['c'] },
    });
  });
});

describe('nothing to tell', () => {
  it('lists print nothing', async () => {
    for (const line of ['heads', 'branches', 'history']) expect(await stdoutOf(line, {})).toBe('');
  });

  it('a database at base has no current revision, which stderr says', async () => {
    expect(await db(['current'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'The database is at base: no revision is applied.\n',
    });
  });

  it.each([
    ['show', 'There is no revision yet.\n'],
    ['show current', 'The database is at base: no revision is applied.\n'],
    ['show left@base', 'Nothing to show: left@base is before the first revision.\n'],
  ])('db %s prints nothing, and stderr says why', async (line, stderr) => {
    expect(await db(line.split(' '))).toMatchObject({ code: 0, stdout: '', stderr });
  });

  it.each([
    ['upgrade', 'Nothing to do: the database is already at aaaa2.'],
    ['upgrade left@head', 'Nothing to do: the database is already at aaaa2.'],
    ['upgrade aaaa2', 'Nothing to do: the database is already at aaaa2.'],
    [
      'upgrade aaaa1',
      'Nothing to do: aaaa1 is applied already, the database is at aaaa2. db downgrade aaaa1 goes back to it.',
    ],
    [
      'upgrade left@base',
      'Nothing to do: an upgrade never goes down, and the database is at aaaa2. db downgrade left@base goes there.',
    ],
    [
      'downgrade aaaa2',
      'Nothing to do: a downgrade leaves aaaa2 applied, and nothing stands on it; the database is at aaaa2.',
    ],
    ['downgrade indep@base', 'Nothing to do: nothing of indep@base is applied, the database is at aaaa2.'],
    ['stamp aaaa2', 'Nothing to do: the database is already at aaaa2.'],
  ])('db %s of a database at aaaa2 says why', async (line, stderr) => {
    const nothing = () => ({ before: ['aaaa2'], rows: ['aaaa2'], steps: [] });
    const outcome = await db(line.split(' '), { answers: { upgrade: nothing, downgrade: nothing, stamp: nothing } });
    expect(outcome).toMatchObject({ code: 0, stdout: '', stderr: `${stderr}\n` });
  });

  it.each([
    [['aaaa1'], 'Nothing to do: the database is already at aaaa1.\n'],
    [[], 'Nothing to do: the database is at base.\n'],
  ])('an upgrade of a database at %j', async (rows, stderr) => {
    const upgrade = () => ({ before: rows, rows, steps: [] });
    expect(await db(['upgrade'], { answers: { upgrade } })).toMatchObject({ code: 0, stdout: '', stderr });
  });
});

describe('--sql with several connections', () => {
  it.each([['upgrade'], ['ensure-version'], ['downgrade'], ['stamp']])(
    'db %s writes no script of two engines: one has to be named',
    async (command) => {
      const outcome = await db([command, '--sql'], { connections: ['default', 'reporting'] });
      expect(outcome).toMatchObject({ code: 2, stdout: '', calls: [] });
      expect(outcome.stderr).toBe(
        `Error: 'db ${command}' works on one connection and this application has default, reporting. Choose one: --context default.\n`,
      );
      const sql = (): unknown => ({ steps: [], sql: '-- of one\n' });
      const answers = { upgrade: sql, downgrade: sql, stamp: sql, ensureVersion: sql };
      const named = await db([command, '--sql', '--context', 'reporting'], {
        connections: ['default', 'reporting'],
        answers,
      });
      expect(named).toMatchObject({
        code: 0,
        stdout: '-- of one\n',
        calls: [{ connection: 'reporting', options: { sql: true } }],
      });
    },
  );
});

describe('blame', () => {
  it('lists what touched it, its other names, and of what that is not known', async () => {
    const blame = () => ({
      touched: [
        { revision: revisionInfo({ revision: 'b' }), names: ['book'], operations: ["added column 'book.isbn'"] },
        { revision: revisionInfo({ revision: 'a' }), names: ['volume'], operations: ["added table 'volume'"] },
      ],
      unrecorded: [{ revision: revisionInfo({ revision: 'c' }), obstacle: 'query' as const }],
    });
    expect(await stdoutOf('blame book', { answers: { blame } })).toBe(
      [
        'b, rev b',
        "    added column 'book.isbn'",
        'a, rev a (volume)',
        "    added table 'volume'",
        '',
        'Not everything that these do is known:',
        'c, rev c: asks the database',
        '',
      ].join('\n'),
    );
    expect(await stdoutOf('blame book')).toBe('No revision is known to touch book.\n');
  });
});
