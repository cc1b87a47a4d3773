import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import { type CommandContext, type ServiceSource } from '../commands/command-context.js';
import { type RehearsedServices } from '../commands/verify.js';
import { buildingApplication, type BuildOnScratch, scratchBuilder } from './db-command-mode.js';
import { getMigrationServiceToken } from './migration.tokens.js';
import { applicationProviders } from './service-sources.js';

/**
 * The services of revisions on scratch databases, where the option `verify.services` asks for them: the application is
 * built once for each scratch database, when the first revision asks. A command knows its root module; of a running
 * application it is looked up.
 */
export function scratchServices(
  { connection, options }: CommandContext,
  modules: ModulesContainer | undefined,
): RehearsedServices {
  if (options.verify.services !== true) return {};
  const build = scratchBuilder() ?? (modules && ofRunning(modules));
  if (build === undefined) return {};
  return {
    services: async (orm) => {
      const contextName = connection === 'default' ? undefined : connection;
      let building: Promise<ServiceSource> | undefined;
      return {
        resolve: async (token) => {
          building ??= build({ orm, contextName });
          const source = await building;
          if ('reason' in source) throw new Error(source.reason);
          return source.resolve(token);
        },
      };
    },
  };
}

/** Builds a running application once more, on a scratch database; the one that runs is not touched. */
function ofRunning(modules: ModulesContainer): BuildOnScratch {
  return async (scratch) => {
    // loaded by those who verify
    const { buildApplication, rootModuleOf } = await import('./built-application.js');
    const root = rootModuleOf(modules);
    if (root === undefined) throw new Error('the root module of the application is not known');
    const { app } = await buildingApplication(() => buildApplication(root, { scratch }), scratch);
    try {
      app.get(getMigrationServiceToken(scratch.contextName), { strict: false });
    } catch {
      throw new Error('the application was created from a dynamic module, of which only the class is known');
    }
    return applicationProviders(app.get(ModuleRef));
  };
}
