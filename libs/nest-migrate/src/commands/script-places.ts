import { folder } from './absolute-folder.js';
import { type MigrationModuleOptions, type ScriptPlaces } from './options.js';

/**
 * Where the revisions are, as the module's options and the environment say.
 *
 * @param base What relative folders are resolved against, absolute.
 */
export function scriptPlaces(
  { directory = 'migrations', versionLocations = [] }: Pick<MigrationModuleOptions, 'directory' | 'versionLocations'>,
  base: string,
  env: Readonly<Record<string, string | undefined>>,
): ScriptPlaces {
  return {
    directory: folder(env['NEST_MIGRATE_DIRECTORY'] || directory, base),
    base,
    versionLocations: versionLocations.map((location) => folder(location, base)),
  };
}
