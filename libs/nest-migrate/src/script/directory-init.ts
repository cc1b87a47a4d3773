import { dirname, join } from 'node:path';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { ScriptDirectoryNotEmptyError } from '../errors/script.errors.js';
import {
  checkBuildConfiguration,
  checkMikroOrmMigrations,
  type Finding,
  type MikroOrmMigrations,
} from './application-checks.js';
import type { FileSystem } from './file-system.js';
import { filesOfTemplate } from './init-template.js';

/** What `init` needs to know. */
export interface InitDirectoryOptions {
  /** The script directory to create, absolute. */
  readonly path: string;
  /** The application's folder, which a relative setting was resolved against. */
  readonly base: string;
  /** A built-in template's name, or a path to a folder of files. Default 'default'. */
  readonly template?: string;
  /** What a path in `template` is relative to. Default: `base`. */
  readonly cwd?: string;
  /** Further folders of revisions to create, absolute. */
  readonly versionLocations?: readonly string[];
  readonly fs: FileSystem;
  /** The settings of MikroORM's own migrations; absent, they are not checked. */
  readonly mikroOrmMigrations?: MikroOrmMigrations;
}

/** What `init` created, and the conflicts that it found. */
export interface InitDirectoryResult {
  /** Absolute paths, in the order of creation. */
  readonly created: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Creates a script directory, and the further version locations that do not exist yet. No `.ts` or `.js` file is put at
 * its top, since MikroORM would take such a file for one of its own migrations.
 *
 * @throws ScriptDirectoryNotEmptyError if the directory contains anything, InvalidOptionError if MikroORM's own
 * migrator would take the directory for its own, TemplateUnknownError, TemplateInvalidError.
 */
export async function initDirectory(options: InitDirectoryOptions): Promise<InitDirectoryResult> {
  const { path, base, fs, template = 'default', cwd = base, versionLocations = [] } = options;
  if (options.mikroOrmMigrations !== undefined) {
    const found = { base, directory: path, fs, migrations: options.mikroOrmMigrations };
    const [taken] = await checkMikroOrmMigrations(found);
    if (taken !== undefined) throw new InvalidOptionError('directory', taken.problem, taken.cure);
  }
  const before = await fs.stat(path);
  if (before !== null && (before.kind !== 'folder' || (await fs.list(path)).length > 0)) {
    throw new ScriptDirectoryNotEmptyError(path, base);
  }
  const files = await filesOfTemplate(template, cwd, fs);
  const findings = await checkBuildConfiguration({ directory: path, fs });
  const created: string[] = [];
  const folder = async (each: string): Promise<void> => {
    if (await fs.exists(each)) return;
    await folder(dirname(each));
    await fs.makeFolder(each);
    created.push(each);
  };
  const file = async (name: string, text: string): Promise<void> => {
    await folder(dirname(name));
    await fs.writeNew(name, text);
    created.push(name);
  };
  await folder(join(path, 'versions'));
  for (const [name, text] of Object.entries(files)) await file(join(path, name), text);
  for (const location of versionLocations) {
    // as in the template: git does not keep an empty folder
    if (!(await fs.exists(location))) await file(join(location, '.gitkeep'), '');
  }
  return { created, findings };
}
