import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { allEngines, serverEngines, type Engine } from '../support/engines.ts';
import { queryDatabase } from '../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

/** As many as fit into the time of the suite; `bench/replicas.ts` starts 32 on every server. */
const replicaCounts = { postgres: 32, mysql: 8, mariadb: 8, sqlite: 8 } as const;

/** A project with two revisions: the entities' tables, and one that writes a row each time it runs. */
async function projectOn(engine: Engine): Promise<{
  database: TestDatabase;
  folder: TemporaryFolder;
  application: TestApplication;
}> {
  const folder = await temporaryFolder('boot');
  // written against a database of its own, so that the one under test is empty
  const draft = await createDatabase(engine);
  const writer = new TestApplication(folder.path, draft.env);
  await writer.succeed(['init']);
  await writer.succeed(['migrate', '-m', 'create tables', '--rev-id', 'aaaa1111']);
  await draft.drop();
  await writeFile(
    join(writer.versions, 'bbbb2222_count_runs.ts'),
    `import type { Operations } from 'nest-migrate';

export const revision = 'bbbb2222';
export const downRevision = 'aaaa1111';
export const branchLabels = null;
export const dependsOn = null;
export const message = 'count runs';
export const createDate = null;

export async function upgrade(op: Operations): Promise<void> {
  await op.createTable('run_log', { columns: { id: { type: 'integer', primary: true, autoincrement: true }, note: { type: 'string' } } });
  await op.bulkInsert('run_log', [{ note: 'ran' }]);
  if (op.dialect === 'sqlite') await new Promise((resolve) => setTimeout(resolve, 500));
  else await op.execute(op.dialect === 'postgres' ? 'select pg_sleep(0.5)' : 'do sleep(0.5)');
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('run_log');
}
`,
  );
  const database = await createDatabase(engine);
  return { database, folder, application: new TestApplication(folder.path, database.env) };
}

describe.each([...serverEngines, 'sqlite'] as const)('replicas booting at once on an empty %s', (engine) => {
  const count = replicaCounts[engine];
  let project: Awaited<ReturnType<typeof projectOn>>;
  beforeAll(async () => {
    project = await projectOn(engine);
  });
  afterAll(async () => {
    await project.database.drop();
    await project.folder.remove();
  });

  it('run each revision once and all come up', async () => {
    const { application, database } = project;
    const replicas = await Promise.all(
      Array.from({ length: count }, () => application.boot({ ON_BOOTSTRAP: 'upgrade', EAGER: 'yes' })),
    );
    const results = await Promise.all(replicas.map((replica) => replica.exited));
    expect(results.map(({ code, stdout }) => [code, stdout.includes('the application is up')])).toEqual(
      Array.from({ length: count }, () => [0, true]),
    );
    const runs = results.filter(({ stdout, stderr }) => /Running upgrade aaaa1111 -> bbbb2222/.test(stdout + stderr));
    expect(runs).toHaveLength(1);
    expect(await queryDatabase(database, 'select note from run_log')).toEqual([{ note: 'ran' }]);
    expect((await application.succeed(['current'])).stdout.trim()).toBe('bbbb2222 (head)');
  });
});

describe.each(allEngines)('an application on %s whose provider factory reads a table', (engine) => {
  let project: Awaited<ReturnType<typeof projectOn>>;
  beforeAll(async () => {
    project = await projectOn(engine);
  });
  afterAll(async () => {
    await project.database.drop();
    await project.folder.remove();
  });

  it.each([['yes'], ['no']] as const)('answers db commands while the database is empty (gated: %s)', async (GATED) => {
    const { application } = project;
    const env = { EAGER: 'yes', GATED } as const;
    expect(await application.succeed(['current'], env)).toMatchObject({ stdout: '' });
    const upgraded = await application.succeed(['upgrade'], env);
    expect(upgraded.stderr).toContain('Running upgrade  -> aaaa1111, create tables');
    expect(upgraded.stderr).not.toContain('the application hook ran');
    await application.succeed(['downgrade', 'base'], env);
  });

  it.each([['yes'], ['no']] as const)(
    'gets its first revision while the database is empty (gated: %s)',
    async (GATED) => {
      const empty = await temporaryFolder('empty');
      const fresh = new TestApplication(empty.path, project.database.env);
      await fresh.succeed(['init'], { EAGER: 'yes', GATED });
      await project.application.succeed(['downgrade', 'base']);
      await fresh.succeed(['migrate', '-m', 'first'], { EAGER: 'yes', GATED });
      expect(await fresh.scripts()).toHaveLength(1);
      await empty.remove();
    },
  );

  it('does not boot ungated, and boots gated', async () => {
    const { application } = project;
    const ungated = await (await application.boot({ EAGER: 'yes', GATED: 'no', ON_BOOTSTRAP: 'upgrade' })).exited;
    expect(ungated.code).not.toBe(0);
    await application.succeed(['downgrade', 'base']);
    const gated = await (await application.boot({ EAGER: 'yes', ON_BOOTSTRAP: 'upgrade' })).exited;
    expect([gated.code, gated.stdout]).toEqual([0, expect.stringContaining('the application is up')]);
  });

  it('does not start when its upgrade fails', async () => {
    const { application } = project;
    await application.succeed(['downgrade', 'base']);
    await writeFile(
      join(application.versions, 'cccc3333_fails.ts'),
      `export const revision = 'cccc3333';
export const downRevision = 'bbbb2222';
export const branchLabels = null;
export const dependsOn = null;
export const message = 'fails';
export const createDate = null;
export async function upgrade(): Promise<void> {
  throw new Error('no such luck');
}
export async function downgrade(): Promise<void> {}
`,
    );
    const result = await (await application.boot({ ON_BOOTSTRAP: 'upgrade' })).exited;
    expect(result.code).not.toBe(0);
    expect(result.stdout).not.toContain('the application is up');
    expect(result.stdout + result.stderr).toContain('The upgrade of cccc3333 (fails) failed: no such luck.');
    expect((await application.succeed(['current'])).stdout.trim()).toBe('bbbb2222');
  });
});
