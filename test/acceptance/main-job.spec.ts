import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { allEngines } from '../support/engines.ts';
import { queryDatabase, tablesOf } from '../support/inspect.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';

describe.each(allEngines)('the main job on %s', (engine) => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;

  beforeAll(async () => {
    database = await createDatabase(engine);
    folder = await temporaryFolder('a project with spaces');
    // what a process is to a command does not depend on the engine: doors.spec.ts and readme.spec.ts start some
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
    expect(await tablesOf(database)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
  });
});

describe('a database that is older than the script directory', () => {
  let database: TestDatabase;
  const folders: TemporaryFolder[] = [];

  async function project(): Promise<TestApplication> {
    const folder = await temporaryFolder('adopting');
    folders.push(folder);
    const application = new TestApplication(folder.path, database.env);
    await application.succeed(['init']);
    return application;
  }

  beforeAll(async () => {
    database = await createDatabase('postgres');
    const maker = await project();
    await maker.succeed(['migrate']);
    await maker.succeed(['upgrade']);
    await queryDatabase(database, 'drop table nest_migrate_version, nest_migrate_history');
  });
  afterAll(async () => {
    await database.drop();
    for (const folder of folders) await folder.remove();
  });

  it('is pointed to --from-empty, and adopted with it and stamp', async () => {
    const application = await project();
    const nothing = await application.succeed(['migrate']);
    expect(nothing.stdout).toBe('No changes in schema detected.\n');
    expect(nothing.stderr).toMatch(/all tables of the entities already.*db migrate --from-empty.*db stamp head/);

    const written = await application.succeed(['migrate', '--from-empty', '-m', 'everything']);
    expect(written.stdout).toMatch(/versions\/[0-9a-f]{12}_everything\.ts\n$/);
    expect(written.stderr).toContain("Detected added table 'author'");
    expect(await tablesOf(database)).toEqual(['author', 'book']);

    await application.succeed(['stamp', 'head']);
    await application.succeed(['check']);
    await application.succeed(['upgrade']);
    const again = await application.db(['migrate', '--from-empty']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('Leave --from-empty away')]);
    await queryDatabase(database, 'drop table nest_migrate_version, nest_migrate_history');
  });

  it('goes on with the table and the row that Alembic made', async () => {
    await queryDatabase(
      database,
      'create table alembic_version (version_num varchar(32) not null, constraint alembic_version_pkc primary key (version_num))',
    );
    await queryDatabase(database, "insert into alembic_version values ('8f27b0c4d9e1')");
    const application = await project();
    const alembic = { VERSION_TABLE: 'alembic_version' };
    expect((await application.db(['current'], alembic)).stderr).toContain("identified by '8f27b0c4d9e1'");
    await application.succeed(['migrate', '--from-empty', '--rev-id', '8f27b0c4d9e1', '-m', 'from Alembic'], alembic);
    expect((await application.succeed(['current'], alembic)).stdout).toBe('8f27b0c4d9e1 (head)\n');
    expect((await application.succeed(['migrate'], alembic)).stdout).toBe('No changes in schema detected.\n');

    const later = { ...alembic, ENTITIES: 'v2' } as const;
    await application.succeed(['migrate', '-m', 'prices and reviews'], later);
    const long = 'x'.repeat(33);
    expect((await application.db(['revision', '--rev-id', long], later)).code).toBe(0);
    expect((await application.db(['upgrade'], later)).stderr).toContain('which holds 32 characters');
    await application.succeed(['upgrade', `${long}-1`], later);
    await application.succeed(['downgrade', '8f27b0c4d9e1'], later);
    expect(await queryDatabase(database, 'select version_num from alembic_version')).toEqual([
      { version_num: '8f27b0c4d9e1' },
    ]);
    expect(await tablesOf(database)).toEqual(['alembic_history', 'alembic_version', 'author', 'book']);
  });
});
