import { type MikroORM } from '@mikro-orm/sql';
import { Logger } from '@nestjs/common';
import { type ModulesContainer } from '@nestjs/core';
import { commandContext, hideOwnTables, holdDatabase } from '../commands/connection.js';
import { type CommandContext, type ServiceSource } from '../commands/command-context.js';
import { type MigrationModuleOptions } from '../commands/options.js';
import { describeEvent } from '../commands/describe-event.js';
import { RunProgress } from '../commands/run-progress.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { claimVersionTable } from './version-tables.js';
import { isBuildingApplication, isDbCommandMode } from './db-command-mode.js';
import { processHost } from './process-host.js';
import { whileProbed } from './probe-server.js';
import { waitingProviders } from './service-sources.js';
import { stoppable } from './stoppable-boot.js';

/** What `configure` gets for a boot. */
export const BOOT = { command: 'boot', xArguments: {} } as const;

/** What the boot of a connection needs. */
interface BootPlace {
  readonly modules: ModulesContainer;
  readonly services?: ServiceSource;
}

/**
 * Boots a connection after its ORM is created and before the application can use it. The tool's tables are hidden from
 * the schema generator, the folder of an embedded database is locked, and the schema is upgraded, awaited or verified
 * as the options say. Under a `db` command only the first is done; in an application that the command builds whole, the
 * first two.
 *
 * A failure closes the ORM, so that the application does not start and the process can end. SIGINT and SIGTERM do the
 * same meanwhile, see {@link stoppable}.
 */
export async function bootConnection(
  orm: MikroORM,
  contextName: string | undefined,
  options: MigrationModuleOptions,
  place: BootPlace,
): Promise<void> {
  const context = await orClose(orm, () => prepare(orm, contextName, options, place));
  if (isDbCommandMode() || context.options.onBootstrap === 'off') return;
  const logger = new Logger('MigrationModule');
  await stoppable(logger, (stop) => orClose(orm, () => lookAfter(context, place.modules, logger, stop)));
}

async function prepare(
  orm: MikroORM,
  contextName: string | undefined,
  options: MigrationModuleOptions,
  { modules, services = waitingProviders }: BootPlace,
): Promise<CommandContext> {
  const context = commandContext(orm, { contextName, options, host: processHost(), services, call: BOOT });
  claimVersionTable(modules, context);
  hideOwnTables(context);
  if (!isDbCommandMode() || isBuildingApplication()) await holdDatabase(context);
  return context;
}

async function lookAfter(
  context: CommandContext,
  modules: ModulesContainer,
  logger: Logger,
  stop: AbortSignal,
): Promise<void> {
  // most boots have nothing to look after
  const { boot } = await import('../commands/boot.js');
  const { connection, options } = context;
  const progress = new RunProgress();
  const warn = (message: string): void => logger.warn(message);
  await whileProbed(modules, { connection, progress, probe: options.probe, warn }, () =>
    boot(context, {
      signal: stop,
      onEvent: (event) => {
        progress.hear(event);
        const line = describeEvent(event);
        if (line === undefined) return;
        if (line.level === 'warn') logger.warn(line.text);
        else logger.log(line.text);
      },
    }),
  );
  if (stop.aborted) throw new RunAbortedError(stop.reason, 'after the last statement: nothing is left to do');
}

async function orClose<T>(orm: MikroORM, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // a pool whose connection was lost may fail to close, which says less
    await orm.close(true).catch(() => undefined);
    throw error;
  }
}
