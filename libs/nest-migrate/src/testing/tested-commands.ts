import { type Options } from '@mikro-orm/sql';
import { type ApplicationModule } from '../cli/application-slice.js';
import { check } from '../commands/check.js';
import { heads } from '../commands/heads.js';
import { history } from '../commands/history.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { verify } from '../commands/verify.js';
import { MigratedDatabaseError } from '../errors/testing.errors.js';
import { type MigrationService } from '../nest/migration.service.js';
import { type ApplicationUnderTest, databaseSetup } from './database-setup.js';
import { testedApplication } from './tested-application.js';

/** The commands by which migrations are tested. None of them asks the application's database. */
export type TestedCommands = Pick<MigrationService, 'check' | 'heads' | 'history' | 'verify'>;

/**
 * The module of an application whose migrations are tested.
 *
 * @example
 * describeMigrations({ module: AppModule, contextName: 'stock', directory: 'migrations/stock' });
 */
export interface ModuleUnderTest {
  /** The root module of the application. The parts of it that migrations need are started, without a database. */
  module: ApplicationModule;
  /** The name of the connection, where there are several. */
  contextName?: string;
}

/** The options of an application whose migrations are tested, those of MikroORM in `orm`. */
export type OptionsUnderTest = ApplicationUnderTest<Partial<Options>> &
  Omit<MigrationModuleOptions, 'services' | keyof ApplicationUnderTest<Partial<Options>>>;

/** Starts what the commands need of an application, for `work`. */
export async function withTestedCommands<T>(
  options: ModuleUnderTest | OptionsUnderTest,
  work: (commands: TestedCommands) => Promise<T>,
): Promise<T> {
  return 'module' in options ? onModule(options, work) : onOptions(options, work);
}

async function onOptions<T>(options: OptionsUnderTest, work: (commands: TestedCommands) => Promise<T>): Promise<T> {
  const setup = await databaseSetup('describeMigrations()', options);
  const { context, rehearsedServices, close } = await testedApplication(setup);
  try {
    return await work({
      check: (given) => check(context, given),
      heads: (given) => heads(context, given),
      history: (given) => history(context, given),
      verify: (given) => verify(context, given, setup.services === undefined ? {} : rehearsedServices),
    });
  } finally {
    await close();
  }
}

async function onModule<T>(
  { module, contextName = 'default' }: ModuleUnderTest,
  work: (commands: TestedCommands) => Promise<T>,
): Promise<T> {
  // Nest is loaded where an application is handed over, and nowhere else
  const { bootApplication } = await import('../cli/booted-application.js');
  const { keepingLogger } = await import('../cli/db-logger.js');
  const { runInDbCommandMode } = await import('../nest/db-command-mode.js');
  return keepingLogger(() =>
    runInDbCommandMode(async () => {
      const application = await bootApplication(module, false);
      try {
        const { connections } = application;
        const found = connections.find(({ name }) => name === contextName);
        if (found !== undefined) return await work(found.migrations);
        const names = connections.map(({ name }) => `'${name}'`).join(', ');
        throw new MigratedDatabaseError(`The module has no migrations of the connection '${contextName}'.`, {
          cure: `Give describeMigrations() the contextName of one of these: ${names}.`,
        });
      } finally {
        await application.close();
      }
    }, 'describeMigrations()'),
  );
}
