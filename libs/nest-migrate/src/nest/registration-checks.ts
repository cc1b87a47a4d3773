import { EntityManager, MikroORM as DefaultMikroORM } from '@mikro-orm/core';
import { getEntityManagerToken, getMikroORMToken } from '@mikro-orm/nestjs';
import { type MikroORM } from '@mikro-orm/sql';
import { type DynamicModule, type InjectionToken } from '@nestjs/common';
import { type ModulesContainer } from '@nestjs/core';
import {
  MigrationModuleImportedTwiceError,
  OptionsNeedOrmError,
  OrmImportedTwiceError,
} from '../errors/configuration.errors.js';
import { getMigrationOptionsToken, getMigrationServiceToken } from './migration.tokens.js';

/** The token under which `@mikro-orm/nestjs` provides a connection's ORM. */
export function ormToken(contextName: string | undefined): InjectionToken<MikroORM> {
  return contextName === undefined ? DefaultMikroORM : getMikroORMToken(contextName);
}

/**
 * Refuses a second migration module for a connection: Nest would take the options of either.
 *
 * @throws MigrationModuleImportedTwiceError
 */
export function assertOneMigrationModule(modules: ModulesContainer, contextName: string | undefined): void {
  const token = getMigrationOptionsToken(contextName);
  const found = [...modules.values()].filter(({ providers }) => providers.has(token));
  if (found.length > 1) throw new MigrationModuleImportedTwiceError(contextName);
}

/**
 * Refuses an ORM module beside the one behind the gate: there would be two ORMs for one connection, and the application
 * might get the one that was not upgraded.
 *
 * @param ormModule The class of the module behind the gate; what a test provides under the ORM's token is not refused.
 * @throws OrmImportedTwiceError
 */
export function assertOneOrm(
  modules: ModulesContainer,
  contextName: string | undefined,
  ormModule: DynamicModule['module'],
): void {
  const token = ormToken(contextName);
  const found = [...modules.values()].filter(
    ({ metatype, providers }) => metatype === ormModule && providers.has(token),
  );
  if (found.length > 1) throw new OrmImportedTwiceError(contextName);
}

/**
 * Refuses options that need what waits for the options.
 *
 * @param dependencies The tokens that the options are made from.
 * @param orm The module behind the gate; it exports the driver's own classes as well.
 * @throws OptionsNeedOrmError naming the dependency.
 */
export function assertOptionsWithoutOrm(
  dependencies: readonly unknown[],
  contextName: string | undefined,
  { exports = [] }: DynamicModule,
): void {
  const gated = new Set<unknown>([
    ormToken(contextName),
    contextName === undefined ? EntityManager : getEntityManagerToken(contextName),
    getMigrationServiceToken(contextName),
    ...exports,
  ]);
  const found = dependencies.find((token) => gated.has(token));
  if (found !== undefined) throw new OptionsNeedOrmError(nameOf(found));
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
