import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runBin, type ApplicationCall } from '../../../libs/nest-migrate/src/cli/bin-program.js';
import { commands } from '../../../libs/nest-migrate/src/cli/commands/all-commands.js';
import { fileCommands } from '../../../libs/nest-migrate/src/cli/file-commands.js';
import { processHost } from '../../../libs/nest-migrate/src/nest/process-host.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/projects.ts';

interface Outcome {
  readonly result: number | ApplicationCall;
  readonly stdout: string;
  readonly stderr: string;
}

function revision(id: string, down: string | null, message: string): string {
  const follows = down === null ? 'null' : JSON.stringify(down.split(','));
  return `import type { Operations } from 'nest-migrate';
export const revision = '${id}';
export const downRevision = ${follows};
export const message = ${JSON.stringify(message)};
export async function upgrade(op: Operations): Promise<void> {}
export async function downgrade(op: Operations): Promise<void> {}
`;
}

const manifest = (settings?: object, more: object = {}): string =>
  JSON.stringify({
    name: 'shop',
    type: 'module',
    ...(settings !== undefined && { 'nest-migrate': settings }),
    ...more,
  });

/** Two heads, `b1` and `b2`, above `a1`. */
const branched = (directory = 'migrations'): Record<string, string> => ({
  [`${directory}/package.json`]: '{ "type": "module" }',
  [`${directory}/versions/a1.ts`]: revision('a1', null, 'books'),
  [`${directory}/versions/b1.ts`]: revision('b1', 'a1', 'left'),
  [`${directory}/versions/b2.ts`]: revision('b2', 'a1', 'right "\\ <b>'),
});

let folder: TemporaryFolder | undefined;
afterEach(async () => folder?.remove());

async function project(files: Record<string, string>): Promise<string> {
  folder = await temporaryFolder('bin', { files });
  return folder.path;
}

async function run(
  cwd: string,
  line: string,
  { env = {}, launchedBy }: { env?: Record<string, string>; launchedBy?: Record<string, string> } = {},
): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[name] += text) });
  const result = await runBin({
    argv: line.split(' ').filter((word) => word !== ''),
    host: { ...processHost(), cwd, env },
    streams: { stdout: stream('stdout'), stderr: stream('stderr') },
    signal: new AbortController().signal,
    launchedBy,
  });
  return { result, ...written };
}

describe('the program nest-migrate on the files of a project', () => {
  let cwd: string;
  beforeEach(async () => void (cwd = await project({ 'package.json': manifest(), ...branched() })));

  it('lists the heads, in text and in the JSON of db', async () => {
    expect(await run(cwd, 'heads')).toEqual({ result: 0, stdout: 'b1 (head)\nb2 (head)\n', stderr: '' });
    const { stdout } = await run(cwd, 'heads --json');
    expect(JSON.parse(stdout)).toMatchObject([
      { revision: 'b1', downRevision: ['a1'], isHead: true, isCurrent: null },
      { revision: 'b2' },
    ]);
  });

  it('ends heads --check with 3 where there are several, and with 0 where there is one', async () => {
    const several = await run(cwd, 'heads --check');
    expect(several.result).toBe(3);
    expect(several.stderr).toBe('Error: There are 2 heads. Join them: nest-migrate merge heads.\n');
    expect((await run(cwd, 'heads --check --json')).result).toBe(3);
    expect((await run(cwd, 'merge heads -m join --rev-id c1')).result).toBe(0);
    expect(await run(cwd, 'heads --check')).toEqual({ result: 0, stdout: 'c1 (head)\n', stderr: '' });
  });

  it('writes a merge, with the settings of package.json', async () => {
    const { path } = folder!;
    await folder!.remove();
    cwd = await project({
      'package.json': manifest({ directory: 'database', fileTemplate: '%(slug)s', headsFile: true }),
      ...branched('database'),
    });
    expect(cwd).not.toBe(path);
    const { result, stdout } = await run(cwd, 'merge heads -m join --rev-id c1');
    expect(result).toBe(0);
    expect(stdout).toBe(`${join(cwd, 'database', 'versions', 'join.ts')}\n`);
    expect(await readFile(join(cwd, 'database', 'versions', 'join.ts'), 'utf8')).toContain(
      "export const downRevision = ['b1', 'b2'];",
    );
    expect(await readFile(join(cwd, 'database', 'HEADS'), 'utf8')).toMatch(/\nc1\n$/);
  });

  it.each([
    ['branches', 'a1 (branchpoint)\n   -> b1 (head)\n   -> b2 (head)\n\n'],
    ['history -r a1:b1', 'a1 -> b1 (head), left\n<base> -> a1 (branchpoint), books\n'],
    ['graph', '* b1 (head), left\n| * b2 (head), right "\\ <b>\n|/\n* a1 (branchpoint), books\n'],
    [
      'graph --format mermaid -r :b2',
      'flowchart BT\n  r0["b2<br>right #34;#92; #60;b#62;"]:::head\n  r1(["a1<br>books"])\n  r1 --> r0\n' +
        '  classDef head stroke-width:3px\n  classDef current fill:#cfe8cf,color:#000\n',
    ],
    [
      'graph --format dot -r :b2',
      'digraph history {\n  rankdir=BT;\n  node [shape=box style=rounded];\n' +
        '  r0 [label="b2\\nright \\"\\\\ <b>" penwidth=3];\n  r1 [label="a1\\nbooks"];\n  r1 -> r0;\n}\n',
    ],
    ['db heads', 'b1 (head)\nb2 (head)\n'],
    ['-d migrations heads', 'b1 (head)\nb2 (head)\n'],
  ])('runs %s', async (line, stdout) => {
    expect(await run(cwd, line)).toEqual({ result: 0, stdout, stderr: '' });
  });

  it('works in a folder below, and in the script directory itself', async () => {
    for (const below of ['migrations', 'migrations/versions'])
      expect((await run(join(cwd, below), 'heads')).stdout).toBe('b1 (head)\nb2 (head)\n');
  });

  it('shows the help of every command without the application', async () => {
    for (const { name } of commands) {
      const { result, stdout } = await run(cwd, `${name} --help`);
      expect([name, result, stdout]).toEqual([name, 0, expect.stringContaining(`Usage: nest-migrate ${name}`)]);
    }
    expect((await run(cwd, '--version')).stdout).toMatch(/^nest-migrate \d/);
    expect((await run(cwd, 'help')).stdout).toContain('Usage: nest-migrate <command> [options]');
  });

  it.each([
    ['haeds', "Error: Unknown command 'haeds', did you mean 'heads'? See nest-migrate --help.\n"],
    ['heads --chek', "Error: Unknown option '--chek' (Did you mean --check?). See nest-migrate heads --help.\n"],
    ['--foo heads', "Error: Unknown option '--foo'. See nest-migrate --help.\n"],
    ['merge', "Error: Missing required argument 'revisions'. See nest-migrate merge --help.\n"],
    [
      'graph --format svg',
      "Error: --format is 'text' or 'mermaid' or 'dot' or 'html', not 'svg'. See nest-migrate graph --help.\n",
    ],
    ['upgrade --lock-wait-timeout x', /milliseconds, not 'x'/],
  ])('refuses %s before anything is started', async (line, error) => {
    const { result, stderr } = await run(cwd, line);
    expect(result).toBe(2);
    if (typeof error === 'string') expect(stderr).toBe(error);
    else expect(stderr).toMatch(error);
  });

  it('says what to type where npm kept an option', async () => {
    const exec = { npm_lifecycle_event: 'npx', npm_config_check: 'true', npm_config_user_agent: 'npm/11' };
    const { result, stderr } = await run(cwd, 'heads', { launchedBy: exec });
    expect(result).toBe(2);
    expect(stderr).toContain('Write npx nest-migrate heads --check');
  });
});

describe('the script directory of the program nest-migrate', () => {
  it('says how it is named where there is none at the assumed place', async () => {
    const cwd = await project({ 'package.json': manifest(), ...branched('database') });
    const { result, stderr } = await run(cwd, 'heads');
    expect(result).toBe(1);
    expect(stderr).toContain(`There is no script directory: ${join(cwd, 'migrations')}`);
    expect(stderr).toContain('cannot be read without starting the application');
    expect((await run(cwd, 'heads -d database')).stdout).toBe('b1 (head)\nb2 (head)\n');
    const env = { NEST_MIGRATE_DIRECTORY: 'database' };
    expect((await run(cwd, 'heads', { env })).stdout).toBe('b1 (head)\nb2 (head)\n');
  });

  it('has the version locations of package.json', async () => {
    const cwd = await project({
      'package.json': manifest({ versionLocations: ['more'] }),
      ...branched(),
      'more/c1.ts': revision('c1', 'b1,b2', 'join'),
    });
    expect((await run(cwd, 'heads')).stdout).toBe('c1 (head)\n');
  });

  it.each([
    [{ directroy: 'x' }, "is not known. Did you mean 'directory'?"],
    [{ directory: 1 }, 'has to be a text'],
    ['migrations', 'is no object'],
  ])('refuses the setting %j', async (settings, problem) => {
    const cwd = await project({ 'package.json': manifest(settings as object), ...branched() });
    const { result, stderr } = await run(cwd, 'heads');
    expect(result).toBe(2);
    expect(stderr).toContain(problem);
  });
});

describe('the application of the program nest-migrate', () => {
  const built = (path: string, more: Record<string, string> = {}) =>
    project({ 'package.json': manifest(), ...branched(), [path]: '', ...more });

  it.each([
    ['upgrade', ['db', 'upgrade']],
    ['downgrade -2', ['db', 'downgrade', '-2']],
    ['-x a=1 upgrade +1 -q', ['db', '-x', 'a=1', 'upgrade', '+1', '-q']],
    ['history -i', ['db', 'history', '-i']],
    ['history -r current:', ['db', 'history', '-r', 'current:']],
    ['show current', ['db', 'show', 'current']],
    ['graph -i', ['db', 'graph', '-i']],
    ['merge heads --prove', ['db', 'merge', 'heads', '--prove']],
    ['heads --context reports', ['db', 'heads', '--context', 'reports']],
  ])('is started for %s', async (line, args) => {
    const cwd = await built('dist/main.js');
    expect(await run(cwd, line)).toEqual({
      result: { main: join(cwd, 'dist', 'main.js'), nodeArguments: [], args, cwd },
      stdout: '',
      stderr: '',
    });
  });

  it('is started for a merge whose functions are named after the connections', async () => {
    const template =
      '${constants}\nexport const upgrade = {\n  ${upgrades}\n};\nexport const downgrade = {\n  ${downgrades}\n};\n';
    const cwd = await built('dist/main.js', { 'migrations/revision.template': template });
    const { result, stderr } = await run(cwd, 'merge heads');
    expect(stderr).toBe('');
    expect(result).toMatchObject({ args: ['db', 'merge', 'heads'] });
  });

  const nestCli = (configuration: object): Record<string, string> => ({
    'nest-cli.json': JSON.stringify(configuration),
  });
  const monorepo = nestCli({
    monorepo: true,
    sourceRoot: 'apps/api/src',
    compilerOptions: { tsConfigPath: 'apps/api/tsconfig.app.json' },
    projects: {
      api: { type: 'application', root: 'apps/api', sourceRoot: 'apps/api/src' },
      shop: {
        type: 'application',
        root: 'apps/shop',
        sourceRoot: 'apps/shop/src',
        compilerOptions: { tsConfigPath: 'apps/shop/tsconfig.app.json' },
      },
    },
  });
  const tsconfig = (outDir: string): string => JSON.stringify({ compilerOptions: { outDir } });

  it.each<[what: string, main: string, files: Record<string, string>, below: string]>([
    ['dist/src/main.js', 'dist/src/main.js', { 'dist/main.js': '' }, '.'],
    ['the outDir of tsconfig.json', 'build/main.js', { 'tsconfig.json': tsconfig('./build'), 'dist/main.js': '' }, '.'],
    ['the entryFile of nest-cli.json', 'dist/server.js', nestCli({ entryFile: 'server' }), '.'],
    [
      'start:prod',
      'out/app.mjs',
      { 'package.json': manifest(undefined, { scripts: { 'start:prod': 'node out/app' } }) },
      '.',
    ],
    ['the setting', 'lib/app.cjs', { 'package.json': manifest({ main: 'lib/app.cjs' }), 'dist/main.js': '' }, '.'],
    [
      'the default project of a monorepo',
      'dist/apps/api/main.js',
      { ...monorepo, 'apps/api/tsconfig.app.json': tsconfig('../../dist/apps/api'), 'apps/shop/a.txt': '' },
      '.',
    ],
    [
      'the project of a monorepo that the working directory is in',
      'dist/apps/shop/apps/shop/src/main.js',
      {
        ...monorepo,
        'apps/api/tsconfig.app.json': tsconfig('../../dist/apps/api'),
        'dist/apps/api/main.js': '',
        'apps/shop/tsconfig.app.json': tsconfig('../../dist/apps/shop'),
        'apps/shop/src/a.txt': '',
      },
      'apps/shop/src',
    ],
  ])('is found by %s', async (_, main, files, below) => {
    const cwd = await built(main, files);
    const { result, stderr } = await run(join(cwd, below), 'upgrade');
    expect(stderr).toBe('');
    expect(result).toMatchObject({ main: join(cwd, main), cwd });
  });

  it('gets what start:prod gives to Node.js, and the word of the group', async () => {
    const scripts = { 'start:prod': 'NODE_ENV=production node --env-file=.env dist/main' };
    const cwd = await built('dist/main.js', { 'package.json': manifest({ name: 'schema' }, { scripts }) });
    const { result } = await run(cwd, 'upgrade');
    expect(result).toMatchObject({ nodeArguments: ['--env-file=.env'], args: ['schema', 'upgrade'] });
  });

  it('is missed with the places that were looked at, and with what it is needed for', async () => {
    const cwd = await project({ 'package.json': manifest(), ...branched() });
    const { result, stderr } = await run(cwd, 'show current');
    expect(result).toBe(1);
    expect(stderr).toContain("'show' needs the application for the rows of the version table");
    expect(stderr).toContain(join(cwd, 'dist', 'main.js'));
    expect(JSON.parse((await run(cwd, 'upgrade --json')).stderr)).toMatchObject({
      error: { code: 'BUILT_MAIN_MISSING' },
    });
  });
});

describe('the commands that the files are enough for', () => {
  it('are commands of the group, under their names', async () => {
    for (const [name, load] of fileCommands) expect(commands.find((one) => one.name === name)).toBe(await load());
  });
});
