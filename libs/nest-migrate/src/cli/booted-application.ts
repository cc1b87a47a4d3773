import { type DynamicModule, type InjectionToken, Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApplicationNotBuiltError, type ServicesUnavailableError } from '../errors/runtime.errors.js';
import { MigrationModuleMissingError } from '../errors/usage.errors.js';
import { buildApplication } from '../nest/built-application.js';
import { buildingApplication, type ScratchOrm } from '../nest/db-command-mode.js';
import { type MigrationService } from '../nest/migration.service.js';
import { getMigrationServiceToken } from '../nest/migration.tokens.js';
import { APPLICATION_SLICE, applicationProviders } from '../nest/service-sources.js';
import { type ApplicationModule, applicationSlice, type ApplicationSlice, nameOf } from './application-slice.js';
import { forgetConnectionNames } from './connection-names.js';
import { type Connection } from './connections.js';
import { CurrentApplication, type StartedApplication } from './current-application.js';
import { type DbLogger } from './db-logger.js';
import { withoutDatabaseUsers } from './module-needs.js';

/** The part of an application that `db` commands work on, started. */
export interface BootedApplication {
  /** In the order in which their modules are imported. */
  readonly connections: readonly Connection[];
  /** Closes every ORM. The application's own hooks never ran and don't run now. */
  close(): Promise<void>;
}

/**
 * Starts the migration modules of an application with their ORMs and the global modules that do not use the database; no
 * lifecycle hook runs.
 *
 * @throws MigrationModuleMissingError where there is none.
 */
export async function bootApplication(root: ApplicationModule, logger: DbLogger): Promise<BootedApplication> {
  const slice = await applicationSlice(root);
  const { modules, migrationModules } = slice;
  if (migrationModules.length === 0) throw new MigrationModuleMissingError(await nameOf(root));

  const needed = await withoutDatabaseUsers(modules, migrationModules);
  const first = await startSlice(needed, logger).finally(() => forgetConnectionNames(slice));
  const current = new CurrentApplication(first, {
    whole: (error) => startWhole(root, logger, error),
    onScratch: (scratch) => buildOnScratch(root, logger, scratch),
  });
  const names = new Set(migrationModules.map(contextNameOf));
  return {
    connections: [...names].map((name) => ({ name: name ?? 'default', migrations: current.commandsOf(name) })),
    close: () => current.close(),
  };
}

async function startSlice(modules: ApplicationSlice['modules'], logger: DbLogger): Promise<StartedApplication> {
  class NestMigrateDbApplication {}
  Module({
    imports: [...modules],
    providers: [{ provide: APPLICATION_SLICE, useValue: true }],
  })(NestMigrateDbApplication);
  return start(NestMigrateDbApplication, logger);
}

/**
 * Builds the application itself, for the services of its revisions; no lifecycle hook runs here either.
 *
 * @throws ApplicationNotBuiltError where one of its providers fails.
 */
async function startWhole(
  root: ApplicationModule,
  logger: DbLogger,
  { revision, services }: ServicesUnavailableError,
): Promise<StartedApplication> {
  try {
    return await buildingApplication(() => start(root, logger));
  } catch (error) {
    throw new ApplicationNotBuiltError(revision, services, error);
  }
}

/**
 * Builds the application with the ORM of a scratch database in the place of its own one; no lifecycle hook runs. The
 * ORM is closed by whom it belongs to, and there is no other.
 *
 * @throws (as the reason of a service that can't be had) where the application opens another database as well.
 */
async function buildOnScratch(
  root: ApplicationModule,
  logger: DbLogger,
  scratch: ScratchOrm,
): Promise<StartedApplication['providers']> {
  const { providers } = await buildingApplication(() => start(root, logger, scratch), scratch);
  return providers;
}

async function start(root: ApplicationModule, logger: DbLogger, scratch?: ScratchOrm): Promise<StartedApplication> {
  const { app, close } = await buildApplication(root, { logger, scratch });
  try {
    const serviceOf = (contextName: string | undefined): MigrationService =>
      app.get<MigrationService>(getMigrationServiceToken(contextName), { strict: false });
    return { serviceOf, providers: applicationProviders(app.get(ModuleRef)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The connection of a migration module, from the token under which it exports its service. */
function contextNameOf({ exports = [] }: DynamicModule): string | undefined {
  const suffix = String(getMigrationServiceToken(''));
  const token = (exports as readonly InjectionToken[]).find(
    (name) => typeof name === 'string' && name.endsWith(suffix),
  );
  return token === undefined ? undefined : String(token).slice(0, -suffix.length);
}
