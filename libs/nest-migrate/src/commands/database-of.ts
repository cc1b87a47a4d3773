import { VersionTableSharedError } from '../errors/configuration.errors.js';
import { MigrationDatabase } from '../runtime/migration-database.js';
import { type CommandContext, type Common, emitter } from './command-context.js';

/**
 * The database of a context. Opens nothing.
 *
 * @throws VersionTableSharedError where another connection of the application would move the same rows.
 */
export function databaseOf(context: CommandContext, common: Common = {}): MigrationDatabase {
  const { host, fileSystem, options: settings } = context;
  const emit = emitter(context, common);
  const database = new MigrationDatabase(context.orm, settings, host, fileSystem, emit, common.signal);
  for (const { connection, orm, options, ...parts } of context.all()) {
    if (connection === context.connection) continue;
    const other = new MigrationDatabase(orm, options, parts.host, parts.fileSystem);
    if (database.place === undefined || other.place !== database.place) continue;
    throw new VersionTableSharedError(context.connection, connection, context.options.versionTable);
  }
  return database;
}
