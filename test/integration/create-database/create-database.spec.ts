/** `db create-database`: what is created, beside what is there, and what it says where it may not. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { adminQuery, createDatabase, type TestDatabase } from '../../support/databases.ts';
import { allEngines, type Engine, type ServerEngine, serverEngines } from '../../support/engines.ts';
import { queryDatabase } from '../../support/inspect.ts';
import { scenario, type Scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

/** A database that does not exist, under a name that has to be quoted. */
async function missing(engine: Engine): Promise<TestDatabase> {
  const database = await createDatabase(engine, { prefix: 'shop "1"` 50%' });
  ending.push(() => database.drop());
  if (engine === 'pglite' || engine === 'sqlite') {
    await rm(database.name, { recursive: true });
    const name = join(database.name, '..', 'new folder', 'data');
    return { ...database, name, options: { ...database.options, dbName: name } };
  }
  await database.drop();
  return database;
}

async function on(database: TestDatabase, options: object = {}): Promise<Scenario> {
  const configured = { ...database, options: { ...database.options, ...options } };
  const at = await scenario(database.engine, {
    database: configured,
    revisions: { aaaa: 'await op.query("select 1")' },
  });
  ending.push(() => at.end());
  return at;
}

describe.each(allEngines)('db create-database on %s', (engine) => {
  it('creates what is missing, once, and revisions can be applied to it', async () => {
    const database = await missing(engine);
    const { migrations } = await on(database);
    expect(await migrations.createDatabase()).toEqual({ database: database.name, created: true });
    if (engine === 'sqlite') expect(existsSync(database.name)).toBe(true);
    expect(await migrations.createDatabase()).toEqual({ database: database.name, created: false });
    expect((await migrations.upgrade()).rows).toEqual(['aaaa']);
    expect(await migrations.createDatabase()).toEqual({ database: database.name, created: false });
    expect((await migrations.current()).rows).toEqual(['aaaa']);
  });
});

describe.each(serverEngines)('on %s', (engine) => {
  it('the database is what the configuration says, and of two that create it at once one does', async () => {
    const database = await missing(engine);
    const texts = engine === 'postgres' ? ['SQL_ASCII', 'C'] : ['latin1', 'latin1_german2_ci'];
    const [first, second] = await Promise.all([1, 2].map(() => on(database, { charset: texts[0], collate: texts[1] })));
    const done = await Promise.all([first, second].map(({ migrations }) => migrations.createDatabase()));
    expect(done.filter(({ created }) => created)).toHaveLength(1);
    const sql =
      engine === 'postgres'
        ? 'select pg_encoding_to_char(encoding) as charset, datcollate as "collate" from pg_database where datname = current_database()'
        : 'select @@character_set_database as charset, @@collation_database as `collate`';
    expect(await queryDatabase(database, sql)).toEqual([{ charset: texts[0], collate: texts[1] }]);
  });

  it('another command names it where the database is missing', async () => {
    const { migrations } = await on(await missing(engine));
    await expect(migrations.upgrade()).rejects.toThrow(
      /^The database '.*' does not exist at .*\. Create it with db create-database, or correct dbName/,
    );
  });

  it('says in one sentence that the user may not, with the grant after which it may', async () => {
    const database = await missing(engine);
    const role = await nobody(engine);
    const { migrations } = await on(database, role);
    const error = await migrations.createDatabase().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: 'DatabaseNotCreatedError', code: 'DATABASE_NOT_CREATED' });
    const { message } = error as Error;
    expect(message).toMatch(
      / can't be created: this user may not create it at .*Let an administrator create it, or run: /,
    );
    const grant = /or run: (.*)\.$/.exec(message)?.[1] ?? '';
    await adminQuery(engine, grant.replaceAll('?', '??'));
    expect(await migrations.createDatabase()).toMatchObject({ created: true });
  });
});

/** The name and the password of a role that may do nothing. */
async function nobody(engine: ServerEngine): Promise<{ user: string; password: string }> {
  const user = `role_${process.pid}_${randomBytes(4).toString('hex')}`;
  const password = `guarded-${user}`;
  const words = engine === 'postgres' ? `role ${user} login password` : `user ${user} identified by`;
  await adminQuery(engine, `create ${words} '${password}'`);
  // behind the database that it comes to own
  ending.unshift(() => adminQuery(engine, `drop ${engine === 'postgres' ? 'role' : 'user'} ${user}`));
  return { user, password };
}
