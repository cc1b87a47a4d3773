import { type MikroORM } from '@mikro-orm/sql';
import { Logger } from '@nestjs/common';
import { type ModulesContainer } from '@nestjs/core';
import { commandContext, hideOwnTables, holdDatabase } from '../commands/connection.js';
import { type ServiceSource } from '../commands/command-context.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { boot } from '../commands/boot.js';
import { describeEvent } from '../commands/describe-event.js';
import { claimVersionTable } from './version-tables.js';
import { isBuildingApplication, isDbCommandMode } from './db-command-mode.js';
import { processHost } from './host.js';
import { waitingProviders } from './service-sources.js';

/** What `configure` gets to know of a boot. */
export const BOOT = { command: 'boot', xArguments: {} } as const;

/**
 * What happens to a connection between its ORM being made and anyone getting to see it: the tool's tables are hidden
 * from the schema generator, an embedded database's folder is taken, and the schema is upgraded, awaited or verified as the
 * options say. Under a `db` command only the first; of an application that it builds whole, the first two.
 *
 * A failure closes the ORM, so that the application does not start and the process can end.
 */
export async function bootConnection(
  orm: MikroORM,
  contextName: string | undefined,
  options: MigrationModuleOptions,
  { modules, services = waitingProviders }: { readonly modules: ModulesContainer; readonly services?: ServiceSource },
): Promise<void> {
  try {
    const context = commandContext(orm, {
      contextName,
      options,
      host: processHost(),
      services,
      call: BOOT,
    });
    claimVersionTable(modules, context);
    hideOwnTables(context);
    if (isDbCommandMode() && !isBuildingApplication()) return;
    await holdDatabase(context);
    if (isDbCommandMode()) return;
    const logger = new Logger('MigrationModule');
    await boot(context, {
      onEvent: (event) => {
        const line = describeEvent(event);
        if (line === undefined) return;
        if (line.level === 'warn') logger.warn(line.text);
        else logger.log(line.text);
      },
    });
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}
