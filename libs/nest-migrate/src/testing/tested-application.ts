import { MikroORM } from '@mikro-orm/sql';
import { type CommandContext } from '../commands/command-context.js';
import { commandContext } from '../commands/connection.js';
import { readingUrls } from '../commands/connection-coordinates.js';
import { type RehearsedServices } from '../commands/verify.js';
import { ServiceNotProvidedError } from '../errors/runtime.errors.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type ScratchOptions } from '../rehearsal/scratch-settings.js';
import { type DatabaseSetup } from './database-setup.js';

/** What stands for an application in a test: a context whose ORM is never connected. */
export interface TestedApplication {
  readonly context: CommandContext;
  /** The stand-ins for services, made for a scratch database. */
  readonly rehearsedServices: RehearsedServices;
  readonly close: () => Promise<void>;
}

/** The application that a test's options tell of. */
export async function testedApplication({
  orm,
  migrations,
  services,
  key,
  host,
}: DatabaseSetup): Promise<TestedApplication> {
  const { scratch = {} } = migrations;
  // the server of the options is one for tests
  const { on = 'same server', ...place }: ScratchOptions = typeof scratch === 'object' ? scratch : { on: scratch };
  const connection = orm.contextName ?? 'default';
  // says what the application's options are, and is never connected
  const live = (await readingUrls(connection, () => MikroORM.init(orm))) as MikroORM;
  try {
    const context = commandContext(live, {
      contextName: orm.contextName,
      options: {
        ...migrations,
        scratch: { ...place, on, snapshots: { ...place.snapshots, ...(key !== '' && { key }) } },
        services: listedServices(services?.(live.em)),
      },
      host: { ...host, env: {} },
      services: { reason: 'a test has none to give', cure: 'Give it stand-ins, in the option services.' },
      call: { command: 'upgrade', xArguments: {} },
    });
    return {
      context,
      rehearsedServices: {
        servicesText: services === undefined ? '' : String(services),
        services: async (scratch) => {
          const given = services?.(scratch.em) ?? {};
          return { resolve: async (name) => given[name as string] };
        },
      },
      close: () => live.close(true),
    };
  } catch (error) {
    await live.close(true);
    throw error;
  }
}

/** The option `services` for stand-ins, whose names are their tokens. */
function listedServices(given: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(given).map((name) => [name, name]));
}

/** @throws MigratedDatabaseError in place of an error that knows only the module's options. */
export async function explainingServices<T>(purpose: DatabaseSetup['purpose'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServiceNotProvidedError)) throw error;
    throw new MigratedDatabaseError(`Revision ${error.revision} needs the service '${error.service}'.`, {
      cure: `Give ${purpose} a stand-in: services: () => ({ ${error.service}: { … } }).`,
      cause: error,
    });
  }
}
