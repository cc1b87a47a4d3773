import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { runCommand, stopCommandServer } from '../support/command-server.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { tablesOf } from '../support/inspect.ts';
import { WAIT_LIMIT } from '../support/limits.ts';
import { temporaryFolder } from '../support/projects.ts';
import { runProcess, startProcess, type ProcessResult } from '../support/processes.ts';

const root = resolve('.');
const main = join('dist', 'apps', 'bookshop', 'src', 'main.js');

describe('the bookshop, on PostgreSQL and MySQL', () => {
  let catalogue: TestDatabase;
  let reporting: TestDatabase;
  let env: Record<string, string>;
  beforeAll(async () => {
    catalogue = await createDatabase('postgres');
    reporting = await createDatabase('mysql');
    env = { CATALOGUE_URL: catalogue.url ?? '', REPORTING_URL: reporting.url ?? '', NO_COLOR: '1' };
  });
  afterAll(async () => {
    stopCommandServer();
    await catalogue.drop();
    await reporting.drop();
  });

  async function db(...argv: string[]): Promise<ProcessResult> {
    return runCommand(argv, { cwd: root, env }, 'bookshop');
  }

  it('upgrades both connections in the order of their registration', async () => {
    // as it is started; the commands behind it share a process
    const { code, stderr } = await runProcess(process.execPath, [main, 'db', 'upgrade'], { cwd: root, env });
    expect(code).toBe(0);
    expect(stderr.split('\n').filter((line) => !line.startsWith('Running upgrade 5b1e0c1d2a01'))).toEqual([
      '[default]',
      'Running upgrade  -> 5b1e0c1d2a01, create author and book',
      'Running upgrade 8f27ab90c302, c61d55e7f403 -> e90f4a7b1504, merge pricing and contact',
      '[reporting]',
      'Running upgrade  -> 7c40d1a9e001, create sale',
      '',
    ]);
    expect((await db('current')).stdout).toBe(
      '[default]\ne90f4a7b1504 (head) (mergepoint)\n[reporting]\n7c40d1a9e001 (head)\n',
    );
  });

  it.each(['default', 'reporting'])('has revisions that say what its %s entities say', async (context) => {
    expect((await db('migrate', '--context', context)).stdout).toBe('No changes in schema detected.\n');
  });

  it.each([['downgrade'], ['stamp', 'head'], ['migrate'], ['revision'], ['merge', 'heads'], ['init']])(
    'asks which connection %s is for',
    async (...argv) => {
      const { code, stdout, stderr } = await db(...argv);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^Error: .*default, reporting.*--context.*\n$/);
    },
  );

  it('takes one branch alone, and goes back to base', async () => {
    expect((await db('downgrade', '--context', 'default', 'base')).code).toBe(0);
    expect(await tablesOf(catalogue)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
    expect((await db('upgrade', '--context', 'default', '8f27ab90c302')).code).toBe(0);
    expect((await db('current', '--context', 'default')).stdout).toBe('8f27ab90c302\n');
  });

  it('upgrades while it boots, and tells its health', async () => {
    const port = await new Promise<number>((done) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const address = probe.address();
        probe.close(() => done(address !== null && typeof address === 'object' ? address.port : 0));
      });
    });
    const server = await startProcess(process.execPath, [main], { cwd: root, env: { ...env, PORT: String(port) } });
    let health: Response | undefined;
    for (const end = Date.now() + WAIT_LIMIT; health === undefined && Date.now() < end;) {
      health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      if (health === undefined) await pause(100);
    }
    expect(health?.status).toBe(200);
    const up = { status: 'up', standing: 'head', pending: 0 };
    expect(await health?.json()).toMatchObject({ status: 'ok', details: { catalogue: up, reporting: up } });
    expect((await db('downgrade', '--context', 'reporting', '-1')).code).toBe(0);
    const behind = await fetch(`http://127.0.0.1:${port}/health`);
    expect(behind.status).toBe(503);
    expect(await behind.json()).toMatchObject({
      status: 'error',
      details: {
        catalogue: up,
        reporting: { status: 'down', standing: 'behind', pending: 1, message: '1 revision is pending' },
      },
    });
    expect((await db('upgrade', '--context', 'reporting')).code).toBe(0);
    await server.stop();
  });
});

it('PostgreSQL and MySQL share a script directory: one revision, a failing second database, and a boot', async () => {
  const shop = await createDatabase('postgres');
  const reporting = await createDatabase('mysql');
  const folder = await temporaryFolder('shared');
  const app = new TestApplication(folder.path, shop.env);
  const env = { SECOND_URL: reporting.url };
  try {
    await app.succeed(['init'], env);
    await app.succeed(['migrate', '--rev-id', 'aaaa', '-m', 'first'], env);
    const [script] = await app.scripts();
    expect(script.text).toMatch(/default: async \(op\)[\s\S]*'author'[\s\S]*reporting: async \(op\)[\s\S]*'review'/);

    const failed = await app.db(['upgrade'], { SECOND_URL: `${reporting.url}_gone` });
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringMatching(
        /Running upgrade {2}-> aaaa[\s\S]*Error: \[reporting\][\s\S]*Done: default\. Failed: reporting\.\n$/,
      ),
    ]);
    expect(await tablesOf(shop)).toEqual(['author', 'book', 'nest_migrate_history', 'nest_migrate_version']);

    const booted = await app.boot({ ...env, ON_BOOTSTRAP: 'upgrade' });
    expect((await booted.exited).code).toBe(0);
    expect(await tablesOf(reporting)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'review']);
    expect((await app.succeed(['migrate'], env)).stdout).toBe('No changes in schema detected.\n');
    await app.succeed(['downgrade', 'base', '--context', 'reporting'], env);
    expect((await app.succeed(['current'], env)).stdout).toBe('[default]\naaaa (head)\n[reporting]\n');
  } finally {
    await shop.drop();
    await reporting.drop();
    await folder.remove();
  }
});
