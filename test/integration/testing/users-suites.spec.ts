/** What the tests of applications do with the module: mock the ORM, rebuild the schema, run side by side. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defineEntity, EntityManager, MikroORM, p } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { type DynamicModule, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { getMigrationOptionsToken, MigrationModule, type MigrationModuleOptions, MigrationService } from 'nest-migrate';
import { createDatabase, type Engine, type TestDatabase } from '../../support/databases.ts';
import { allEngines } from '../../support/engines.ts';
import { tablesOf } from '../../support/inspect.ts';
import { temporaryFolder } from '../../support/projects.ts';

const Setting = defineEntity({ name: 'Setting', properties: { id: p.integer().primary() } });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
});

async function database(engine: Engine): Promise<TestDatabase> {
  const created = await createDatabase(engine);
  cleanups.push(() => created.drop());
  return created;
}

/** A script directory with one revision, which creates the table. */
async function directoryFor(table: string): Promise<string> {
  const folder = await temporaryFolder('suites', { files: { 'package.json': '{ "type": "module" }\n' } });
  cleanups.push(() => folder.remove());
  await mkdir(join(folder.path, 'versions'));
  await writeFile(
    join(folder.path, 'versions', 'aaaa.ts'),
    `export const revision = 'aaaa';
export const downRevision = null;
export async function upgrade(op) { await op.createTable('${table}', { columns: { id: { type: 'integer', primary: true, autoincrement: true } } }); }
export async function downgrade(op) { await op.dropTable('${table}'); }
`,
  );
  return folder.path;
}

function ormFor({ options }: TestDatabase): DynamicModule | Promise<DynamicModule> {
  return MikroOrmModule.forRoot({ ...options, entities: [Setting] });
}

async function started(module: TestingModule): Promise<TestingModule> {
  cleanups.push(() => module.close());
  return module.init();
}

/** An ORM that fails the test where anything of it is used. */
function untouchable(): object {
  const refuse = (): never => {
    throw new Error('the ORM was touched');
  };
  const properties = ['em', 'config', 'driver', 'schema', 'connect', 'close', 'isConnected', 'getMetadata'];
  return Object.defineProperties(
    {},
    Object.fromEntries(properties.map((name) => [name, { get: refuse, enumerable: true }])),
  );
}

describe('a test that mocks MikroORM', () => {
  const modules: Readonly<Record<string, (options: MigrationModuleOptions) => NonNullable<DynamicModule['imports']>>> =
    {
      'beside the migration module': (options) => [MigrationModule.forRoot(options)],
      'in place of the one that the module was given': (options) => [
        MigrationModule.forRoot({
          orm: MikroOrmModule.forRoot({ driver: PostgreSqlDriver, dbName: 'nowhere', entities: [Setting] }),
          ...options,
        }),
      ],
    };

  it.each(Object.keys(modules))('boots, with the service at hand: %s', async (name) => {
    const mock = untouchable();
    class OrmModule {}
    const providers = [{ provide: MikroORM, useValue: mock }];
    const imports = modules[name]({ directory: 'nowhere', onBootstrap: 'upgrade' });
    const builder = Test.createTestingModule({
      imports: name.startsWith('beside')
        ? [{ module: OrmModule, global: true, providers, exports: providers }, ...imports]
        : imports,
    })
      .overrideProvider(MikroORM)
      .useValue(mock)
      .overrideProvider(EntityManager)
      .useValue({});
    const module = await builder.compile();
    // not closed: @mikro-orm/nestjs itself would close the ORM
    await module.init();
    const migrations = module.get(MigrationService);
    expect(migrations).toBeInstanceOf(MigrationService);
    await expect(migrations.heads()).rejects.toThrow('the ORM was touched');
  });
});

describe.each(allEngines)('the schema generator in a test on %s', (engine) => {
  it("leaves the tool's tables to the tool", async () => {
    const db = await database(engine);
    const module = await started(
      await Test.createTestingModule({
        imports: [
          MigrationModule.forRoot({
            orm: ormFor(db),
            directory: await directoryFor('setting'),
            onBootstrap: 'upgrade',
          }),
        ],
      }).compile(),
    );
    const { schema } = module.get(MikroORM);
    const migrations = module.get(MigrationService);
    const rows = async (): Promise<readonly string[]> => (await migrations.current()).rows;
    expect(await rows()).toEqual(['aaaa']);
    await schema.update();
    expect(await rows()).toEqual(['aaaa']);
    await schema.refresh();
    expect(await rows()).toEqual(['aaaa']);
    await schema.clear();
    expect(await rows()).toEqual(['aaaa']);
    await schema.drop();
    expect(await rows()).toEqual(['aaaa']);
    await module.close();
    expect(await tablesOf(db)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
  });
});

describe('the schema generator in a test on PostgreSQL', () => {
  it('leaves a version table in a schema of its own alone', async () => {
    const db = await database('postgres');
    const orm = await MikroORM.init({ ...db.options, entities: [Setting] });
    await orm.schema.execute('create schema tool');
    await orm.close(true);
    const module = await started(
      await Test.createTestingModule({
        imports: [
          MigrationModule.forRoot({
            orm: ormFor(db),
            directory: await directoryFor('setting'),
            onBootstrap: 'upgrade',
            versionTableSchema: 'tool',
          }),
        ],
      }).compile(),
    );
    const { schema } = module.get(MikroORM);
    await schema.refresh();
    await schema.update();
    expect((await module.get(MigrationService).current()).rows).toEqual(['aaaa']);
  });
});

describe.each(['postgres', 'pglite'] as const)('two suites in one process on %s', (engine) => {
  it('share nothing: not the database, the revisions, the options, nor the end', async () => {
    const [first, second] = [await database(engine), await database(engine)];
    const [left, right] = [await directoryFor('left_table'), await directoryFor('right_table')];
    const application = (db: TestDatabase, directory: string): Promise<TestingModule> =>
      Test.createTestingModule({
        imports: [MigrationModule.forRoot({ orm: ormFor(db), directory, onBootstrap: 'upgrade' })],
      })
        .compile()
        .then(started);
    const [a, b] = await Promise.all([application(first, left), application(second, right)]);
    // the same id, and each its own revision; the first one's end is not the second one's
    await a.get(MigrationService).downgrade();
    await a.close();
    expect((await b.get(MigrationService).current()).rows).toEqual(['aaaa']);
    expect((await b.get(MigrationService).downgrade()).rows).toEqual([]);
    expect((await b.get(MigrationService).upgrade()).rows).toEqual(['aaaa']);
    await b.close();
    // once more, as a clean-up does that does not know; the application closed its ORM before
    await b.get(MikroORM).close(true);
    expect(await tablesOf(first)).toEqual(['nest_migrate_history', 'nest_migrate_version']);
    expect(await tablesOf(second)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'right_table']);
  });
});

it('one AppModule serves several suites, one of which turns the boot upgrade off', async () => {
  const db = await database('postgres');
  const directory = await directoryFor('setting');
  // evaluated once for the process, as a decorator is
  @Module({ imports: [MigrationModule.forRoot({ orm: ormFor(db), directory, onBootstrap: 'upgrade' })] })
  class AppModule {}
  @Module({ imports: [ormFor(db), MigrationModule.forRoot({ directory, onBootstrap: 'upgrade' })] })
  class UngatedModule {}
  for (const module of [AppModule, UngatedModule]) {
    await started(
      await Test.createTestingModule({ imports: [module] })
        .overrideProvider(getMigrationOptionsToken())
        .useValue({ onBootstrap: 'off' })
        .compile(),
    );
    expect(await tablesOf(db)).toEqual([]);
  }
  const [one, other] = await Promise.all(
    [1, 2].map(async () => started(await Test.createTestingModule({ imports: [AppModule] }).compile())),
  );
  expect(one.get(MikroORM)).not.toBe(other.get(MikroORM));
  await one.close();
  expect((await other.get(MigrationService).current()).atHead).toBe(true);
});
