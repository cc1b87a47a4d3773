/**
 * The life of an application's schema, step by step as the tutorials of Flask-Migrate and Alembic tell it: a first
 * revision, a change, looking around, going back, a script for another person to run, two developers at once, and the
 * errors that everybody meets with the way out of each.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from '../support/application.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { schemaOf } from '../support/dumps.ts';
import { tablesOf } from '../support/inspect.ts';
import { type ProcessResult } from '../support/processes.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/projects.ts';
import { openDatabase, runScript } from '../support/scripts.ts';

const first = '1975ea83b712';
const second = 'ae1027a6acf4';
const [mine, theirs, merged] = ['27c6a30d7c24', '3512b954651e', '53fffde5ad58'];

// the tutorials' own server engine, and an embedded one
describe.each(['postgres', 'sqlite'] as const)('the story on %s', (engine) => {
  let database: TestDatabase;
  let folder: TemporaryFolder;
  let application: TestApplication;
  beforeAll(async () => {
    database = await createDatabase(engine);
    folder = await temporaryFolder('story');
    application = new TestApplication(folder.path, database.env);
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  /** A command that succeeds, after the entities got their second version. */
  const db = (...argv: string[]): Promise<ProcessResult> => application.succeed(argv, { ENTITIES: 'v2' });
  /** One that is refused: its exit code and its words. */
  const refused = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await application.db(argv, { ENTITIES: 'v2' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: .*\n$/);
    return stderr;
  };
  const fileOf = async (id: string): Promise<{ name: string; text: string }> => {
    const found = (await application.scripts()).find(({ name }) => name.startsWith(id));
    return found ?? { name: '', text: '' };
  };

  it('creates the script directory, once', async () => {
    const { stdout, stderr } = await application.succeed(['init']);
    expect(stdout).toContain(join('migrations', 'versions'));
    expect(stderr).toContain('db migrate -m');
    expect(await refused('init')).toContain('already exists and is not empty');
  });

  it('writes the entities as a first revision, without touching the database', async () => {
    const { stdout, stderr } = await application.succeed(['migrate', '-m', 'create books', '--rev-id', first]);
    expect(stdout).toMatch(new RegExp(`${first}_create_books\\.ts\n$`));
    expect(stderr).toContain("Detected added table 'book'");
    expect((await fileOf(first)).text).toContain("await op.createTable('book', {");
    expect(await tablesOf(database)).toEqual([]);
  });

  it('runs it', async () => {
    const { stderr } = await application.succeed(['upgrade']);
    expect(stderr).toContain(`Running upgrade  -> ${first}, create books`);
    expect(await tablesOf(database)).toEqual(['author', 'book', 'nest_migrate_history', 'nest_migrate_version']);
    expect((await application.succeed(['check'])).stdout).toBe('No new upgrade operations detected.\n');
  });

  it('adds columns to an entity: check tells, migrate writes, upgrade applies', async () => {
    const check = await application.db(['check'], { ENTITIES: 'v2' });
    expect(check.code).toBe(3);
    expect(check.stdout).toContain("Detected added column 'book.price'");
    // on SQLite the SQL that is printed below needs the tables that it rebuilds
    const rebuilt = engine === 'sqlite' ? ['--existing-tables'] : [];
    await db('migrate', '-m', 'prices and reviews', '--rev-id', second, ...rebuilt);
    expect((await fileOf(second)).text).toContain(`export const downRevision = '${first}';`);
    expect((await db('upgrade')).stderr).toContain(`Running upgrade ${first} -> ${second}, prices and reviews`);
    // theirs writes an empty file here
    expect((await db('migrate', '-m', 'nothing')).stdout).toBe('No changes in schema detected.\n');
    expect(await application.scripts()).toHaveLength(2);
  });

  it('looks around: where the database is, what there is, one of it at length', async () => {
    expect((await db('current')).stdout).toBe(`${second} (head)\n`);
    expect((await db('history', '-i')).stdout).toBe(
      `${first} -> ${second} (head) (current), prices and reviews\n<base> -> ${first}, create books\n`,
    );
    expect((await db('history', '-r', `${first}:+1`)).stdout.split('\n')).toHaveLength(3);
    expect((await db('show', 'ae1')).stdout).toContain(`Rev: ${second} (head)\nParent: ${first}\n`);
  });

  it('goes by a part of an id, and by steps', async () => {
    expect((await db('downgrade', '197')).stderr).toContain(`Running downgrade ${second} -> ${first}`);
    await db('upgrade', '+1');
    await db('downgrade');
    expect((await db('current')).stdout).toBe(`${first}\n`);
    await db('upgrade', `${first}+1`);
    expect((await db('upgrade')).stderr).toContain('Nothing to do');
    expect(await refused('upgrade', '+9')).toContain("Relative revision +9 didn't produce 9 migrations");
  });

  it('prints the SQL for another person to run, and connects to nothing for it', async () => {
    const whole = await application.db(['upgrade', `${first}:head`, '--sql'], { ENTITIES: 'v2' });
    expect(whole.stdout).toContain(`-- Running upgrade ${first} -> ${second}, prices and reviews`);
    expect(whole.stdout).toContain('alter table');
    expect(whole.stdout).toContain(`version_num = '${first}'`);
    const { stdout } = await db('upgrade', `base:${first}`, '--sql');
    expect(stdout).toContain('create table');
    expect(stdout).toContain(`('${first}')`);
    expect((await db('current')).stdout).toBe(`${second} (head)\n`);

    // … who gets what the commands made
    const [made, other] = [await openDatabase(database), await openDatabase(await createDatabase(engine))];
    try {
      for (const script of [stdout, whole.stdout]) {
        expect(await runScript(other, script)).toMatchObject({ code: 0 });
      }
      expect(await schemaOf(other)).toBe(await schemaOf(made));
    } finally {
      for (const { orm } of [made, other]) await orm.close(true);
      await other.database.drop();
    }
  });

  it('the first classic error: the database is behind; upgrade is the way out', async () => {
    await db('downgrade', '-1');
    const error = await refused('migrate', '-m', 'too early');
    expect(error).toContain('Target database is not up to date.');
    expect(error).toContain('db upgrade'); // theirs leaves that to the reader
    await db('upgrade');
    expect((await db('migrate')).stdout).toBe('No changes in schema detected.\n');
  });

  it('the second: two developers at once; merge is the way out', async () => {
    await db('revision', '-m', 'mine', '--rev-id', mine);
    await db('revision', '-m', 'theirs', '--rev-id', theirs, '--head', second, '--splice');
    expect((await db('heads')).stdout).toBe(`${mine} (head)\n${theirs} (head)\n`);
    const error = await refused('upgrade');
    expect(error).toContain('Multiple head revisions are present');
    expect(error).toContain('db merge heads');
    await db('merge', 'heads', '-m', 'both', '--rev-id', merged);
    await db('upgrade');
    expect((await db('current')).stdout).toBe(`${merged} (head) (mergepoint)\n`);
    expect((await db('history', '--graph')).stdout).toMatch(/^\* .*mergepoint/);
  });

  it('and a third: the file of an applied revision is gone; stamp --purge is the way out', async () => {
    await db('revision', '-m', 'deleted by mistake', '--rev-id', 'deadbeef0001');
    await db('upgrade');
    await rm(join(application.versions, (await fileOf('deadbeef0001')).name));
    expect(await refused('upgrade')).toContain("Can't locate revision identified by 'deadbeef0001'");
    await db('stamp', '--purge', 'head');
    expect((await db('current')).stdout).toBe(`${merged} (head) (mergepoint)\n`);
  });

  it('goes all the way back, and leaves nothing but its own table', async () => {
    await db('downgrade', 'base');
    expect(await tablesOf(database)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
    expect((await db('current')).stdout).toBe('');
  });
});
