import { type Options } from '@mikro-orm/sql';
import { ownTableNames } from '../runtime/own-tables.js';
import { type Finding } from '../script/application-checks.js';
import { checkOtherConfigurations } from '../script/other-configurations.js';
import { type CommandContext } from './command-context.js';
import { DEFAULT_VERSION_TABLE } from './resolve-options.js';

/** Where the tool's own tables are in a database. */
export interface MigrationTableNames {
  /** The version table. Default: `'nest_migrate_version'`. */
  readonly versionTable?: string;
  /** Its schema. Default: the connection's own schema. */
  readonly versionTableSchema?: string | undefined;
}

/**
 * The names of all tables of the tool, as MikroORM's `skipTables` takes them. The history table is one of them even
 * where the history is switched off, since it may have been kept before.
 */
function migrationTables({ versionTable, versionTableSchema: schema }: MigrationTableNames): readonly string[] {
  const names = ownTableNames(versionTable ?? DEFAULT_VERSION_TABLE);
  return names.flatMap((name) => (schema === undefined ? name : [`${schema}.${name}`, name]));
}

/**
 * A MikroORM configuration whose schema generator leaves the tool's own tables alone. In an application that imports
 * `MigrationModule` that is so anyway; every other configuration of the same database needs it, above all
 * `mikro-orm.config.ts`, since `mikro-orm schema:update` and `schema:drop` would drop the tables, and with them the
 * record of which revisions are applied.
 *
 * @param config The configuration; it is not changed.
 * @param names The same as those of `MigrationModule.forRoot()`. Default: its defaults.
 * @returns a copy, with the tables at the end of `schemaGenerator.skipTables`.
 * @example
 * import { defineConfig } from '@mikro-orm/postgresql';
 *
 * export default withMigrationTables(defineConfig({ dbName: 'shop', entities: ['dist/**\/*.entity.js'] }));
 */
export function withMigrationTables<T extends Partial<Options>>(config: T, names: MigrationTableNames = {}): T {
  const { schemaGenerator } = config;
  const skipTables = schemaGenerator?.skipTables ?? [];
  const missing = migrationTables(names).filter((name) => !skipTables.includes(name));
  return { ...config, schemaGenerator: { ...schemaGenerator, skipTables: [...skipTables, ...missing] } };
}

/** What to correct in the configurations of MikroORM's own command line, which are for the default connection. */
export async function otherConfigurations(context: CommandContext): Promise<readonly Finding[]> {
  const { connection, options, host, fileSystem: fs } = context;
  if (connection !== 'default') return [];
  const { versionTable, versionTableSchema } = options;
  const names = { versionTable, versionTableSchema, usual: DEFAULT_VERSION_TABLE };
  return checkOtherConfigurations({ cwd: host.cwd, ...names, fs });
}
