import {
  type DynamicModule,
  type FactoryProvider,
  type InjectionToken,
  type ModuleMetadata,
  type OptionalFactoryDependency,
  type Provider,
  type Type,
} from '@nestjs/common';
import { type MigrationModuleOptions } from '../commands/options.js';
import { getMigrationOptionsToken } from './migration.tokens.js';

/**
 * The options that must be known synchronously, beside `useFactory`: they decide tokens and imports.
 *
 * @example
 * MigrationModule.forRoot({ contextName: 'reporting', directory: 'migrations/reporting' });
 */
export interface MigrationModuleExtras {
  /**
   * What `MikroOrmModule.forRoot()` or `forRootAsync()` returned; it must be imported nowhere else. Handed over here,
   * nothing of the application can use the database before the boot is done with it. Default: the ORM that the
   * application imports.
   */
  orm?: DynamicModule | Promise<DynamicModule>;
  /** MikroORM's `contextName`. Default: the default connection. */
  contextName?: string;
}

/**
 * A class that makes the options, for `useClass` and `useExisting`.
 *
 * @example
 * import { Injectable } from '@nestjs/common';
 *
 * @Injectable()
 * export class MigrationOptions implements MigrationOptionsFactory {
 *   constructor(private readonly config: ConfigService) {}
 *
 *   createMigrationOptions(): MigrationModuleOptions {
 *     return { versionTable: this.config.get('VERSION_TABLE') };
 *   }
 * }
 */
export interface MigrationOptionsFactory {
  /** Returns the options, at once or as a promise. Called while the application is created. */
  createMigrationOptions(): MigrationModuleOptions | Promise<MigrationModuleOptions>;
}

/**
 * What `MigrationModule.forRootAsync()` takes: one of `useFactory`, `useClass` and `useExisting`.
 *
 * @example
 * import { MikroOrmModule } from '@mikro-orm/nestjs';
 * import { PostgreSqlDriver } from '@mikro-orm/postgresql';
 *
 * MigrationModule.forRootAsync({
 *   orm: MikroOrmModule.forRoot({ driver: PostgreSqlDriver, dbName: 'shop', entities: [Book] }),
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => ({ versionTable: config.get('VERSION_TABLE') }),
 * });
 */
export interface MigrationModuleAsyncOptions extends MigrationModuleExtras, Pick<ModuleMetadata, 'imports'> {
  /** Returns the options, at once or as a promise. It gets the providers that `inject` names. */
  useFactory?: (...dependencies: never[]) => MigrationModuleOptions | Promise<MigrationModuleOptions>;
  /** The tokens of the providers that `useFactory` gets, in the order of its parameters. Default: none. */
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  /** A class that makes the options, of which Nest creates an instance for this module. */
  useClass?: Type<MigrationOptionsFactory>;
  /** The token of a provider that makes the options. */
  useExisting?: InjectionToken<MigrationOptionsFactory>;
}

/** Where the options come from, for Nest. */
export interface OptionsSource {
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** One of them provides the options under their token. */
  readonly providers: readonly Provider[];
  /** The tokens that they are made from. */
  readonly dependencies: readonly unknown[];
}

/** Options that the caller passed as an object. */
export function givenOptions(contextName: string | undefined, options: MigrationModuleOptions): OptionsSource {
  const provider: Provider = { provide: getMigrationOptionsToken(contextName), useValue: options };
  return { imports: [], providers: [provider], dependencies: [] };
}

/** Options that a factory or a class makes. */
export function madeOptions(options: MigrationModuleAsyncOptions): OptionsSource {
  return {
    imports: options.imports ?? [],
    providers: optionsProviders(getMigrationOptionsToken(options.contextName), options),
    dependencies: optionsDependencies(options),
  };
}

function optionsProviders(token: string, options: MigrationModuleAsyncOptions): Provider[] {
  const { useFactory, inject = [], useClass, useExisting } = options;
  if (useFactory !== undefined)
    return [{ provide: token, useFactory: useFactory as FactoryProvider['useFactory'], inject }];
  const factory = useExisting ?? useClass;
  if (factory === undefined) return [{ provide: token, useValue: {} }];
  return [
    ...(useClass === undefined ? [] : [useClass]),
    {
      provide: token,
      inject: [factory],
      useFactory: (source: MigrationOptionsFactory) => source.createMigrationOptions(),
    },
  ];
}

/** What the options are made from: the tokens that the factory gets, or those of the class. */
function optionsDependencies({
  useFactory,
  inject = [],
  useClass,
  useExisting,
}: MigrationModuleAsyncOptions): unknown[] {
  if (useFactory !== undefined) {
    return inject.map((entry) => (typeof entry === 'object' && 'token' in entry ? entry.token : entry));
  }
  const source = useClass ?? useExisting;
  if (typeof source !== 'function') return [];
  // as Nest keeps them: the types of the parameters, and the tokens of those with @Inject()
  const types = (Reflect.getMetadata('design:paramtypes', source) as unknown[] | undefined) ?? [];
  const tokens = (Reflect.getMetadata('self:paramtypes', source) as { param: unknown }[] | undefined) ?? [];
  return [source, ...types, ...tokens.map(({ param }) => param)];
}
