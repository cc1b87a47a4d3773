import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defineEntity, EntityManager, MikroORM, p } from '@mikro-orm/core';
import { getMikroORMToken, InjectRepository, MikroOrmModule, type MikroOrmModuleSyncOptions } from '@mikro-orm/nestjs';
import { MySqlDriver } from '@mikro-orm/mysql';
import {
  EntityManager as PostgreSqlEntityManager,
  type EntityRepository,
  MikroORM as PostgreSqlMikroORM,
  PostgreSqlDriver,
} from '@mikro-orm/postgresql';
import { NodeSqliteDialect, SqliteDriver, SqlEntityManager } from '@mikro-orm/sql';
import { type DynamicModule, Global, Inject, Injectable, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  executeDbCommand,
  getMigrationOptionsToken,
  MigrationModule,
  type MigrationModuleAsyncOptions,
  type MigrationModuleExtras,
  MigrationModuleImportedTwiceError,
  type MigrationModuleOptions,
  OptionsNeedOrmError,
  OrmImportedTwiceError,
  OrmModuleError,
} from 'nest-migrate';
import { createDatabase, type TestDatabase } from '../../support/databases.ts';
import { tablesOf } from '../../support/inspect.ts';
import { temporaryFolder } from '../../support/projects.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()!();
  delete process.env['NEST_MIGRATE_ON_BOOTSTRAP'];
});

async function database(engine: 'postgres' | 'mysql' = 'postgres'): Promise<TestDatabase> {
  const created = await createDatabase(engine);
  cleanups.push(() => created.drop());
  return created;
}

/** A script directory with one revision, which creates the table of {@link Setting}. */
async function directory(): Promise<string> {
  const folder = await temporaryFolder('gate');
  cleanups.push(() => folder.remove());
  await mkdir(join(folder.path, 'versions'));
  await writeFile(join(folder.path, 'package.json'), '{ "type": "module" }\n');
  await writeFile(
    join(folder.path, 'versions', 'aaaa.ts'),
    `export const revision = 'aaaa';
export const downRevision = null;
export async function upgrade(op) { await op.createTable('setting', { columns: { id: { type: 'integer', primary: true } } }); }
export async function downgrade(op) { await op.dropTable('setting'); }
`,
  );
  return folder.path;
}

class Setting {
  id!: number;
}
const SettingSchema = defineEntity({ class: Setting, properties: { id: p.integer().primary().autoincrement(false) } });

const quiet = { discovery: { warnWhenNoEntities: false } };

/** SQLite through Node's own module. The tool does not migrate it yet; booting beside it must work. */
function sqlite(options: MikroOrmModuleSyncOptions = {}): Promise<DynamicModule> {
  return MikroOrmModule.forRoot({
    driver: SqliteDriver,
    dbName: ':memory:',
    driverOptions: new NodeSqliteDialect(':memory:'),
    entities: [],
    ...quiet,
    ...options,
  }) as Promise<DynamicModule>;
}

async function application(...imports: NonNullable<DynamicModule['imports']>): Promise<TestingModule> {
  const module = await Test.createTestingModule({ imports }).compile();
  await module.init();
  cleanups.push(() => module.close());
  return module;
}

/** Configuration as @nestjs/config provides it: a class of a global module. */
@Injectable()
class Configuration {
  static values: Record<string, unknown> = {};
  get<T>(name: string): T {
    return Configuration.values[name] as T;
  }
}
@Global()
@Module({ providers: [Configuration], exports: [Configuration] })
class ConfigurationModule {}

@Injectable()
class Settings {
  constructor(@InjectRepository(SettingSchema) readonly repository: EntityRepository<Setting>) {}
}
@Module({
  imports: [MikroOrmModule.forFeature([SettingSchema])],
  providers: [
    Settings,
    {
      provide: 'COUNT',
      inject: [EntityManager],
      useFactory: (em: EntityManager) => em.fork().count(SettingSchema),
    },
  ],
  exports: ['COUNT', Settings],
})
class SettingsModule {}

/** A class for each test, as each application has one: entities of a feature are known from its first import on. */
function shop(onBootstrap: 'off' | 'upgrade'): new () => object {
  // an application's own shutdown forgets what forFeature() registered; that ran when this file was loaded
  MikroOrmModule.forFeature([SettingSchema]);
  @Module({
    imports: [
      SettingsModule,
      MigrationModule.forRootAsync({
        orm: MikroOrmModule.forRootAsync({
          driver: PostgreSqlDriver,
          inject: [Configuration],
          useFactory: (configuration: Configuration) => ({
            ...configuration.get<TestDatabase['options']>('database'),
            autoLoadEntities: true,
            ...quiet,
          }),
        }),
        inject: [Configuration],
        useFactory: (configuration: Configuration) => ({
          directory: configuration.get<string>('directory'),
          onBootstrap,
        }),
      }),
      ConfigurationModule,
    ],
  })
  class ShopModule {}
  return ShopModule;
}

async function db(AppModule: Parameters<typeof executeDbCommand>[0], ...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[name] += text) });
  const code = await executeDbCommand(AppModule, argv, { stdout: stream('stdout'), stderr: stream('stderr') });
  return { code, ...written };
}

describe('the gate', () => {
  it('works with forRootAsync, an injected configuration, autoLoadEntities and forFeature', async () => {
    const db = await database();
    Configuration.values = { database: db.options, directory: await directory() };
    const app = await application(shop('upgrade'));
    expect(await app.get<Promise<number>>('COUNT', { strict: false })).toBe(0);
    expect(await app.get(Settings, { strict: false }).repository.getEntityManager().fork().count(SettingSchema)).toBe(
      0,
    );
  });

  it('so do db commands, twice on one module, on an empty database that a factory queries', async () => {
    const target = await database();
    Configuration.values = { database: target.options, directory: await directory() };
    const AppModule = shop('upgrade');
    expect(await db(AppModule, 'current')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'The database is at base: no revision is applied.\n',
    });
    expect(await db(AppModule, 'upgrade')).toMatchObject({ code: 0 });
    // the entity of the feature module is known, though that module was never started
    expect(await db(AppModule, 'migrate', '--dry-run')).toMatchObject({
      code: 0,
      stdout: 'No changes in schema detected.\n',
    });
    expect(await tablesOf(target)).toEqual(['nest_migrate_history', 'nest_migrate_version', 'setting']);
  });

  it('db commands start no global module that queries, however far from the ORM, unless the rest needs it', async () => {
    const target = await database();
    const seen: string[] = [];
    const built = (name: string) => () => void seen.push(name);
    @Global()
    @Module({
      providers: [
        {
          provide: 'RATES',
          inject: [EntityManager],
          useFactory: (em: EntityManager) => em.fork().count(SettingSchema),
        },
      ],
      exports: ['RATES'],
    })
    class RatesModule {}
    @Global()
    @Module({ providers: [{ provide: 'PRICES', inject: ['RATES'], useFactory: built('prices') }], exports: ['PRICES'] })
    class PricesModule {}
    @Global()
    @Module({ providers: [{ provide: 'CLOCK', useFactory: built('clock') }], exports: ['CLOCK'] })
    class ClockModule {}
    // both: the options come from it, and it has a provider that only holds the EntityManager
    @Global()
    @Module({
      providers: [
        { provide: 'FOLDER', inject: ['CLOCK'], useFactory: directory },
        { provide: 'LAZY', inject: [{ token: EntityManager, optional: true }], useFactory: built('lazy') },
      ],
      exports: ['FOLDER'],
    })
    class SharedModule {}
    for (const gated of [true, false]) {
      seen.length = 0;
      const orm = MikroOrmModule.forRoot({ ...target.options, entities: [SettingSchema] });
      const migrations = MigrationModule.forRootAsync({
        ...(gated ? { orm } : {}),
        inject: ['FOLDER'],
        useFactory: (path: string) => ({ directory: path }),
      });
      const imports = [PricesModule, RatesModule, SharedModule, ClockModule, ...(gated ? [] : [orm]), migrations];
      expect(await db({ imports }, 'upgrade')).toMatchObject({ code: 0 });
      expect(seen.sort()).toEqual(['clock', 'lazy']);
      expect(await db({ imports }, 'downgrade', 'base')).toMatchObject({ code: 0 });
    }
  });

  it("hands out the driver's own classes only afterwards", async () => {
    const db = await database();
    const seen: unknown[] = [];
    @Module({
      providers: [
        {
          provide: 'EAGER',
          inject: [PostgreSqlMikroORM, PostgreSqlEntityManager, MikroORM],
          useFactory: async (orm: PostgreSqlMikroORM, em: PostgreSqlEntityManager, core: MikroORM) =>
            seen.push(orm === core, await em.fork().execute('select * from setting')),
        },
      ],
    })
    class EagerModule {}
    const orm = MikroOrmModule.forRoot({ ...db.options, driver: PostgreSqlDriver, entities: [], ...quiet });
    await application(
      EagerModule,
      MigrationModule.forRoot({ orm, directory: await directory(), onBootstrap: 'upgrade' }),
    );
    expect(seen).toEqual([true, []]);
  });

  it('stands before each of two connections', async () => {
    const [first, second] = [await database(), await database('mysql')];
    const seen: unknown[] = [];
    const read = async (...orms: MikroORM[]): Promise<void> => {
      for (const orm of orms) seen.push(await (orm.em.fork() as SqlEntityManager).execute('select * from setting'));
    };
    @Module({
      providers: [{ provide: 'EAGER', inject: [MikroORM, getMikroORMToken('gate_second')], useFactory: read }],
    })
    class EagerModule {}
    const settings = { directory: await directory(), onBootstrap: 'upgrade' } as const;
    await application(
      EagerModule,
      MigrationModule.forRoot({
        ...settings,
        orm: MikroOrmModule.forRoot({ ...first.options, entities: [], ...quiet }),
      }),
      MigrationModule.forRootAsync({
        contextName: 'gate_second',
        orm: MikroOrmModule.forRootAsync({
          contextName: 'gate_second',
          driver: MySqlDriver,
          useFactory: () => ({ ...second.options, entities: [], ...quiet }),
        }),
        useFactory: () => settings,
      }),
    );
    expect(seen).toEqual([[], []]);
  });

  it('takes node:sqlite, whose ORM class is MikroORM itself', async () => {
    const orm = await sqlite();
    expect(orm.providers?.filter((provider) => 'provide' in provider && provider.provide === MikroORM)).toHaveLength(2);
    const app = await application(MigrationModule.forRoot({ orm, onBootstrap: 'off' }));
    expect(await (app.get(MikroORM).em.fork() as SqlEntityManager).execute('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says when `orm` is not the connection that it is for, and leaves no rejection unhandled', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const wrong = MigrationModule.forRoot({ orm: sqlite(), contextName: 'other' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    await expect(application(wrong)).rejects.toThrow("provides no MikroORM connection called 'other'");
  });
});

describe('a hole in the gate is an error with the cure', () => {
  /** The error of an application under the server and under a db command, which must be the same. */
  async function refused(...imports: NonNullable<DynamicModule['imports']>): Promise<Error> {
    const error = await application(...imports).then(
      () => new Error('it booted'),
      (reason: Error) => reason,
    );
    expect(error.message).not.toContain('\n');
    return error;
  }

  it('MikroOrmModule beside it as well, the same or another call', async () => {
    const orm = sqlite();
    const same = await refused(orm, MigrationModule.forRoot({ orm }));
    expect(same).toBeInstanceOf(OrmImportedTwiceError);
    expect(same.message).toBe(
      'MikroOrmModule is imported twice for the default connection: once in `orm` and once beside it. ' +
        'Keep the one in MigrationModule.forRoot({ orm }) and take the other out of the imports.',
    );
    @Module({ imports: [MigrationModule.forRoot({ orm: sqlite() })] })
    class DatabaseModule {}
    expect(await refused(DatabaseModule, sqlite())).toBeInstanceOf(OrmImportedTwiceError);
    expect(await db({ imports: [DatabaseModule, sqlite()] }, 'heads')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: MikroOrmModule is imported twice/),
    });
  });

  it('but not another connection beside it, nor the ORM that a test provides', async () => {
    await application(sqlite({ contextName: 'gate_beside' }), MigrationModule.forRoot({ orm: sqlite() }));
    @Module({ providers: [{ provide: MikroORM, useValue: {} }] })
    class MockModule {}
    await application(MockModule, MigrationModule.forRoot({ orm: sqlite() }));
  });

  it('an array of connections', async () => {
    const orm = MikroOrmModule.forRoot([
      { driver: SqliteDriver, dbName: 'x', entities: [], contextName: 'gate_array' },
    ]) as unknown as MigrationModuleExtras['orm'];
    const error = await refused(MigrationModule.forRoot({ orm }));
    expect(error).toBeInstanceOf(OrmModuleError);
    expect(error.message).toContain('Call MikroOrmModule.forRoot() once for each connection');
  });

  it.each([
    ['two gates', () => [MigrationModule.forRoot({ orm: sqlite() }), MigrationModule.forRoot({ orm: sqlite() })]],
    ['a gate and none', () => [MigrationModule.forRoot({ orm: sqlite() }), MigrationModule.forRoot()]],
    ['no gate twice', () => [sqlite(), MigrationModule.forRoot(), MigrationModule.forRoot()]],
  ])('two migration modules on one connection: %s', async (_, imports) => {
    const error = await refused(...imports());
    expect(error).toBeInstanceOf(MigrationModuleImportedTwiceError);
    expect(error.message).toMatch(
      /^MigrationModule is imported twice for the default connection\. Call forRoot\(\) once/,
    );
  });

  it('but not one migration module that two modules import', async () => {
    const migrations = MigrationModule.forRoot({ orm: sqlite() });
    @Module({ imports: [migrations] })
    class One {}
    @Module({ imports: [migrations, One] })
    class Two {}
    await application(One, Two);
  });

  @Injectable()
  class FromManager {
    constructor(readonly em: EntityManager) {}
    createMigrationOptions(): MigrationModuleOptions {
      return {};
    }
  }
  @Injectable()
  class FromToken {
    constructor(@Inject(MikroORM) readonly orm: unknown) {}
    createMigrationOptions(): MigrationModuleOptions {
      return {};
    }
  }
  const useFactory = (): MigrationModuleOptions => ({});
  it.each<[name: string, dependency: string, options: MigrationModuleAsyncOptions]>([
    ['the EntityManager', 'EntityManager', { inject: [EntityManager], useFactory }],
    ['the ORM, optionally', 'MikroORM', { inject: [{ token: MikroORM, optional: true }], useFactory }],
    ["the driver's EntityManager", 'SqlEntityManager', { inject: [Configuration, SqlEntityManager], useFactory }],
    ['a class that injects it', 'EntityManager', { useClass: FromManager }],
    ['a class that injects its token', 'MikroORM', { useExisting: FromToken }],
  ])('options that are made from what waits for them: %s', async (_, dependency, options) => {
    const error = await refused(MigrationModule.forRootAsync({ orm: sqlite(), ...options }));
    expect(error).toBeInstanceOf(OptionsNeedOrmError);
    expect(error.message).toBe(
      `The options of MigrationModule inject ${dependency}, which is made only after them. ` +
        'Take what they need from configuration, or import MikroOrmModule beside MigrationModule instead of handing it over in `orm`.',
    );
  });

  it('which is fine where nothing waits', async () => {
    await application(sqlite(), MigrationModule.forRootAsync({ inject: [EntityManager], useFactory }));
  });

  it("and of another connection's is fine as well", async () => {
    await application(
      sqlite({ contextName: 'gate_source' }),
      MigrationModule.forRootAsync({ orm: sqlite(), inject: [getMikroORMToken('gate_source')], useFactory }),
    );
  });
});

describe('without `orm`', () => {
  let connections = 0;
  async function booted(
    onBootstrap: 'off' | 'upgrade',
    override?: string,
  ): Promise<{ tables: readonly string[]; warnings: string[]; seen: string[] }> {
    const [first, second] = [await database(), await database()];
    const settings = { directory: await directory(), onBootstrap };
    if (override !== undefined) process.env['NEST_MIGRATE_ON_BOOTSTRAP'] = override;
    const contextName = `gate_none_${++connections}`;
    const seen: string[] = [];
    @Module({})
    class FeatureModule implements OnModuleInit {
      constructor(@Inject(MikroORM) private readonly orm: MikroORM) {}
      async onModuleInit(): Promise<void> {
        await (this.orm.em.fork() as SqlEntityManager).execute('select * from setting').then(
          () => seen.push('the hook of a feature module finds the table'),
          () => seen.push('no table'),
        );
      }
    }
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await application(
      FeatureModule,
      MikroOrmModule.forRoot({ ...first.options, entities: [], ...quiet }),
      MikroOrmModule.forRoot({ ...second.options, contextName, entities: [], ...quiet }),
      MigrationModule.forRoot(settings),
      MigrationModule.forRoot({ ...settings, contextName }),
    );
    const warnings = warn.mock.calls.map(([message]) => String(message));
    warn.mockRestore();
    expect(await tablesOf(second)).toEqual(await tablesOf(first));
    return { tables: await tablesOf(first), warnings, seen };
  }

  it('upgrades before the hooks of other modules, and warns once', async () => {
    const { tables, warnings, seen } = await booted('upgrade');
    expect(tables).toEqual(['nest_migrate_history', 'nest_migrate_version', 'setting']);
    expect(seen).toEqual(['the hook of a feature module finds the table']);
    expect(warnings).toEqual([
      expect.stringMatching(/^The schema is looked after only now, .*MigrationModule\.forRoot\(\{ orm: /),
    ]);
  });

  it('neither upgrades nor warns where it is off', async () => {
    expect(await booted('off')).toEqual({ tables: [], warnings: [], seen: ['no table'] });
    expect(await booted('upgrade', 'off')).toEqual({ tables: [], warnings: [], seen: ['no table'] });
  });

  it('warns where only the environment turns it on', async () => {
    const { tables, warnings } = await booted('off', 'upgrade');
    expect([tables.length, warnings.length]).toEqual([3, 1]);
  });

  it('lets a test turn it off', async () => {
    const module = await Test.createTestingModule({
      imports: [sqlite(), MigrationModule.forRoot({ directory: 'nowhere', onBootstrap: 'upgrade' })],
    })
      .overrideProvider(getMigrationOptionsToken())
      .useValue({ onBootstrap: 'off' })
      .compile();
    await module.init();
    await module.close();
  });
});
