/** A process that ends in the middle of a revision, by the revision's own doing, never looks as if all was done. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { allEngines, createDatabase, type TestDatabase } from '../support/databases.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { isTurn } from '../support/turns.ts';

const SENTENCE =
  /^Error: The process ended while the upgrade of aaaa \(ends early\) ran, which is not finished\. .*db status tells where the database stands\.$/m;

describe.each(allEngines)('a revision on %s', (engine) => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let application: TestApplication;
  beforeEach(async () => {
    [folder, database] = await Promise.all([temporaryFolder('exits'), createDatabase(engine)]);
    application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
  });
  afterEach(async () => {
    await database.drop();
    await folder.remove();
  });

  async function write(body: string): Promise<void> {
    const constants = `export const revision = 'aaaa';
export const downRevision = null;
export const message = 'ends early';
`;
    const functions = `export async function upgrade(op) {
  await op.execute('create table t (n int)');
  ${body}
}
export async function downgrade() {}
`;
    await writeFile(join(application.versions, 'aaaa.ts'), constants + functions);
  }

  const expectNothingDone = async (): Promise<void> => {
    const { rows } = JSON.parse((await application.succeed(['status', '--json'])).stdout) as { rows: string[] };
    expect(rows).toEqual([]);
  };

  it('that calls process.exit(0) fails the command, which says so', async () => {
    await write('process.exit(0);');
    const { code, stdout, stderr } = await application.dbProcess(['upgrade']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(SENTENCE);
    await expectNothingDone();
  });

  // in turns: what ends with the process is the same as under a command
  if (!isTurn(0, engine, allEngines)) return;
  it('that calls process.exit(0) fails the boot, which says so', async () => {
    await write('process.exit(0);');
    const booted = await (await application.boot({ ON_BOOTSTRAP: 'upgrade' })).exited;
    expect(booted.code).toBe(1);
    expect(booted.stderr).toMatch(SENTENCE);
    expect(booted.stdout).not.toContain('is up');
    await expectNothingDone();
  });
});

const embedded = ['sqlite', 'pglite'] as const;
const ends = [
  ['that waits for what never comes', 'await new Promise(() => {});'],
  ['that calls process.exit(3)', 'process.exit(3);'],
] as const;

describe.each(embedded)('a revision on %s, of which nothing keeps the process alive', (engine) => {
  it.each(ends.filter((_, index) => isTurn(index, engine, embedded)))(
    '%s ends with a code that is not 0, and is told',
    async (_, body) => {
      const folder = await temporaryFolder('exits');
      const database = await createDatabase(engine);
      const application = new TestApplication(folder.path, database.env);
      await application.succeed(['init']);
      await writeFile(
        join(application.versions, 'aaaa.ts'),
        `export const revision = 'aaaa';
export const downRevision = null;
export const message = 'ends early';
export async function upgrade() { ${body} }
export async function downgrade() {}
`,
      );
      const { code, stderr } = await application.dbProcess(['upgrade']);
      expect(code).toBe(body.includes('exit') ? 3 : 13);
      expect(stderr).toMatch(SENTENCE);
      await database.drop();
      await folder.remove();
    },
  );
});

it('a command ends once OpenTelemetry has sent what it was told', async () => {
  const folder = await temporaryFolder('exits');
  const database = await createDatabase('sqlite');
  const application = new TestApplication(folder.path, database.env);
  await application.succeed(['init']);
  await application.succeed(['revision', '-m', 'nothing', '--rev-id', 'aaaa']);
  const preload = pathToFileURL(resolve(import.meta.dirname, '..', 'support', 'spans-to-file.mjs')).href;
  const SPANS = join(folder.path, 'spans.txt');
  const { code } = await application.dbProcess(['upgrade'], { NODE_OPTIONS: `--import ${preload}`, SPANS });
  expect([code, await readFile(SPANS, 'utf8')]).toEqual([0, 'upgrade aaaa\nnest-migrate upgrade\n']);
  await database.drop();
  await folder.remove();
});
