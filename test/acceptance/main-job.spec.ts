import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { engines } from '../support/engines.ts';
import { tablesOf } from '../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

describe.each(engines)('the main job on %s, in real processes', (engine) => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;

  beforeAll(async () => {
    database = await createDatabase(engine);
    folder = await temporaryFolder('a project with spaces');
    application = new TestApplication(folder.path, database.env);
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('goes from init to head, changes, steps back and returns to base', async () => {
    await application.succeed(['init']);

    const created = await application.succeed(['migrate', '-m', 'create author and book']);
    expect(created.stdout).toMatch(/migrations\/versions\/[0-9a-f]{12}_create_author_and_book\.ts/);

    const upgraded = await application.succeed(['upgrade']);
    expect(upgraded.stderr).toMatch(/Running upgrade {2}-> [0-9a-f]{12}, create author and book/);
    expect(upgraded.stdout).toBe('');

    const unchanged = await application.succeed(['migrate', '-m', 'nothing']);
    expect(unchanged.stdout + unchanged.stderr).toContain('No changes in schema detected.');
    expect(await application.scripts()).toHaveLength(1);

    const v2 = { ENTITIES: 'v2' } as const;
    await application.succeed(['migrate', '-m', 'prices and reviews'], v2);
    expect(await application.scripts()).toHaveLength(2);
    await application.succeed(['upgrade'], v2);
    const again = await application.succeed(['migrate'], v2);
    expect(again.stdout + again.stderr).toContain('No changes in schema detected.');

    const history = JSON.parse((await application.succeed(['history', '--json', '-i'])).stdout) as {
      revision: string;
      message: string;
      isCurrent: boolean;
    }[];
    expect(history.map(({ message, isCurrent }) => [message, isCurrent])).toEqual([
      ['prices and reviews', true],
      ['create author and book', false],
    ]);

    await application.succeed(['downgrade', '-1']);
    expect((await application.db(['migrate'])).stderr).toContain('Target database is not up to date.');
    await application.succeed(['upgrade']);
    expect((await application.succeed(['current'])).stdout.trim()).toBe(`${history[0].revision} (head)`);

    await application.succeed(['downgrade', 'base']);
    expect((await application.succeed(['current'])).stdout).toBe('');
    expect(await tablesOf(database)).toEqual(['nest_migrate_version']);
  });
});
