import { dirname, join, resolve } from 'node:path';
import { nearestName } from '../errors/nearest-name.js';
import { ProjectSettingInvalidError } from '../errors/usage.errors.js';
import { type BuiltMain, builtMain } from '../script/built-main.js';
import { type FileSystem, nodeFileSystem } from '../script/file-system.js';
import { isRecord, readJsonWithComments } from '../script/json-with-comments.js';
import { type FilesContext, type Host, type ScriptsContext } from './command-context.js';
import { type MigrationModuleOptions } from './options.js';
import { scriptPlaces } from './script-places.js';

/** The options of `MigrationModule` that a package.json may repeat, for what runs without the application. */
type RepeatedOptions = Pick<
  MigrationModuleOptions,
  'versionLocations' | 'fileTemplate' | 'truncateSlugLength' | 'timezone' | 'headsFile' | 'postWriteHooks'
> & { readonly directory?: string };

/** What stands under `nest-migrate` in a package.json. */
export interface ProjectSettings extends RepeatedOptions {
  /** The compiled main file of the application, from the folder of package.json. */
  readonly main?: string;
  /** The word of the group of commands, as `runDbCommand` has it. */
  readonly name?: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** What each setting has to be. */
const settingKinds: Readonly<
  Record<keyof ProjectSettings, readonly [kind: string, isOfKind: (value: unknown) => boolean]>
> = {
  directory: ['a text', isText],
  versionLocations: ['a list of texts', (value) => Array.isArray(value) && value.every(isText)],
  main: ['a text', isText],
  name: ['a text', isText],
  fileTemplate: ['a text', isText],
  truncateSlugLength: ['a number', (value) => typeof value === 'number'],
  timezone: ['a text', isText],
  headsFile: ['true or false', (value) => typeof value === 'boolean'],
  postWriteHooks: ['a list', Array.isArray],
};

/** A project, as its files tell of it. What the options of its `MigrationModule` are, only the application knows. */
export class Project {
  private constructor(
    /** The folder of the nearest package.json; the working directory where there is none. Absolute. */
    readonly base: string,
    readonly settings: ProjectSettings,
    private readonly scripts: Readonly<Record<string, unknown>>,
    private readonly host: Host,
    private readonly fs: FileSystem,
  ) {}

  /**
   * Finds the project that the working directory is in.
   *
   * @throws ProjectSettingInvalidError
   */
  static async around(host: Host, fs: FileSystem = nodeFileSystem): Promise<Project> {
    for (let folder = resolve(host.cwd); ; folder = dirname(folder)) {
      const file = join(folder, 'package.json');
      // `init` puts one into the script directory, which makes revisions ES modules
      const isOfScripts = await fs.exists(join(folder, 'versions'));
      if (!isOfScripts && (await fs.exists(file))) {
        const content = await readJsonWithComments(file, fs);
        const { 'nest-migrate': settings = {}, scripts = {} } = isRecord(content) ? content : {};
        return new Project(folder, settingsOf(settings, file), isRecord(scripts) ? scripts : {}, host, fs);
      }
      if (folder === dirname(folder)) return new Project(resolve(host.cwd), {}, {}, host, fs);
    }
  }

  /** For what reads the scripts alone. */
  scriptsContext(): ScriptsContext {
    const { host, fs: fileSystem, base, settings } = this;
    return { connection: 'default', options: scriptPlaces(settings, base, host.env), host, fileSystem };
  }

  /** For what writes scripts. */
  async filesContext(): Promise<FilesContext> {
    const { main: _main, name: _name, ...options } = this.settings;
    const { resolveOptions } = await import('./resolve-options.js');
    const context: FilesContext = {
      ...this.scriptsContext(),
      options: resolveOptions(options, this.base, this.host.env),
      all: () => [context],
    };
    return context;
  }

  /** The compiled main file of the application, or where it was looked for. */
  async main(): Promise<BuiltMain | { readonly candidates: readonly string[] }> {
    const { base, host, scripts, fs, settings } = this;
    return builtMain({ base, cwd: resolve(host.cwd), main: settings.main, scripts, fs });
  }
}

function settingsOf(settings: unknown, file: string): ProjectSettings {
  if (!isRecord(settings)) {
    throw new ProjectSettingInvalidError(file, '', 'is no object', 'Write { "directory": "…" }.');
  }
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(settingKinds, name)) {
      const names = Object.keys(settingKinds);
      const meant = nearestName(name, names);
      const cure = meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean '${meant}'?`;
      throw new ProjectSettingInvalidError(file, name, 'is not known', cure);
    }
    const [kind, isOfKind] = settingKinds[name as keyof ProjectSettings];
    if (!isOfKind(value)) throw new ProjectSettingInvalidError(file, name, `has to be ${kind}`);
  }
  return settings;
}
