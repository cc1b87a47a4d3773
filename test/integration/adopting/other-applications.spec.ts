/** Who else uses the database: MikroORM's own command line, and other applications with entities of their own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineEntity, MikroORM, p } from '@mikro-orm/core';
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type MigrationEvent, type MigrationModuleOptions, withMigrationTables } from 'nest-migrate';
import { migratedDatabase } from 'nest-migrate/testing';
import { checkOtherConfigurations } from '../../../libs/nest-migrate/src/script/other-configurations.js';
import { nodeFileSystem } from '../../../libs/nest-migrate/src/script/file-system.js';
import { createDatabase, type Engine } from '../../support/databases.ts';
import { temporaryFolder } from '../../support/projects.ts';
import { type Revisions, scenario, type Scenario, type ScenarioOptions } from '../../support/scenario.ts';
import { enginesByDialect } from '../../support/turns.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (ending.length > 0) await ending.pop()!();
});

async function start(engine: Engine, options: ScenarioOptions): Promise<Scenario> {
  const at = await scenario(engine, options);
  ending.push(() => at.end());
  return at;
}

const Thing = defineEntity({ name: 'Thing', properties: { id: p.string().length(20).primary() } });
const revisions: Revisions = {
  aaaa: (op) => op.createTable('thing', { columns: { id: { type: 'string', length: 20, primary: true } } }),
};

describe.each(enginesByDialect('other-applications'))('withMigrationTables on %s', (engine) => {
  const isEmbedded = engine === 'pglite' || engine === 'sqlite';
  const names: readonly MigrationModuleOptions[] = [
    {},
    { versionTable: 'schema_version' },
    ...(engine === 'postgres' || engine === 'pglite' ? [{ versionTableSchema: 'public' }] : []),
  ];

  it.each(names)("keeps MikroORM's own schema generator off the tool's tables: %j", async (module) => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const at = await scenario(engine, { database, revisions, entities: [Thing], module });
    await at.migrations.upgrade();
    // a journal too, wherever it is made
    const table = module.versionTable === undefined ? 'nest_migrate' : 'schema';
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    const copy =
      engine === 'mysql' || engine === 'mariadb' ? undefined : `create table ${table}_journal (revision int)`;
    if (copy !== undefined) await connection.execute(copy);
    // of an embedded database nobody else may be there
    await at.end();
    const config = {
      ...database.options,
      entities: [Thing],
      preferEnvVars: false,
      schemaGenerator: { skipTables: ['kept'] },
    };
    const bare = await MikroORM.init(config);
    expect(await bare.schema.getUpdateSchemaSQL({ wrap: false })).toContain(`${table}_version`);
    await bare.close(true);
    const own = await MikroORM.init(withMigrationTables(config, module));
    expect(await own.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    await own.schema.update();
    if (copy !== undefined) await own.em.getConnection().execute(`drop table ${table}_journal`);
    await own.close(true);
    expect(config.schemaGenerator.skipTables).toEqual(['kept']);
    const again = await start(engine, { database, revisions, entities: [Thing], module });
    expect((await again.migrations.current()).rows).toEqual(['aaaa']);
    expect((await again.migrations.status()).last).not.toBeNull();
    expect(isEmbedded).toBe(database.url === undefined);
  });

  it('is so in the application itself, also for a history that is no longer kept', async () => {
    const database = await createDatabase(engine);
    ending.push(() => database.drop());
    const before = await scenario(engine, { database, revisions, entities: [Thing] });
    await before.migrations.upgrade();
    await before.end();
    const at = await start(engine, { database, revisions, entities: [Thing], module: { history: false } });
    expect(await at.orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    expect((await at.migrations.check()).operations).toEqual([]);
  });

  it('a table that another application has made is said to be that, where none of the revisions has made it', async () => {
    const at = await start(engine, { revisions, entities: [] });
    await at.migrations.upgrade();
    const connection = at.orm.em.getConnection() as AbstractSqlConnection;
    await connection.execute('create table workflow_settings (id int)');
    const events: MigrationEvent[] = [];
    const onEvent = (event: MigrationEvent): void => void events.push(event);
    const { operations } = await at.migrations.check({ onEvent });
    expect(operations).toHaveLength(2);
    await at.migrations.migrate({ dryRun: true, onEvent });
    const told = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    const about = told.filter((message) => message.startsWith('No entity of this application has'));
    expect(about).toEqual([
      'No entity of this application has workflow_settings, and no revision has made it. If it belongs to another application, leave it out by schemaGenerator.skipTables or includeObject, or give this one the entities.',
      about[0],
    ]);
  });
});

describe('the options of migratedDatabase()', () => {
  it("keep MikroORM's schema generator off the tool's tables", async () => {
    const folder = await temporaryFolder('other-applications');
    ending.push(() => folder.remove());
    const versions = join(folder.path, 'migrations', 'versions');
    await mkdir(versions, { recursive: true });
    await writeFile(join(folder.path, 'migrations', 'package.json'), '{ "type": "module" }\n');
    const at = await scenario('pglite', { revisions });
    const source = await readFile(join(at.folder.path, 'migrations', 'versions', 'aaaa.ts'), 'utf8');
    await at.end();
    await writeFile(join(versions, 'aaaa.ts'), source);
    const { PgliteDriver } = await import('@mikro-orm/pglite');
    const config = { driver: PgliteDriver, dbName: 'memory://', entities: [Thing] };
    const database = await migratedDatabase({ orm: config, directory: join(folder.path, 'migrations') });
    ending.push(() => database.close());
    const orm = await MikroORM.init(database.options);
    expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    await orm.close(true);
  });
});

describe("a configuration of MikroORM's own command line", () => {
  const search = { versionTable: 'nest_migrate_version', versionTableSchema: undefined, usual: 'nest_migrate_version' };

  async function found(files: Readonly<Record<string, string>>, more: object = {}): Promise<readonly string[]> {
    const folder = await temporaryFolder('configurations');
    ending.push(() => folder.remove());
    await mkdir(join(folder.path, 'src'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
    const findings = await checkOtherConfigurations({ cwd: folder.path, fs: nodeFileSystem, ...search, ...more });
    return findings.map(({ problem, cure }) => `${problem} ${cure}`);
  }

  it('is named where it lacks the tables, with the line that it lacks', async () => {
    expect(await found({ 'mikro-orm.config.ts': 'export default defineConfig({});' })).toEqual([
      "mikro-orm.config.ts does not name withMigrationTables: with it, mikro-orm schema:update and schema:drop drop nest_migrate_version. Write into it: import { withMigrationTables } from 'nest-migrate', and: export default withMigrationTables(config).",
    ]);
    const [own] = await found(
      { 'src/mikro-orm.config.js': 'module.exports = {};' },
      { versionTable: 'v', versionTableSchema: 'ops' },
    );
    expect(own).toContain("withMigrationTables(config, { versionTable: 'v', versionTableSchema: 'ops' })");
  });

  it('is looked for where package.json says', async () => {
    const manifest = JSON.stringify({ 'mikro-orm': { configPaths: ['./src/orm.ts', './dist/orm.js'] } });
    const files = { 'package.json': manifest, 'src/orm.ts': '', 'mikro-orm.config.ts': '' };
    expect(await found(files)).toEqual([expect.stringContaining('src/orm.ts does not name')]);
  });

  it('is looked for in the usual places where package.json names build output alone', async () => {
    const manifest = JSON.stringify({ 'mikro-orm': { configPaths: ['./dist/mikro-orm.config.js'] } });
    const files = { 'package.json': manifest, 'src/mikro-orm.config.ts': '' };
    expect(await found(files)).toEqual([expect.stringContaining('src/mikro-orm.config.ts does not name')]);
  });

  it('is not named where it has them, or where there is none', async () => {
    expect(await found({})).toEqual([]);
    expect(await found({ 'mikro-orm.config.ts': 'export default withMigrationTables(config)' })).toEqual([]);
    expect(await found({ 'mikro-orm.config.ts': "skipTables: ['nest_migrate_version']" })).toEqual([]);
  });
});
