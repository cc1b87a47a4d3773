import { type MikroORM } from '@mikro-orm/sql';
import { holdEmbeddedDatabase } from '../runtime/embedded-database.js';
import { type Host } from '../runtime/host.js';
import { nodeFileSystem } from '../script/file-system.js';
import { configured, type ConfigureCall } from './configure.js';
import { type CommandContext, type ServiceSource } from './command-context.js';
import { type MigrationModuleOptions } from './options.js';
import { resolveOptions } from './resolve-options.js';

/** What a context is made of beside its ORM. */
export interface ContextParts {
  /** MikroORM's `contextName`; absent for the default connection. */
  readonly contextName?: string;
  readonly options: MigrationModuleOptions;
  readonly host: Host;
  /** Where revisions get their services from: each door knows what it has. */
  readonly services: ServiceSource;
  /** What the context is for. */
  readonly call: Omit<ConfigureCall, 'connection'>;
}

/**
 * The context of an ORM's connection for one call. Makes the call's options and checks them; touches neither disk nor
 * database.
 *
 * @throws InvalidOptionError
 */
export function commandContext(orm: MikroORM, parts: ContextParts): CommandContext {
  const { contextName: connection = 'default', host, services } = parts;
  const options = configured(parts.options, { ...parts.call, connection });
  return {
    connection,
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
