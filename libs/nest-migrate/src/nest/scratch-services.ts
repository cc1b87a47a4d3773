import { type CommandContext, type ServiceSource } from '../commands/command-context.js';
import { type RehearsedServices } from '../commands/verify.js';
import { scratchBuilder } from './db-command-mode.js';

/**
 * The services of revisions on scratch databases, where the option `verify.services` asks for them and the command can
 * build the application: built once for each scratch database, when the first revision asks.
 */
export function scratchServices({ connection, options }: CommandContext): RehearsedServices {
  const build = options.verify.services === true ? scratchBuilder() : undefined;
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
