import { type MikroORM } from '@mikro-orm/sql';
import { type DynamicModule, type FactoryProvider, type InjectionToken, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { readingUrls } from '../commands/connection-coordinates.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { OrmModuleError } from '../errors/configuration.errors.js';
import { bootConnection } from './connection-boot.js';
import { scratchInPlace } from './db-command-mode.js';
import { assertDbLine } from './db-line.js';
import { getMigrationOptionsToken } from './migration.tokens.js';
import { assertOneMigrationModule, assertOneOrm, ormToken } from './registration-checks.js';

/**
 * MikroORM's module with a gate around the provider of the ORM: no one can obtain the ORM, or anything made from it,
 * before the boot of its connection is done. No other place is early enough: all async providers of an application are
 * created side by side, before the first lifecycle hook.
 *
 * @throws OrmModuleError where the module does not provide that connection's ORM.
 */
export async function gateOrmModule(
  module: DynamicModule | Promise<DynamicModule>,
  contextName: string | undefined,
): Promise<DynamicModule> {
  const definition: unknown = await module;
  if (Array.isArray(definition)) {
    throw new OrmModuleError('MigrationModule got an array of MikroORM modules in `orm`.', {
      cure: 'Call MikroOrmModule.forRoot() once for each connection, each in a MigrationModule.forRoot() of its own.',
    });
  }
  const { providers = [], ...rest } = definition as DynamicModule;
  const { module: ormModule } = rest;
  const check = (modules: ModulesContainer): void => {
    assertDbLine(modules);
    assertOneMigrationModule(modules, contextName);
    assertOneOrm(modules, contextName, ormModule);
  };
  const token = ormToken(contextName);
  // the driver's own ORM class may be MikroORM itself: then the token is provided twice, and both are the same gate
  const gated = providers.map((provider) =>
    isFactoryOf(token, provider) ? gate(provider, contextName, check) : provider,
  );
  if (gated.every((provider, index) => provider === providers[index])) {
    throw new OrmModuleError(
      contextName === undefined
        ? 'The module in `orm` provides no default MikroORM connection.'
        : `The module in \`orm\` provides no MikroORM connection called '${contextName}'.`,
      { cure: 'Give MikroOrmModule.forRoot() and MigrationModule.forRoot() the same contextName.' },
    );
  }
  return { ...rest, providers: gated };
}

function isFactoryOf(token: InjectionToken, provider: Provider): provider is FactoryProvider<MikroORM> {
  return typeof provider === 'object' && 'useFactory' in provider && provider.provide === token;
}

function gate(
  provider: FactoryProvider<MikroORM>,
  contextName: string | undefined,
  check: (modules: ModulesContainer) => void,
): FactoryProvider<MikroORM> {
  return {
    ...provider,
    inject: [...(provider.inject ?? []), getMigrationOptionsToken(contextName), ModulesContainer],
    useFactory: async (...dependencies: unknown[]): Promise<MikroORM> => {
      const modules = dependencies.pop() as ModulesContainer;
      check(modules);
      const options = dependencies.pop() as MigrationModuleOptions;
      const scratch = scratchInPlace(contextName);
      if (scratch !== undefined) return scratch;
      const orm = await readingUrls(contextName ?? 'default', () => provider.useFactory(...dependencies));
      await bootConnection(orm, contextName, options, { modules });
      return orm;
    },
  };
}
