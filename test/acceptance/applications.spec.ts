import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { runProcess, type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

const compiled = resolve('dist/test/application');
let database: TestDatabase;
let folder: TemporaryFolder;
let application: TestApplication;

beforeAll(async () => {
  database = await createDatabase('postgres');
  folder = await temporaryFolder('applications');
  application = new TestApplication(folder.path, database.env);
  await application.succeed(['init']);
  await application.succeed(['migrate', '-m', 'first', '--rev-id', 'aaaa1111']);
});
afterAll(async () => {
  await database.drop();
  await folder.remove();
});

/** A program of the test application, as if no test runner had started it. */
async function start(
  program: 'main' | 'commander',
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  return runProcess(process.execPath, [join(compiled, `${program}.js`), ...argv], {
    cwd: folder.path,
    env: {
      ...database.env,
      MIGRATIONS_DIRECTORY: join(folder.path, 'migrations'),
      NO_COLOR: '1',
      JEST_WORKER_ID: undefined,
      ...env,
    },
  });
}

const line = 'if (await runDbCommand(AppModule)) return;';

describe('a main.ts without the line', () => {
  it.each([
    ['gated', ['db', 'upgrade'], {}],
    ['ungated', ['db', 'upgrade'], { GATED: 'no' }],
    ['under nest start --no-shell', ['"db"', '"upgrade"'], {}],
    ['with an upgrade on boot that nobody ordered', ['db', 'current'], { ON_BOOTSTRAP: 'upgrade' }],
    ['with a factory that reads a table that is not there', ['db', 'upgrade'], { GATED: 'no', EAGER: 'yes' }],
  ])('fails the boot under db and tells which: %s', async (_, argv, env) => {
    const result = await start('main', argv, { LINE: 'no', ...env });
    const { code, stdout, stderr } = result;
    expect([code, stdout.includes('the application is up')]).toEqual([1, false]);
    expect(stderr).toContain(`DbLineMissingError: This process was started with 'db', and its main.ts`);
    expect(stderr).toContain(`Add, before the application is created: ${line}`);
    expect(stderr).not.toContain('the application hook ran');
    expect(await application.succeed(['current'])).toMatchObject({ stdout: '' });
  });

  it.each([
    ['for anything else', ['serve'], { LINE: 'no' }],
    ['in jest', ['db'], { LINE: 'no', JEST_WORKER_ID: '1' }],
    ['in vitest', ['db'], { LINE: 'no', VITEST: 'true' }],
    ['where the group has another name', ['db'], { GROUP: 'schema' }],
  ])('boots %s', async (_, argv, env) => {
    const { code, stdout } = await start('main', argv, env);
    expect([code, stdout]).toEqual([0, expect.stringContaining('the application is up')]);
  });
});

describe('a db command', () => {
  it('ends although providers hold a timer and a socket, with its own exit code', async () => {
    const done = await application.db(['current'], { HOLD: 'yes' });
    expect([done.code, done.stderr]).toEqual([0, expect.not.stringContaining('hook')]);
    const refused = await application.db(['show', 'nothing'], { HOLD: 'yes' });
    expect(refused.code).toBe(1);
  });

  it('is the same from main.ts under another name', async () => {
    const { code, stdout } = await start('main', ['schema', 'heads'], { GROUP: 'schema' });
    expect([code, stdout]).toEqual([0, 'aaaa1111 (head)\n']);
  });
});

describe('db init', () => {
  it('warns of a Nest project called db, which nest start -- db would start instead', async () => {
    const workspace = await temporaryFolder('workspace', {
      files: { 'nest-cli.json': '{ "monorepo": true, "projects": { "db": { "type": "application" } } }' },
    });
    const { stderr } = await new TestApplication(workspace.path, database.env).succeed(['init']);
    expect(stderr).toContain("nest-cli.json has a project called 'db', which nest start -- db … starts. Rename");
    await workspace.remove();
  });
});

describe('an application of nest-commander with a db group, an UpgradeCommand and a root command of its own', () => {
  it('has our commands under db, untouched by its own', async () => {
    const heads = await start('commander', ['db', 'heads']);
    expect([heads.code, heads.stdout, heads.stderr]).toEqual([0, 'aaaa1111 (head)\n', '']);
    const upgraded = await start('commander', ['db', 'upgrade', '--tag', 'ours']);
    expect([upgraded.code, upgraded.stdout]).toEqual([0, '']);
    expect(upgraded.stderr).toContain('Running upgrade  -> aaaa1111, first');
    expect((await start('commander', ['db', 'downgrade', 'base'])).code).toBe(0);
    // a command that only its own group has
    const seed = await start('commander', ['db', 'seed']);
    expect([seed.code, seed.stdout]).toEqual([2, '']);
    expect((await start('commander', ['db', '--help'])).stdout).not.toMatch(/^ +seed\b/m);
  });

  it.each([
    ['its db group, where ours has another name', ['db', 'seed'], { GROUP: 'schema' }, 'SeedCommand [] {}\n'],
    ['its db group, where nobody asks for ours', ['db', 'seed'], { LINE: 'no' }, 'SeedCommand [] {}\n'],
    [
      'its UpgradeCommand, with its own options',
      ['db', 'upgrade', 'x', '--tag', 'q'],
      { LINE: 'no' },
      'UpgradeCommand ["x"] {"tag":"own q"}\n',
    ],
    ['its root command', [], {}, 'DefaultCommand [] {}\n'],
  ])('has %s', async (_, argv, env, stdout) => {
    const result = await start('commander', argv, env);
    expect([result.code, result.stdout]).toEqual([0, stdout]);
    expect(await application.succeed(['current'])).toMatchObject({ stdout: '' });
  });

  it('has ours beside its db group, under another name', async () => {
    const { code, stdout } = await start('commander', ['schema', 'heads'], { GROUP: 'schema' });
    expect([code, stdout]).toEqual([0, 'aaaa1111 (head)\n']);
  });
});
