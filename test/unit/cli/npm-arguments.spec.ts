import { describe, expect, it } from '@jest/globals';
import { db } from './fake-session.js';

/** What npm 11 puts into the environment of every script, as measured. */
const everyScript = {
  npm_command: 'run',
  npm_config_allow_scripts: '',
  npm_config_cache: '/home/me/.npm',
  npm_config_global_prefix: '/usr',
  npm_config_local_prefix: '/app',
  npm_config_loglevel: 'silent',
  npm_config_noproxy: '',
  npm_config_npm_version: '11.19.1',
  npm_config_prefix: '/usr',
  npm_config_update_notifier: '',
  npm_config_user_agent: 'npm/11.19.1 node/v24.21.0 linux x64 workspaces/false',
  npm_config_yes: '',
  npm_lifecycle_event: 'db',
  npm_lifecycle_script: 'nest build && node dist/main.js db',
};

const through = (line: string, kept: Record<string, string> = {}) =>
  db(['db', ...line.split(' ').filter(Boolean)], { launchedBy: { ...everyScript, ...kept } });

/** What was typed after `npm run db`, what of it arrived, what npm kept (measured), what the error tells to write. */
const lost: [typed: string, arrived: string, kept: Record<string, string>, write: string][] = [
  [
    'downgrade base --sql',
    'downgrade base',
    { npm_config_long: 'true', npm_config_loglevel: 'warn' },
    'downgrade base --sql',
  ],
  ['downgrade -2', 'downgrade', { npm_config_2: 'true' }, 'downgrade -2'],
  ['downgrade -12', 'downgrade', { npm_config_12: 'true' }, 'downgrade -12'],
  ['downgrade -l', 'downgrade', { npm_config_long: 'true' }, 'downgrade -l'],
  ['migrate -m "add users"', 'migrate', { npm_config_message: 'add users' }, 'migrate --message "add users"'],
  ["migrate -m 'add $5'", 'migrate', { npm_config_message: 'add $5' }, "migrate --message 'add $5'"],
  ['migrate --dry-run', 'migrate', { npm_config_dry_run: 'true' }, 'migrate --dry-run'],
  ['migrate --rename a.b:c', 'migrate a.b:c', { npm_config_rename: 'true' }, 'migrate … --rename <value>'],
  ['upgrade -x a=1', 'upgrade a=1', { npm_config_x: 'true' }, 'upgrade … -x <value>'],
  ['upgrade --x-arg=a=1', 'upgrade', { npm_config_x_arg: 'a=1' }, 'upgrade --x-arg a=1'],
  ['upgrade --directory other', 'upgrade other', { npm_config_directory: 'true' }, 'upgrade … --directory <value>'],
  [
    'upgrade --tag=t --context=b',
    'upgrade',
    { npm_config_tag: 't', npm_config_context: 'b' },
    'upgrade --tag t --context b',
  ],
  ['heads --json', 'heads', { npm_config_json: 'true' }, 'heads --json'],
  ['history -r a:b', 'history a:b', { npm_config_r: 'true' }, 'history … -r <value>'],
  ['revision --head base', 'revision', { npm_config_heading: 'base' }, 'revision --head base'],
  ['revision --splice', 'revision', { npm_config_splice: 'true' }, 'revision --splice'],
  ['stamp --purge head', 'stamp head', { npm_config_purge: 'true' }, 'stamp head --purge'],
];

describe('npm run without --', () => {
  it.each(lost)('npm run db %s is refused before anything starts', async (_, arrived, kept, write) => {
    const { code, stdout, stderr, calls, booted } = await through(arrived, kept);
    expect([code, stdout, calls, booted]).toEqual([2, '', [], false]);
    expect(stderr).toMatch(/^Error: npm kept .* for itself instead of passing it on; nothing was done\. Write .*\n$/);
    expect(stderr).toContain(` Write npm run db -- ${write}\n`);
  });

  it('knows the words that the script itself gives', async () => {
    const env = { npm_lifecycle_event: 'db:down', npm_lifecycle_script: 'node dist/main.js db downgrade' };
    const { stderr } = await through('downgrade', { ...env, npm_config_2: 'true' });
    expect(stderr).toContain('Write npm run db:down -- -2\n');
  });
});

describe('what is no loss', () => {
  it.each([
    ['downgrade -1', {}],
    ['downgrade', {}],
    ['migrate -m x --rev-id a1', {}],
    // configured, and the option that arrived shows that there was a --
    ['migrate -m x', { npm_config_message: 'chore: release %s' }],
    ['upgrade --tag t', { npm_config_tag: 'next', npm_config_long: 'true', npm_config_json: 'true' }],
    // configured, and no option of this command
    ['upgrade', { npm_config_message: 'chore: release %s', npm_config_save_exact: 'true' }],
    ['heads', { npm_config_tag: 'next', npm_config_registry: 'https://registry.example', npm_config_loglevel: 'warn' }],
    ['upgrade', { npm_config_dry_run: '', npm_config_purge: 'true' }],
    // other package managers set some of npm's variables, and pass every argument on
    ['upgrade', { npm_config_user_agent: 'pnpm/10.1.0 npm/? node/v24.21.0', npm_config_tag: 'next' }],
    ['upgrade', { npm_config_user_agent: 'yarn/1.22.22 npm/? node/v24.21.0', npm_config_tag: 'next' }],
  ] as const)('npm run db -- %s runs (%j)', async (line, kept) => {
    const { code, calls } = await through(line, kept);
    expect([code, calls.length]).toEqual([0, 1]);
  });

  it('what npm has in the environment of a process that no npm script started', async () => {
    const { code } = await db(['db', 'downgrade'], { launchedBy: { npm_config_2: 'true', npm_config_long: 'true' } });
    expect(code).toBe(0);
  });

  it('help', async () => {
    expect((await through('help downgrade', { npm_config_2: 'true' })).code).toBe(0);
  });
});
