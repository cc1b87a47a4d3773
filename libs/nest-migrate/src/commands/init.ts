import { type MikroOrmMigrations } from '../script/application-checks.js';
import { initDirectory } from '../script/directory-init.js';
import { checkNestProjects } from '../script/nest-projects.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { directoryOf } from './revision-scripts.js';

/** Creates the script directory. Touches no database. */
export async function init(
  context: CommandContext,
  options: Common = {},
): Promise<{ readonly created: readonly string[] }> {
  const emit = emitter(context, options);
  const directory = directoryOf(context, options);
  const { created, findings } = await initDirectory({
    path: directory,
    base: context.options.base,
    fs: context.fileSystem,
    mikroOrmMigrations: mikroOrmMigrationsOf(context),
  });
  const projects = await checkNestProjects({ directory, fs: context.fileSystem });
  for (const { problem, cure } of [...findings, ...projects]) emit({ type: 'warning', message: `${problem} ${cure}` });
  return { created };
}

/** MikroORM's own migrations, as far as its configuration tells; none where they are listed as classes. */
function mikroOrmMigrationsOf({ orm }: CommandContext): MikroOrmMigrations | undefined {
  const { path, pathTs, migrationsList } = orm.config.get('migrations');
  if (migrationsList !== undefined) return undefined;
  return { path, pathTs };
}
