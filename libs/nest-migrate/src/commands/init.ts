import { type MikroOrmMigrations } from '../script/application-checks.js';
import { initDirectory } from '../script/directory-init.js';
import { checkNestProjects } from '../script/nest-projects.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { otherConfigurations } from './migration-tables.js';
import { sharing } from './shared-directory.js';
import { directoryOf, readFiles } from './revision-scripts.js';

/**
 * Options of `init`.
 *
 * @example
 * await migrations.init({ template: 'javascript' });
 */
export interface InitOptions extends Common {
  /**
   * What the directory is made from: `'default'`, `'javascript'`, `'multidb'`, or a path with a slash, relative to the
   * working directory, to a folder whose files are copied, as in Flask-Migrate. What that folder lacks comes from the
   * default template. Default: `'default'`, or `'multidb'` where several connections share the directory.
   */
  template?: string;
}

/**
 * Creates the script directory, and the `versionLocations` that do not exist yet. Asks no database.
 *
 * @throws ScriptDirectoryNotEmptyError, TemplateUnknownError, TemplateInvalidError; InvalidOptionError where the
 * directory is, or would become, MikroORM's own migrations folder.
 * @example
 * const { created } = await migrations.init({ template: 'javascript' });
 */
export async function init(
  context: CommandContext,
  options: InitOptions = {},
): Promise<{ readonly created: readonly string[] }> {
  const emit = emitter(context, options);
  const directory = directoryOf(context, options);
  // a new folder without them would take the place of the bundled ones
  if (context.options.revisions !== undefined && options.directory === undefined) await readFiles(context, options);
  const { created, findings } = await initDirectory({
    path: directory,
    base: context.options.base,
    fs: context.fileSystem,
    // one history for several connections has a function for each
    template: options.template ?? (sharing(context).length > 1 ? 'multidb' : undefined),
    cwd: context.host.cwd,
    versionLocations: options.directory === undefined ? context.options.versionLocations : [],
    mikroOrmMigrations: mikroOrmMigrationsOf(context),
  });
  const projects = await checkNestProjects({ directory, fs: context.fileSystem });
  const others = await otherConfigurations(context);
  for (const { problem, cure } of [...findings, ...projects, ...others])
    emit({ type: 'warning', message: `${problem} ${cure}` });
  return { created };
}

/** MikroORM's own migrations, as far as its configuration tells; none where they are listed as classes. */
function mikroOrmMigrationsOf({ orm }: CommandContext): MikroOrmMigrations | undefined {
  const { path, pathTs, migrationsList } = orm.config.get('migrations');
  if (migrationsList !== undefined) return undefined;
  return { path, pathTs };
}
