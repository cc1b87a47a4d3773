import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type DynamicModule, Global, Module, forwardRef } from '@nestjs/common';
import { applicationSlice } from '../../../libs/nest-migrate/src/cli/application-slice.js';
import { MigrationModule } from '../../../libs/nest-migrate/src/nest/migration.module.js';

const migration = (contextName?: string): DynamicModule => MigrationModule.forRoot({ contextName }) as DynamicModule;

@Global()
@Module({})
class ConfigModule {}

@Module({})
class PlainModule {
  static forRoot(global: boolean): DynamicModule {
    return { module: PlainModule, global };
  }
}

describe('the part of an application that a db command starts', () => {
  it('is its migration modules and its global modules, in the order of import', async () => {
    const first = migration();
    const second = migration('reporting');
    const settings = PlainModule.forRoot(true);
    @Module({ imports: [PlainModule, PlainModule.forRoot(false), first] })
    class DatabaseModule {}
    @Module({ imports: [settings, DatabaseModule, ConfigModule, second] })
    class AppModule {}

    const { modules, migrationModules } = await applicationSlice(AppModule);
    expect(modules).toEqual([settings, first, ConfigModule, second]);
    expect(migrationModules).toEqual([first, second]);
  });

  it('is found behind promises, forward references and definitions, once', async () => {
    const promised = migration();
    @Module({ imports: [forwardRef(() => BackModule)] })
    class ForthModule {}
    @Module({ imports: [ForthModule, Promise.resolve(promised)] })
    class BackModule {}
    @Module({ imports: [{ module: PlainModule, imports: [BackModule] }, BackModule, ForthModule] })
    class AppModule {}

    for (const root of [AppModule, { module: AppModule }, Promise.resolve(AppModule), { imports: [AppModule] }]) {
      expect((await applicationSlice(root)).modules).toEqual([promised]);
    }
  });

  it('holds a migration module that a global module brings along, and not the root itself', async () => {
    const nested = migration();
    @Global()
    @Module({ imports: [nested] })
    class SharedModule {}
    @Global()
    @Module({ imports: [SharedModule] })
    class AppModule {}
    expect((await applicationSlice(AppModule)).modules).toEqual([SharedModule, nested]);
  });

  it('passes over an import that is not there yet, as a circular file import leaves it', async () => {
    class AppModule {}
    Reflect.defineMetadata('imports', [undefined, ConfigModule], AppModule);
    expect((await applicationSlice(AppModule)).modules).toEqual([ConfigModule]);
  });

  it('fails with what a promise among the imports failed with, and leaves none unhandled', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const failing = [1, 2].map((n) => Promise.reject(new Error(`no module ${n}`)));
    @Module({ imports: failing })
    class AppModule {}
    await expect(applicationSlice(AppModule)).rejects.toThrow('no module 1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });
});
