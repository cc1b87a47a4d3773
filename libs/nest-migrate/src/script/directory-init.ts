import { join } from 'node:path';
import { InvalidOptionError } from '../errors/configuration.errors.js';
import { ScriptDirectoryNotEmptyError } from '../errors/script.errors.js';
import {
  checkBuildConfiguration,
  checkMikroOrmMigrations,
  type Finding,
  type MikroOrmMigrations,
} from './application-checks.js';
import type { FileSystem } from './file-system.js';
import { directoryPackageJson, directoryReadme, revisionTemplate, TEMPLATE_FILE } from './templates.js';

/** What `init` needs to know. */
export interface InitDirectoryOptions {
  /** The script directory to create, absolute. */
  readonly path: string;
  /** The application's folder, which a relative setting was resolved against. */
  readonly base: string;
  readonly fs: FileSystem;
  /** MikroORM's own migrations; absent, they are not looked at. */
  readonly mikroOrmMigrations?: MikroOrmMigrations;
}

/** What `init` did, and what it found around it. */
export interface InitDirectoryResult {
  /** Absolute paths, in the order of creation. */
  readonly created: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Creates a script directory. No `.ts` or `.js` lies at its top: MikroORM looks there for migrations of its own.
 *
 * @throws ScriptDirectoryNotEmptyError if there is something already, InvalidOptionError if MikroORM's own migrator
 * would take the directory for its own.
 */
export async function initDirectory(options: InitDirectoryOptions): Promise<InitDirectoryResult> {
  const { path, base, fs } = options;
  if (options.mikroOrmMigrations !== undefined) {
    const found = { base, directory: path, fs, migrations: options.mikroOrmMigrations };
    const [taken] = await checkMikroOrmMigrations(found);
    if (taken !== undefined) throw new InvalidOptionError('directory', taken.problem, taken.cure);
  }
  const before = await fs.stat(path);
  if (before !== null && (before.kind !== 'folder' || (await fs.list(path)).length > 0)) {
    throw new ScriptDirectoryNotEmptyError(path, base);
  }
  const findings = await checkBuildConfiguration({ directory: path, fs });
  const versions = join(path, 'versions');
  await fs.makeFolder(versions);
  const created = before === null ? [path, versions] : [versions];
  for (const [name, text] of [
    ['package.json', directoryPackageJson],
    ['README.md', directoryReadme],
    [TEMPLATE_FILE, revisionTemplate],
    // An empty folder does not survive git.
    ['versions/.gitkeep', ''],
  ] as const) {
    await fs.writeNew(join(path, name), text);
    created.push(join(path, name));
  }
  return { created, findings };
}
