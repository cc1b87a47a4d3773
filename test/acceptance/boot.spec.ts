import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { allEngines, serverEngines, type Engine } from '../support/engines.ts';
import { queryDatabase } from '../support/inspect.ts';
import { type ProcessResult, type RunningProcess } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { isTurn } from '../support/turns.ts';

/** As many as fit into the time of the suite; `npm run test:replicas` starts 32 on every engine. */
const { BOOT_REPLICAS } = process.env;
const REPLICAS = 3;

/** What is said before the revision that takes a while. */
const LAST_STEP = 'Running upgrade aaaa1111 -> bbbb2222';

/** That revision does not end while the project's folder holds a file of this name. */
const HOLD = 'hold';

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
    `import { existsSync } from 'node:fs';
import type { Operations } from 'nest-migrate';

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
  else await op.execute(op.dialect === 'postgres' ? 'select pg_sleep(0.5)' : 'do sleep(0.5)', [], { repeatable: true });
  while (existsSync(${JSON.stringify(join(folder.path, HOLD))})) await new Promise((resolve) => setTimeout(resolve, 50));
}

export async function downgrade(op: Operations): Promise<void> {
  await op.dropTable('run_log');
}
`,
  );
  const database = await createDatabase(engine);
  return { database, folder, application: new TestApplication(folder.path, database.env) };
}

/** Those of `replicas` that came up, and the others' codes and words. */
async function outcomeOf(replicas: readonly RunningProcess[]): Promise<{ up: number; others: readonly string[] }> {
  const results = await Promise.all(replicas.map((replica) => replica.exited));
  const isUp = ({ code, stdout }: ProcessResult): boolean => code === 0 && stdout.includes('the application is up');
  return {
    up: results.filter(isUp).length,
    others: results.filter((result) => !isUp(result)).map(({ code, signal, stderr }) => signal ?? `${code}: ${stderr}`),
  };
}

const replicated = [...serverEngines, 'sqlite'] as const;

describe.each(replicated)('replicas booting at once on %s', (engine) => {
  const count = Number(BOOT_REPLICAS ?? REPLICAS);
  let project: Awaited<ReturnType<typeof projectOn>>;
  beforeAll(async () => {
    project = await projectOn(engine);
  });
  afterAll(async () => {
    await project.database.drop();
    await project.folder.remove();
  });

  async function bootAll(): Promise<readonly RunningProcess[]> {
    const { application } = project;
    return Promise.all(
      Array.from({ length: count }, () => application.boot({ ON_BOOTSTRAP: 'upgrade', EAGER: 'yes' })),
    );
  }

  /** All that each of them printed, the order of its two streams aside. */
  async function saidBy(replicas: readonly RunningProcess[]): Promise<readonly string[]> {
    const results = await Promise.all(replicas.map((replica) => replica.exited));
    return results.map(({ stdout, stderr }) => stdout + stderr);
  }

  async function expectDoneOnce(): Promise<void> {
    expect(await queryDatabase(project.database, 'select note from run_log')).toEqual([{ note: 'ran' }]);
    expect((await project.application.succeed(['current'])).stdout.trim()).toBe('bbbb2222 (head)');
  }

  it('run each revision once on an empty database, and all come up', async () => {
    const replicas = await bootAll();
    expect(await outcomeOf(replicas)).toEqual({ up: count, others: [] });
    expect((await saidBy(replicas)).filter((text) => text.includes(LAST_STEP))).toHaveLength(1);
    await expectDoneOnce();
  });

  // in turns: at head no replica takes a lock, which is what the engines do differently
  if (isTurn(0, engine, replicated)) {
    it('all come up at head, and run nothing', async () => {
      const replicas = await bootAll();
      expect(await outcomeOf(replicas)).toEqual({ up: count, others: [] });
      expect((await saidBy(replicas)).filter((text) => text.includes('Running upgrade'))).toEqual([]);
      await expectDoneOnce();
    });
  }

  it('all come up but the one that is killed while it has the lock, and another finishes what it began', async () => {
    await project.application.succeed(['downgrade', 'base']);
    // however long the test takes to hear of it, the holder is not done
    const hold = join(project.folder.path, HOLD);
    await writeFile(hold, '');
    const replicas = await bootAll();
    const holder = await Promise.any(
      replicas.map(async (replica) => {
        await replica.waitForOutput(new RegExp(LAST_STEP));
        return replica;
      }),
    );
    holder.kill('SIGKILL');
    await holder.exited;
    await rm(hold);
    expect(await outcomeOf(replicas)).toEqual({ up: count - 1, others: ['SIGKILL'] });
    await expectDoneOnce();
  });
});

describe.each(allEngines)('an application on %s whose provider factory reads a table', (engine) => {
  let project: Awaited<ReturnType<typeof projectOn>>;
  /** When what is constructed, and what waits, Nest and the module decide: on one engine, on another one the next day. */
  const inTurn = (ordinal: number, title: string, test: () => Promise<void>): void => {
    if (isTurn(ordinal, engine, allEngines)) it(title, test);
  };
  beforeAll(async () => {
    project = await projectOn(engine);
  });
  afterAll(async () => {
    await project.database.drop();
    await project.folder.remove();
  });

  for (const [ordinal, GATED] of (['yes', 'no'] as const).entries()) {
    inTurn(ordinal, `serves db commands while the database is empty (gated: ${GATED})`, async () => {
      const { application } = project;
      const env = { EAGER: 'yes', GATED } as const;
      expect(await application.succeed(['current'], env)).toMatchObject({ stdout: '' });
      const upgraded = await application.succeed(['upgrade'], env);
      expect(upgraded.stderr).toContain('Running upgrade  -> aaaa1111, create tables');
      expect(upgraded.stderr).not.toContain('the application hook ran');
      await application.succeed(['downgrade', 'base'], env);
    });

    inTurn(ordinal + 2, `gets its first revision while the database is empty (gated: ${GATED})`, async () => {
      const empty = await temporaryFolder('empty');
      const fresh = new TestApplication(empty.path, project.database.env);
      await fresh.succeed(['init'], { EAGER: 'yes', GATED });
      await project.application.succeed(['downgrade', 'base']);
      await fresh.succeed(['migrate', '-m', 'first'], { EAGER: 'yes', GATED });
      expect(await fresh.scripts()).toHaveLength(1);
      await empty.remove();
    });
  }

  inTurn(4, 'does not boot ungated, and boots gated', async () => {
    const { application } = project;
    const ungated = await (await application.boot({ EAGER: 'yes', GATED: 'no', ON_BOOTSTRAP: 'upgrade' })).exited;
    expect(ungated.code).not.toBe(0);
    await application.succeed(['downgrade', 'base']);
    const gated = await (await application.boot({ EAGER: 'yes', ON_BOOTSTRAP: 'upgrade' })).exited;
    expect([gated.code, gated.stdout]).toEqual([0, expect.stringContaining('the application is up')]);
  });

  inTurn(3, 'does not start when its upgrade fails', async () => {
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
