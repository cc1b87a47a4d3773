import { describe, expect, it } from '@jest/globals';
import { callOf, db } from './fake-session.js';

const lines: [command: string, method: string, options: Record<string, unknown>][] = [
  ['init', 'init', {}],
  ['init -t ./mine', 'init', { template: './mine' }],
  ['init --multidb', 'init', { template: 'multidb' }],
  ['init -d other', 'init', { directory: 'other' }],
  ['-d other init', 'init', { directory: 'other' }],
  ['--directory a init --directory b', 'init', { directory: 'b' }],
  ['revision', 'revision', {}],
  ['revision -m add', 'revision', { message: 'add' }],
  ['revision --message=add', 'revision', { message: 'add' }],
  ['revision --rev-id ae10', 'revision', { revId: 'ae10' }],
  ['revision --head base', 'revision', { head: 'base' }],
  ['revision --head a,b', 'revision', { head: ['a', 'b'] }],
  ['revision --head a --head b', 'revision', { head: ['a', 'b'] }],
  ['revision --splice --branch-label x', 'revision', { splice: true, branchLabels: 'x' }],
  ['revision --depends-on a --depends-on b', 'revision', { dependsOn: ['a', 'b'] }],
  ['revision --autogenerate -m add', 'migrate', { message: 'add' }],
  ['migrate -m add', 'migrate', { message: 'add' }],
  ['migrate --dry-run', 'migrate', { dryRun: true }],
  ['migrate --from-empty', 'migrate', { fromEmpty: true }],
  ['migrate --from-empty --sql', 'migrate', { fromEmpty: true }],
  ['migrate --rename book.a:b --rename c:d', 'migrate', { renames: ['book.a:b', 'c:d'] }],
  ['migrate -x a=1 -x b=-2', 'migrate', { xArguments: { a: '1', b: '-2' } }],
  ['migrate --version-path other/versions', 'migrate', { versionPath: 'other/versions' }],
  ['revision --sql --version-path v', 'revision', { versionPath: 'v' }],
  ['revision --head -1 --splice', 'revision', { head: '-1', splice: true }],
  ['merge -1 label@-1', 'merge', { revisions: ['-1', 'label@-1'] }],
  ['merge heads --splice --branch-label x', 'merge', { revisions: 'heads', splice: true, branchLabels: 'x' }],
  ['merge a b', 'merge', { revisions: ['a', 'b'] }],
  ['merge heads -m joined --rev-id m1', 'merge', { revisions: 'heads', message: 'joined', revId: 'm1' }],
  ['upgrade', 'upgrade', {}],
  ['upgrade head', 'upgrade', { target: 'head' }],
  ['upgrade +2', 'upgrade', { target: '+2' }],
  ['upgrade label@head', 'upgrade', { target: 'label@head' }],
  ['upgrade --tag t --lock-wait-timeout 500', 'upgrade', { tag: 't', lockWaitTimeout: 500 }],
  ['upgrade --tag -5', 'upgrade', { tag: '-5' }],
  ['-x a=1 upgrade -x b=2 head', 'upgrade', { xArguments: { a: '1', b: '2' }, target: 'head' }],
  ['upgrade -x a=b=c -x flag', 'upgrade', { xArguments: { a: 'b=c', flag: '' } }],
  ['downgrade', 'downgrade', {}],
  ['downgrade -1', 'downgrade', { target: '-1' }],
  ['downgrade -1 -v', 'downgrade', { target: '-1' }],
  ['downgrade -v -12', 'downgrade', { target: '-12' }],
  ['downgrade -- -1', 'downgrade', { target: '-1' }],
  ['downgrade label@-1', 'downgrade', { target: 'label@-1' }],
  ['downgrade base', 'downgrade', { target: 'base' }],
  ['stamp', 'stamp', { revisions: 'head' }],
  ['stamp a b --purge', 'stamp', { revisions: ['a', 'b'], purge: true }],
  ['stamp --lock-wait-timeout 0 -1', 'stamp', { revisions: '-1', lockWaitTimeout: 0 }],
  ['stamp a -1', 'stamp', { revisions: ['a', '-1'] }],
  ['ensure-version --lock-wait-timeout 5', 'ensureVersion', { lockWaitTimeout: 5 }],
  ['create-database', 'createDatabase', {}],
  ['bundle --check', 'bundle', { check: true }],
  ['fresh --seed', 'fresh', { seed: true }],
  ['fresh --seed Demo --database shop', 'fresh', { seed: 'Demo', database: 'shop' }],
  ['check', 'check', {}],
  ['check -d other -q', 'check', { directory: 'other' }],
  ['current', 'current', {}],
  ['current -c', 'current', {}],
  ['heads --resolve-dependencies', 'heads', { resolveDependencies: true }],
  ['branches -d other', 'branches', { directory: 'other' }],
  ['history', 'history', {}],
  ['history -r -3:current', 'history', { range: '-3:current' }],
  ['history -r -2:', 'history', { range: '-2:' }],
  ['history -r-2:current', 'history', { range: '-2:current' }],
  ['history --rev-range=a: -i', 'history', { range: 'a:', indicateCurrent: true }],
  ['show', 'show', {}],
  ['show -1', 'show', { revision: '-1' }],
  ['show current --json', 'show', { revision: 'current' }],
  ['--json show current', 'show', { revision: 'current' }],
];

describe('a command line becomes one call of the service', () => {
  it.each(lines)('db %s', async (line, method, options) => {
    expect(await callOf(['db', ...line.split(' ')])).toEqual({ connection: 'default', method, options });
  });

  it.each([
    ['a sentence', 'add "users", $HOME `id` and */'],
    ['line breaks', 'first\n\nsecond'],
    ['an option of the command', '-v'],
    ['an option of the group', '-d'],
    ['an option with its value', '-x key=value'],
    ['a number', '-1'],
    ['nothing', ''],
  ])('a message that is %s arrives as it is', async (_, message) => {
    expect((await callOf(['db', 'migrate', '-m', message])).options).toEqual({ message });
  });

  it('hands the signal and an ear for events to the service', async () => {
    let heard: unknown;
    await db(['current'], {
      answers: {
        current: (options: { signal: AbortSignal; onEvent: unknown }) => {
          heard = [options.signal.aborted, typeof options.onEvent];
          return { rows: [], revisions: [], atHead: true };
        },
      },
    });
    expect(heard).toEqual([false, 'function']);
  });
});

describe('one run leaves nothing to the next', () => {
  it('options do not survive', async () => {
    await db(['upgrade', 'ae10', '--tag', 't', '-x', 'a=1', '-d', 'other']);
    expect((await callOf(['upgrade'])).options).toEqual({});
  });

  it('runs side by side do not mix', async () => {
    const [first, second] = await Promise.all([callOf(['upgrade', 'a', '--tag', '1']), callOf(['downgrade', '-2'])]);
    expect(first.options).toEqual({ target: 'a', tag: '1' });
    expect(second.options).toEqual({ target: '-2' });
  });
});

describe('what stands before the command', () => {
  it('the group word may be missing, quoted by a shell that is not there, or followed by --', async () => {
    for (const argv of [
      ['upgrade', '+1'],
      ['db', 'upgrade', '+1'],
      ['db', '--', 'upgrade', '+1'],
      ['"db"', '"upgrade"', '"+1"'],
    ]) {
      expect((await callOf(argv)).options).toEqual({ target: '+1' });
    }
  });

  it('quotes are only taken off where all are quoted', async () => {
    expect((await callOf(['db', 'migrate', '-m', '"quoted"'])).options).toEqual({ message: '"quoted"' });
    expect((await callOf(['"db"', '"migrate"', '"-m"', '"say \\"hi\\"\\nthere"'])).options).toEqual({
      message: 'say "hi"\nthere',
    });
  });

  it('the group may be called something else', async () => {
    const { stdout } = await db(['schema', 'upgrade', '--help'], { group: 'schema' });
    expect(stdout).toContain('Usage: schema upgrade [options] [revision]');
    expect((await callOf(['schema', 'upgrade'], { group: 'schema' })).method).toBe('upgrade');
  });

  it('a group that is called something else says so in its hints', async () => {
    const created = [{ path: '/app/migrations/versions/all01_.ts' }];
    const answers = {
      migrate: () => ({ operations: [], created, source: [''], differences: [] }),
      upgrade: () => ({ before: ['b'], rows: ['b'], steps: [] }),
    };
    const hintOf = async (...args: string[]): Promise<string> =>
      (await db(['schema', ...args], { group: 'schema', answers })).stderr;
    expect(await hintOf('migrate', '--from-empty')).toContain('schema stamp head. An empty one: schema upgrade.');
    expect(await hintOf('upgrade', 'a')).toContain('schema downgrade a goes back to it.');
    expect(await hintOf('upgrade', 'base')).toContain('schema downgrade base goes there.');
  });
});
