/** The version table under other names, in other places, and what is said where it can't be. */
import { defineEntity, p } from '@mikro-orm/core';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { resolveOptions } from '../../../libs/nest-migrate/src/commands/resolve-options.js';
import { engineFor } from '../../../libs/nest-migrate/src/engines/detect.js';
import { createDatabase, type Engine } from '../../support/databases.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function start(engine: Engine, options: ScenarioOptions): Promise<Scenario> {
  const at = await scenario(engine, options);
  ending.push(() => at.end());
  return at;
}

async function sql(at: Scenario, statement: string): Promise<readonly Record<string, unknown>[]> {
  return (at.orm.em as SqlEntityManager).getConnection().execute<Record<string, unknown>[]>(statement);
}

const revisions: Revisions = {
  aaaa: { upgrade: (op) => op.execute('create table a (n int)'), downgrade: (op) => op.execute('drop table a') },
  bbbb: {},
};

/** Everything that reads or writes the table, from nothing and back. */
async function lifeCycle(at: Scenario, table: string): Promise<void> {
  expect((await at.migrations.current()).rows).toEqual([]);
  expect((await at.migrations.upgrade({ target: 'aaaa' })).rows).toEqual(['aaaa']);
  expect((await at.migrations.upgrade()).rows).toEqual(['bbbb']);
  expect(await sql(at, `select version_num from ${table}`)).toEqual([{ version_num: 'bbbb' }]);
  expect(await at.migrations.current()).toMatchObject({ rows: ['bbbb'], atHead: true });
  // it is the tool's: neither side of a comparison sees it
  await sql(at, 'drop table a');
  expect((await at.migrations.migrate({ dryRun: true })).operations).toEqual([]);
  await sql(at, 'create table a (n int)');
  expect((await at.migrations.stamp({ revisions: 'aaaa', purge: true })).rows).toEqual(['aaaa']);
  expect((await at.migrations.downgrade({ target: 'base' })).rows).toEqual([]);
  expect(await sql(at, `select version_num from ${table}`)).toEqual([]);
}

describe.each(enginesByDialect('version-table'))('the version table on %s', (engine) => {
  const mysql = engine === 'mysql' || engine === 'mariadb';
  // MySQL's names end where a file name would
  const odd = `Order "of" the\\ 'Day' \`é\` version`;

  it('has the name that it is given, whatever has to be quoted in it', async () => {
    const at = await start(engine, { revisions, module: { versionTable: odd } });
    await lifeCycle(at, engineFor(at.orm as never).sql.quote(odd));
  });

  it('lives in the schema that it is given, once that is there', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const other = mysql ? await createDatabase(engine, { prefix: `tool box's` }) : undefined;
    if (other !== undefined) ending.push(() => other.drop());
    const schema = other?.name ?? `Tool "box's"`;
    const options = { revisions, module: { versionTableSchema: schema } };
    const at = await start(engine, { ...options, database });
    if (engine === 'sqlite') {
      const missing = { code: 'VERSION_TABLE_SCHEMA_MISSING', message: expect.stringContaining('attachDatabases') };
      await expect(at.migrations.upgrade()).rejects.toMatchObject(missing);
      await expect(at.migrations.current()).rejects.toMatchObject(missing);
      const attachDatabases = [{ name: schema, path: `${database.name}.tools` }];
      const attached = { ...database, options: { ...database.options, attachDatabases } };
      const again = await start(engine, { ...options, database: attached });
      await lifeCycle(again, engineFor(again.orm as never).sql.quote(schema, 'nest_migrate_version'));
      return;
    }
    const { quote } = { quote: (...names: string[]) => engineFor(at.orm as never).sql.quote(...names) };
    if (!mysql) {
      const missing = { code: 'VERSION_TABLE_SCHEMA_MISSING', message: expect.stringContaining('create schema "Tool') };
      await expect(at.migrations.upgrade()).rejects.toMatchObject(missing);
      await expect(at.migrations.current()).rejects.toMatchObject(missing);
      await sql(at, `create schema ${quote(schema)}`);
    }
    await lifeCycle(at, quote(schema, 'nest_migrate_version'));
  });

  it('is not looked for where its schema is missing: the error names the schema, and nothing ran', async () => {
    const at = await start(engine, { revisions, module: { versionTableSchema: 'nowhere' } });
    for (const command of ['upgrade', 'current', 'migrate'] as const) {
      await expect(at.migrations[command]()).rejects.toMatchObject({ code: 'VERSION_TABLE_SCHEMA_MISSING' });
    }
    await expect(sql(at, 'select n from a')).rejects.toThrow(/a/);
  });

  it('may be named with the schema that it is in anyway', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const schema = mysql ? database.name : engine === 'sqlite' ? 'main' : 'public';
    const at = await start(engine, { database, revisions, module: { versionTableSchema: schema } });
    await lifeCycle(at, 'nest_migrate_version');
    expect(await at.orm.schema.getUpdateSchemaSQL()).not.toMatch(/version/);
  });

  it('is not a table of somebody else', async () => {
    const at = await start(engine, { revisions, module: { versionTable: 'settings' } });
    await sql(at, 'create table settings (version int)');
    await expect(at.migrations.upgrade()).rejects.toMatchObject({
      code: 'VERSION_TABLE_COLUMN_MISSING',
      message: 'The table settings is no version table: it has no column version_num. Correct versionTable.',
    });
    expect(await sql(at, 'select * from settings')).toEqual([]);
  });

  it.each(typesOf(engine))(
    'is not one whose column is %s: each command says so, and nothing ran',
    async (type, value) => {
      const at = await start(engine, { revisions, module: { versionTable: 'versions' } });
      const refused = {
        code: 'VERSION_TABLE_COLUMN_TYPE',
        message: expect.stringMatching(
          /^The column version_num of versions has the type .+, which does not hold the ids of revisions\. Change it to/,
        ),
      };
      await sql(at, `create table versions (version_num ${type})`);
      // ids that only look like ones would be changed or refused, on MySQL behind the revision's own statements
      await expect(at.migrations.upgrade()).rejects.toMatchObject(refused);
      await expect(at.migrations.stamp({ revisions: 'head' })).rejects.toMatchObject(refused);
      await expect(sql(at, 'select n from a')).rejects.toThrow(/a/);
      await sql(at, `insert into versions values (${value})`);
      for (const command of ['upgrade', 'current', 'check'] as const) {
        const failure: unknown = await at.migrations[command]().catch((error: unknown) => error);
        // text of a type that looks like text is an id that no script has
        expect((failure as { code?: string }).code).toMatch(/^VERSION_TABLE_COLUMN_TYPE$|^UNKNOWN_VERSION_ROW$/);
      }
    },
  );
});

/** Types that hold no ids, each with a value. */
function typesOf(engine: Engine): [type: string, value: string][] {
  if (engine === 'sqlite')
    return [
      ['integer', '7'],
      ['real', '1.5'],
      ['numeric', '7'],
    ];
  const common: [string, string][] = [
    ['integer', '7'],
    ['bigint', '7'],
    ['date', "'2026-11-29'"],
  ];
  if (engine === 'mysql' || engine === 'mariadb') return [...common, ['double', '1.5'], ['datetime', "'2026-11-29'"]];
  return [...common, ['boolean', 'true'], ['jsonb', "'{}'"], ['text[]', "'{a}'"]];
}

describe('an entity whose table has the name of the version table', () => {
  const Version = defineEntity({
    name: 'Version',
    properties: { id: p.string().length(255).primary().fieldName('version_num') },
  });
  const entities = [Version] as never;

  it('is refused in another schema, where MikroORM would hide it too', async () => {
    const module = { versionTable: 'version', versionTableSchema: 'ops' };
    const database = await createDatabase('postgres');
    ending.push(() => database.drop());
    await expect(scenario('postgres', { database, entities, module })).rejects.toThrow(
      /'versionTable' .* name of the table of Version in another schema/,
    );
  });

  it('shows the version table to the application in the same one', async () => {
    const at = await start('postgres', { entities, revisions: { bbbb: {} }, module: { versionTable: 'version' } });
    await at.migrations.upgrade();
    expect((await at.migrations.migrate()).operations).toEqual([]);
    expect(await at.orm.em.fork().find(Version, {})).toMatchObject([{ id: 'bbbb' }]);
  });
});

describe('the name of the version table', () => {
  it.each([
    [{ versionTable: 'tool.version' }, /'versionTable' .*holds a dot.*versionTableSchema: 'tool'/],
    [{ versionTable: ' ' }, /'versionTable' .*is empty/],
    [{ versionTableSchema: '' }, /'versionTableSchema' .*is empty/],
  ])('%j is refused at the door', (options, message) => {
    expect(() => resolveOptions(options, '/', {})).toThrow(message);
  });
});
