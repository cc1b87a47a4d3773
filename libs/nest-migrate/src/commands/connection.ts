import { type MikroORM } from '@mikro-orm/sql';
import { holdEmbeddedDatabase } from '../runtime/embedded-database.js';
import { type Host } from '../runtime/host.js';
import { nodeFileSystem } from '../script/file-system.js';
import { type CommandContext, type ServiceSource } from './command-context.js';
import { type MigrationModuleOptions } from './options.js';
import { resolveOptions } from './resolve-options.js';

/**
 * The context of an ORM's connection. Checks the options; touches neither disk nor database.
 *
 * @param services Where revisions get their services from: each door knows what it has.
 */
export function commandContext(
  orm: MikroORM,
  contextName: string | undefined,
  options: MigrationModuleOptions,
  host: Host,
  services: ServiceSource,
): CommandContext {
  return {
    connection: contextName ?? 'default',
    orm,
    options: resolveOptions(options, orm.config.get('baseDir') ?? host.cwd, host.env),
    host,
    fileSystem: nodeFileSystem,
    services,
  };
}

/**
 * Keeps the tool's own tables out of the ORM's schema generator, so that `schema.update()`, `refresh()` and `drop()`
 * leave them alone.
 */
export function hideOwnTables({ orm, options }: CommandContext): void {
  const generator = orm.config.get('schemaGenerator');
  const { versionTable, versionTableSchema } = options;
  const name = versionTableSchema === undefined ? versionTable : `${versionTableSchema}.${versionTable}`;
  const skipTables = generator.skipTables ?? [];
  if (skipTables.includes(name)) return;
  orm.config.set('schemaGenerator', { ...generator, skipTables: [...skipTables, name, versionTable] });
}

/**
 * Takes the folder of an embedded database for this process, before the ORM opens it.
 *
 * @throws DatabaseInUseError naming the holder.
 */
export async function holdDatabase({ orm, host, fileSystem }: CommandContext): Promise<void> {
  await holdEmbeddedDatabase(orm, host, fileSystem);
}
