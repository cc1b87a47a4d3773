import { resolve } from 'node:path';
import { type DatabaseStatistics } from '../engines/statistics/statistics.js';
import { EmbeddedDatabaseMissingError } from '../errors/database.errors.js';
import { StatisticsInvalidError } from '../errors/plan.errors.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { readStatistics } from './read-statistics.js';

/**
 * The sizes of the database's tables as its server estimates them, and what else decides how long a change of them takes:
 * a file of them lets `lint` speak of the live database where there is none. It only reads.
 *
 * @throws EmbeddedDatabaseMissingError where there is no database yet.
 */
export async function stats(context: CommandContext, options: Common = {}): Promise<DatabaseStatistics> {
  const statistics = await readStatistics(context, options);
  if (statistics === undefined) throw new EmbeddedDatabaseMissingError(databaseOf(context, options).folder ?? '');
  return statistics;
}

/**
 * The statistics in a file that `db stats` has written, of one connection or of several.
 *
 * @throws StatisticsInvalidError where it can't be read, or has none of this connection.
 */
export async function statisticsIn(
  { fileSystem, host, connection }: CommandContext,
  file: string,
): Promise<DatabaseStatistics> {
  const path = resolve(host.cwd, file);
  let value: unknown;
  try {
    value = JSON.parse(await fileSystem.readText(path));
  } catch (error) {
    throw new StatisticsInvalidError(path, error);
  }
  const found = [value, (Object(value) as Readonly<Record<string, unknown>>)[connection]].find(isStatistics);
  if (found === undefined) throw new StatisticsInvalidError(path, `it has no tables of the connection ${connection}`);
  return found;
}

function isStatistics(value: unknown): value is DatabaseStatistics {
  return typeof value === 'object' && value !== null && 'tables' in value && Array.isArray(value.tables);
}
