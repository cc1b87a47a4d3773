import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { allEngines } from '../support/engines.ts';
import { queryDatabase } from '../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { isTurn } from '../support/turns.ts';

/** The revision as a user writes it, type-checked by nobody but run where it stands. */
function usingService(body: string): string {
  return `import type { Operations } from 'nest-migrate';

export const revision = 'bbbb2222';
export const downRevision = 'aaaa1111';
export const branchLabels = null;
export const dependsOn = null;
export const message = 'add an author';
export const createDate = null;
export const services = ['authors'];

interface Authors {
  add(name: string): Promise<void>;
}

export async function upgrade(op: Operations): Promise<void> {
  await op.transaction(async ({ get }) => {
    await get<Authors>('authors').add('Ada');
    ${body}
  });
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute('delete from author');
}
`;
}

describe.each(allEngines)('a revision that uses a service, in processes of its own, on %s', (engine) => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;
  beforeAll(async () => {
    database = await createDatabase(engine);
    folder = await temporaryFolder('services');
    application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    await application.succeed(['migrate', '-m', 'create tables', '--rev-id', 'aaaa1111']);
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  const write = (body = ''): Promise<void> =>
    writeFile(join(application.versions, 'bbbb2222_add_an_author.ts'), usingService(body));
  const authors = (): Promise<readonly unknown[]> => queryDatabase(database, 'select name from author');

  /** What a boot does Nest and the module decide: on one engine, on another one the next day. */
  const inTurn = (ordinal: number, title: string, test: () => Promise<void>): void => {
    if (isTurn(ordinal, engine, allEngines)) it(title, test);
  };

  inTurn(0, 'is refused by the gate', async () => {
    await write();
    const refused = await (await application.boot({ ON_BOOTSTRAP: 'upgrade' })).exited;
    expect([refused.code === 0, refused.stdout.includes('the application is up')]).toEqual([false, false]);
    expect(refused.stdout + refused.stderr).toContain(
      "Revision bbbb2222 needs the service 'authors', and the boot has none to give",
    );
    expect((await application.succeed(['current'])).stdout).toBe('');
  });

  it('runs under db', async () => {
    await write();
    const upgraded = await application.succeed(['upgrade']);
    expect(upgraded).toMatchObject({
      stdout: '',
      stderr: 'Running upgrade  -> aaaa1111, create tables\nRunning upgrade aaaa1111 -> bbbb2222, add an author\n',
    });
    expect(await authors()).toEqual([{ name: 'Ada' }]);
    await application.succeed(['downgrade']);
  });

  inTurn(1, 'comes to a boot without the gate', async () => {
    await write();
    const ungated = await (await application.boot({ ON_BOOTSTRAP: 'upgrade', GATED: 'no' })).exited;
    expect([ungated.code, ungated.stdout]).toEqual([0, expect.stringContaining('the application is up')]);
    expect(await authors()).toEqual([{ name: 'Ada' }]);
    await application.succeed(['downgrade']);
  });

  it('keeps nothing of what the service wrote when it fails', async () => {
    await write("throw new Error('no such luck');");
    const failed = await application.db(['upgrade']);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('failed: no such luck.')]);
    expect(await authors()).toEqual([]);
    expect((await application.succeed(['current'])).stdout.trim()).toBe('aaaa1111');
  });

  it('says in one line when a factory of the application needs tables that are not there', async () => {
    await write();
    await application.succeed(['downgrade', 'base']);
    const { code, stderr } = await application.db(['upgrade'], { EAGER: 'yes' });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^Error: Revision bbbb2222 needs the service 'authors', for which the whole application is built, and that failed: [^\n]*book[^\n]*\n$/,
      ),
    ]);
    await application.succeed(['upgrade', 'aaaa1111'], { EAGER: 'yes' });
    await application.succeed(['upgrade'], { EAGER: 'yes' });
    expect(await authors()).toEqual([{ name: 'Ada' }]);
  });
});
