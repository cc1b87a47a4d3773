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

/** What must be known synchronously, beside `useFactory`: it decides tokens and imports. */
export interface MigrationModuleExtras {
  /**
   * What `MikroOrmModule.forRoot()` or `forRootAsync()` returned, imported nowhere else. Handed over here, nothing of
   * the application can see the database before the boot is done with it.
   */
  orm?: DynamicModule | Promise<DynamicModule>;
  /** MikroORM's `contextName`. Default: the default connection. */
  contextName?: string;
}

/** Makes the options, where a class does. */
export interface MigrationOptionsFactory {
  createMigrationOptions(): MigrationModuleOptions | Promise<MigrationModuleOptions>;
}

/** What `MigrationModule.forRootAsync()` takes: one of `useFactory`, `useClass` and `useExisting`. */
export interface MigrationModuleAsyncOptions extends MigrationModuleExtras, Pick<ModuleMetadata, 'imports'> {
  useFactory?: (...dependencies: never[]) => MigrationModuleOptions | Promise<MigrationModuleOptions>;
  inject?: (InjectionToken | OptionalFactoryDependency)[];
  useClass?: Type<MigrationOptionsFactory>;
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

/** Options that are there already. */
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
