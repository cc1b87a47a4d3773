import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { type MigrationModuleOptions } from '../commands/options.js';
import { ApplicationConnections } from './application-connections.js';
import { MigrationHealthIndicator } from './migration-health-indicator.js';
import { MigrationService } from './migration.service.js';
import { getMigrationOptionsToken, getMigrationServiceToken } from './migration.tokens.js';
import {
  givenOptions,
  madeOptions,
  type MigrationModuleAsyncOptions,
  type MigrationModuleExtras,
  type OptionsSource,
} from './options-source.js';
import { gateOrmModule } from './orm-gate.js';
import { assertOptionsWithoutOrm } from './registration-checks.js';
import { bootstrapProvider } from './ungated-bootstrap.js';

/**
 * Registers a {@link MigrationService} for one MikroORM connection, and decides what the application does with its
 * schema while it boots. The module is global. For several connections import it once for each, with its `contextName`.
 *
 * @example
 * import { MikroOrmModule } from '@mikro-orm/nestjs';
 * import { PostgreSqlDriver } from '@mikro-orm/postgresql';
 * import { Module } from '@nestjs/common';
 *
 * @Module({
 *   imports: [
 *     MigrationModule.forRoot({
 *       orm: MikroOrmModule.forRoot({ driver: PostgreSqlDriver, dbName: 'shop', entities: [Book] }),
 *       onBootstrap: 'upgrade',
 *     }),
 *   ],
 * })
 * class AppModule {}
 */
@Module({})
export class MigrationModule {
  /**
   * Registers the migrations of one connection.
   *
   * @throws (while the application is created) OrmModuleError where `orm` is not one module for this connection,
   * OrmImportedTwiceError where it is imported beside as well, MigrationModuleImportedTwiceError where another
   * MigrationModule serves the connection, DbLineMissingError where the process was started with `db` and `main.ts`
   * lacks the line.
   * @example
   * MigrationModule.forRoot({ onBootstrap: 'upgrade', lockWaitTimeout: 60_000 });
   */
  static forRoot({ orm, contextName, ...options }: MigrationModuleOptions & MigrationModuleExtras = {}):
    DynamicModule | Promise<DynamicModule> {
    return define({ orm, contextName }, givenOptions(contextName, options));
  }

  /**
   * As {@link MigrationModule.forRoot}, with options from a factory or a class.
   *
   * @throws OptionsNeedOrmError (while the application is created) where those inject the ORM that waits for them.
   * @example
   * MigrationModule.forRootAsync({ useFactory: () => ({ directory: process.env['MIGRATIONS'] }) });
   */
  static forRootAsync(options: MigrationModuleAsyncOptions): DynamicModule | Promise<DynamicModule> {
    return define(options, madeOptions(options));
  }
}

function define(
  { orm, contextName }: MigrationModuleExtras,
  { imports, providers, dependencies }: OptionsSource,
): DynamicModule | Promise<DynamicModule> {
  const optionsToken = getMigrationOptionsToken(contextName);
  const serviceToken = getMigrationServiceToken(contextName);
  const service: FactoryProvider = {
    provide: serviceToken,
    // the options, so that they are there when a command asks for them
    inject: [ModuleRef, ModulesContainer, optionsToken],
    useFactory: (moduleRef: ModuleRef, modules: ModulesContainer) => {
      const connections = new ApplicationConnections(moduleRef, modules);
      return new MigrationService((call) => connections.contextOf(contextName, call), modules);
    },
  };
  // of the default connection alone: its class is the token
  const health: readonly FactoryProvider[] =
    contextName === undefined
      ? [
          {
            provide: MigrationHealthIndicator,
            inject: [serviceToken],
            useFactory: (migrations: MigrationService) => new MigrationHealthIndicator(migrations),
          },
        ]
      : [];
  const definition: DynamicModule = {
    module: MigrationModule,
    global: true,
    imports,
    providers: [...providers, service, ...health],
    exports: [optionsToken, serviceToken, ...health.map(({ provide }) => provide)],
  };
  if (orm === undefined) {
    return { ...definition, providers: [...definition.providers!, bootstrapProvider(contextName)] };
  }
  const gatedDefinition = gateOrmModule(orm, contextName).then((gated) => {
    assertOptionsWithoutOrm(dependencies, contextName, gated);
    return { ...definition, imports: [...imports, gated] };
  });
  // created while the application's files are loaded, and awaited by Nest later: without this, Node.js would end the
  // process in between
  void gatedDefinition.catch(() => undefined);
  return gatedDefinition;
}
