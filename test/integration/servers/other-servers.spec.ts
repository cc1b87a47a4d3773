import { afterEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { queryDatabase, tablesOf } from '../../support/inspect.ts';
import { executing } from '../../support/revision-file.ts';
import { scenario } from '../../support/scenario.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function serverWith(...statements: readonly string[]): Promise<TestDatabase> {
  const database = await createDatabase('postgres');
  ending.push(() => database.drop());
  for (const statement of statements) await queryDatabase(database, statement);
  return database;
}

/** A real server that says what another product says. */
const products = [
  [
    'CockroachDB',
    async () => {
      const database = await serverWith(
        'create schema imitated',
        "create function imitated.version() returns text language sql as $$ select 'CockroachDB CCL v25.2.1' $$",
      );
      await queryDatabase(database, `alter database "${database.name}" set search_path = imitated, pg_catalog, public`);
      return database;
    },
  ],
  [
    'Amazon Aurora DSQL',
    async () => serverWith('create schema sys', 'create table sys.iam_pg_role_mappings (arn text)'),
  ],
] as const;

describe.each(products)('a server that is %s', (name, create) => {
  it('is refused by its name before anything is written', async () => {
    const database = await create();
    const before = await tablesOf(database);
    const at = await scenario('postgres', {
      database,
      revisions: { aaaa: executing('create table t (id int)') },
    });
    ending.push(() => at.end());
    const { migrations } = at;
    for (const run of [
      async () => migrations.upgrade(),
      async () => migrations.current(),
      async () => migrations.migrate(),
      async () => migrations.stamp({ revisions: 'head' }),
    ]) {
      await expect(run()).rejects.toMatchObject({ code: 'UNSUPPORTED_SERVER', server: name });
    }
    expect(await tablesOf(database)).toEqual(before);
  });
});
