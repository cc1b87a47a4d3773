import { MikroORM, type Options } from '@mikro-orm/sql';
import { commandContext } from '../commands/connection.js';
import { checkCoordinates, readingUrls } from '../commands/connection-coordinates.js';
import { upgrade } from '../commands/upgrade.js';
import { ServiceNotProvidedError } from '../errors/runtime.errors.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type DatabaseSetup } from './database-setup.js';

/** The options of an ORM that is only used to send SQL. */
export const NO_ENTITIES = { entities: [], discovery: { warnWhenNoEntities: false } } satisfies Partial<Options>;

/** Runs `work` on an ORM that is closed afterwards. */
export async function withOrm<T>(options: Partial<Options>, work: (orm: MikroORM) => Promise<T>): Promise<T> {
  const connection = options.contextName ?? 'default';
  const orm = (await readingUrls(connection, () => MikroORM.init(options))) as MikroORM;
  try {
    checkCoordinates(orm, connection);
    // a hook of the application's options may have put its own database back
    if (orm.config.get('dbName') !== options.dbName) {
      throw new MigratedDatabaseError(`The ORM is on ${String(orm.config.get('dbName'))} in spite of its options.`, {
        cure: 'Give migratedDatabase() options that leave `dbName` as it is.',
      });
    }
    return await work(orm);
  } finally {
    await orm.close(true);
  }
}

/** Upgrades the database of an ORM as the setup says. */
export async function upgradeOrm(orm: MikroORM, { migrations, services, host }: DatabaseSetup): Promise<void> {
  const given = services?.(orm.em) ?? {};
  const context = commandContext(orm, {
    contextName: orm.config.get('contextName'),
    options: { ...migrations, services: listedServices(given) },
    host: { ...host, env: {} },
    services: { resolve: async (name) => given[name as string] },
    call: { command: 'upgrade', xArguments: {} },
  });
  await explainingServices(() => upgrade(context, { target: migrations.target }));
}

/** The option `services` for stand-ins, whose names are their tokens. */
export function listedServices(given: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(given).map((name) => [name, name]));
}

/** @throws MigratedDatabaseError in place of an error that knows only the module's options. */
export async function explainingServices<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServiceNotProvidedError)) throw error;
    throw new MigratedDatabaseError(`Revision ${error.revision} needs the service '${error.service}'.`, {
      cure: `Give migratedDatabase() a stand-in: services: () => ({ ${error.service}: { … } }).`,
      cause: error,
    });
  }
}
