import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../engines/detect.js';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { holdEmbeddedDatabase } from '../runtime/embedded-database.js';
import { type Host } from '../runtime/host.js';
import { MigrationDatabase } from '../runtime/migration-database.js';
import { historyTableName, ownTableNames } from '../runtime/own-tables.js';
import { type QualifiedName } from '../schema/schema-model.js';
import { nodeFileSystem } from '../script/file-system.js';
import { configured, type ConfigureCall } from './configure.js';
import { type CommandContext, type ServiceSource } from './command-context.js';
import { checkCoordinates } from './connection-coordinates.js';
import { withMigrationTables } from './migration-tables.js';
import { type MigrationModuleOptions, type ResolvedOptions } from './options.js';
import { resolveOptions } from './resolve-options.js';

/** The parts of a context beside its ORM. */
export interface ContextParts {
  /** MikroORM's `contextName`; absent for the default connection. */
  readonly contextName?: string;
  readonly options: MigrationModuleOptions;
  readonly host: Host;
  /** Where the services of revisions come from. */
  readonly services: ServiceSource;
  /** What the context is for. */
  readonly call: Omit<ConfigureCall, 'connection'>;
  /** The contexts of all connections for the same call; absent where there is only this one. */
  readonly all?: () => readonly CommandContext[];
}

/**
 * The context of an ORM's connection for one call. Makes the call's options and checks them; uses neither disk nor
 * database.
 *
 * @throws InvalidOptionError | ConnectionUrlError
 */
export function commandContext(orm: MikroORM, parts: ContextParts): CommandContext {
  const { contextName: connection = 'default', host, services } = parts;
  checkCoordinates(orm, connection);
  const options = configured(parts.options, { ...parts.call, connection });
  const context: CommandContext = {
    connection,
    orm,
    options: resolveOptions(options, orm.config.get('baseDir') ?? host.cwd, host.env),
    host,
    fileSystem: nodeFileSystem,
    services,
    all: parts.all ?? (() => [context]),
  };
  return context;
}

/**
 * Keeps the tool's own tables out of the ORM's schema generator, so that `schema.update()`, `refresh()` and `drop()`
 * leave them alone.
 *
 * @throws InvalidOptionError where that would hide an entity's table as well.
 */
export function hideOwnTables(context: CommandContext): void {
  const { orm, options } = context;
  checkEntities(context);
  const generator = orm.config.get('schemaGenerator');
  const { schemaGenerator } = withMigrationTables({ schemaGenerator: generator }, options);
  if (schemaGenerator !== undefined) orm.config.set('schemaGenerator', schemaGenerator);
}

/** Where a connection keeps its rows, as text; `undefined` where its options do not tell. */
export function versionTablePlace({ orm, options, host, fileSystem }: CommandContext): string | undefined {
  return new MigrationDatabase(orm, options, host, fileSystem).place;
}

/** The tables of the tool, as the catalogue names them. */
export function ownTablePlaces({ options, orm }: CommandContext): readonly QualifiedName[] {
  const { versionTableSchema: schema } = options;
  const isHome = schema === undefined || schema === engineFor(orm).home;
  return ownTables(options).map((name) => ({ name, ...(!isHome && { schema }) }));
}

function ownTables({ versionTable, history }: ResolvedOptions): readonly string[] {
  const names = ownTableNames(versionTable);
  return history ? names : names.filter((name) => name !== historyTableName(versionTable));
}

/**
 * MikroORM skips tables of the database by their name alone, so the table of an entity in another schema would be
 * skipped with the tool's, and no revision would ever create it. (An entity that shows the version table itself is
 * fine.)
 */
function checkEntities({ orm, options }: CommandContext): void {
  const { versionTableSchema } = options;
  const platform = orm.driver.getPlatform();
  const home = orm.config.get('schema') ?? platform.getDefaultSchemaName() ?? orm.config.get('dbName');
  for (const { className, tableName, schema } of orm.getMetadata().getAll().values()) {
    const own = ownTables(options).find((name) => tableName?.toLowerCase() === name.toLowerCase());
    if (own === undefined || (schema ?? home) === (versionTableSchema ?? home)) continue;
    throw new InvalidOptionError(
      'versionTable',
      `has the name of the table of ${className} in another schema, which MikroORM can't tell apart: '${own}'`,
      'Give one of them another name.',
    );
  }
}

/**
 * Takes the folder of an embedded database for this process, before the ORM opens it.
 *
 * @throws DatabaseInUseError naming the holder.
 */
export async function holdDatabase({ orm, host, fileSystem }: CommandContext): Promise<void> {
  await holdEmbeddedDatabase(orm, host, fileSystem);
}
