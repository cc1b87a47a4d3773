import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/core';
import { getMikroORMToken, MikroOrmModule } from '@mikro-orm/nestjs';
import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  getMigrationOptionsToken,
  getMigrationServiceToken,
  InjectMigrationService,
  MigrationModule,
  type MigrationModuleOptions,
  MigrationService,
} from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { tablesOf } from '../../support/inspect.ts';
import { temporaryFolder } from '../../support/projects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
});

async function database(engine: 'postgres' | 'mysql' | 'pglite' = 'postgres'): Promise<TestDatabase> {
  const created = await createDatabase(engine);
  cleanups.push(() => created.drop());
  return created;
}

async function directory(): Promise<string> {
  const folder = await temporaryFolder('module');
  cleanups.push(() => folder.remove());
  const versions = join(folder.path, 'versions');
  await mkdir(versions);
  await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }\n');
  await writeFile(
    join(versions, 'aaaa.ts'),
    `export const revision = 'aaaa';
export const downRevision = null;
export async function upgrade(op) { await op.createTable('setting', { columns: { id: { type: 'integer', primary: true } } }); }
export async function downgrade(op) { await op.dropTable('setting'); }
`,
  );
  return folder.path;
}

function ormFor({ options }: TestDatabase, contextName?: string): DynamicModule | Promise<DynamicModule> {
  return MikroOrmModule.forRoot({
    ...options,
    ...(contextName === undefined ? {} : { contextName }),
    entities: [],
    discovery: { warnWhenNoEntities: false },
  });
}

async function application(
  ...imports: NonNullable<Parameters<typeof Test.createTestingModule>[0]['imports']>
): Promise<TestingModule> {
  const module = await Test.createTestingModule({ imports }).compile();
  await module.init();
  cleanups.push(() => module.close());
  return module;
}

describe('MigrationModule', () => {
  it('upgrades before any provider can use the ORM', async () => {
    const db = await database();
    const seen: unknown[] = [];
    @Module({
      providers: [
        {
          provide: 'EAGER',
          inject: [MikroORM],
          useFactory: async (orm: MikroORM) =>
            seen.push(await orm.em.fork().getConnection().execute('select * from setting')),
        },
      ],
    })
    class EagerModule {}
    await application(
      EagerModule,
      MigrationModule.forRoot({ orm: ormFor(db), directory: await directory(), onBootstrap: 'upgrade' }),
    );
    expect(seen).toEqual([[]]);
  });

  it('takes its options from a factory, and from a class', async () => {
    const [first, second] = [await database(), await database()];
    const folder = await directory();
    @Injectable()
    class Options {
      createMigrationOptions(): MigrationModuleOptions {
        return { directory: folder, onBootstrap: 'upgrade' };
      }
    }
    @Module({ providers: [{ provide: 'FOLDER', useValue: folder }], exports: ['FOLDER'] })
    class FolderModule {}
    await application(
      MigrationModule.forRootAsync({
        orm: ormFor(first),
        imports: [FolderModule],
        inject: ['FOLDER'],
        useFactory: (path: string) => ({ directory: path, onBootstrap: 'upgrade' }),
      }),
      MigrationModule.forRootAsync({ contextName: 'other', orm: ormFor(second, 'other'), useClass: Options }),
    );
    expect(await tablesOf(first)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'setting']);
    expect(await tablesOf(second)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'setting']);
  });

  it('serves the default and named connections side by side', async () => {
    const [catalogue, reporting] = [await database('postgres'), await database('mysql')];
    @Injectable()
    class Both {
      constructor(
        @Inject(MigrationService) readonly first: MigrationService,
        @InjectMigrationService('reporting') readonly second: MigrationService,
      ) {}
    }
    @Module({ providers: [Both] })
    class BothModule {}
    const app = await application(
      BothModule,
      MigrationModule.forRoot({ orm: ormFor(catalogue), directory: await directory() }),
      MigrationModule.forRoot({
        contextName: 'reporting',
        orm: ormFor(reporting, 'reporting'),
        directory: await directory(),
      }),
    );
    const both = app.get(Both, { strict: false });
    expect(both.first).not.toBe(both.second);
    expect(app.get(getMigrationServiceToken('reporting'))).toBe(both.second);
    await both.second.upgrade();
    expect(await tablesOf(catalogue)).toEqual([]);
    expect(await tablesOf(reporting)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'setting']);
    expect(app.get(getMikroORMToken('reporting'))).toBeInstanceOf(MikroORM);
  });

  it('works beside a MikroOrmModule that was not handed over', async () => {
    const db = await database();
    await application(ormFor(db), MigrationModule.forRoot({ directory: await directory(), onBootstrap: 'upgrade' }));
    expect(await tablesOf(db)).toContain('setting');
  });

  it('lets a test turn the boot off, and touches nothing until it is asked', async () => {
    const db = await database();
    const module = await Test.createTestingModule({
      imports: [MigrationModule.forRoot({ orm: ormFor(db), directory: 'nowhere', onBootstrap: 'upgrade' })],
    })
      .overrideProvider(getMigrationOptionsToken())
      .useValue({ onBootstrap: 'off' })
      .compile();
    await module.init();
    cleanups.push(() => module.close());
    expect(await tablesOf(db)).toEqual([]);
  });

  it("keeps its tables out of the ORM's schema generator", async () => {
    const db = await database();
    const app = await application(
      MigrationModule.forRoot({ orm: ormFor(db), directory: await directory(), onBootstrap: 'upgrade' }),
    );
    const orm = app.get(MikroORM);
    await orm.schema.update();
    await orm.schema.drop();
    expect(await tablesOf(db)).toContain('nest_migrate_version');
  });

  it('names the option that is wrong', async () => {
    const db = await database();
    await expect(
      application(MigrationModule.forRoot({ orm: ormFor(db), onBootstrap: 'sometimes' as 'off' })),
    ).rejects.toThrow("The option 'onBootstrap' of MigrationModule can't be 'sometimes'.");
    await expect(
      application(MigrationModule.forRoot({ orm: ormFor(db), directroy: 'x' } as MigrationModuleOptions)),
    ).rejects.toThrow("The option 'directroy' of MigrationModule is not known.");
  });

  it('says when `orm` is not the connection that it is for', async () => {
    const db = await database();
    await expect(application(MigrationModule.forRoot({ orm: ormFor(db), contextName: 'other' }))).rejects.toThrow(
      "provides no MikroORM connection called 'other'",
    );
  });
});
