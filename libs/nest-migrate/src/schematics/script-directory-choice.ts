import { join, resolve } from 'node:path';
import {
  checkMikroOrmMigrations,
  MIKRO_ORM_MIGRATION,
  type MikroOrmMigrations,
  USUAL_MIGRATIONS,
} from '../script/application-checks.js';
import { type FileSystem } from '../script/file-system.js';

/** Names for the script directory, the best first. */
const NAMES = ['migrations', 'database', 'revisions', 'db-revisions'];

interface Search {
  /** The folder of the application, absolute. */
  readonly root: string;
  /** The folder of the project in it. */
  readonly folder: string;
  /** What MikroORM's configuration says about its own migrations. */
  readonly migrations: MikroOrmMigrations;
  readonly fs: FileSystem;
}

/** A folder for the revisions, from the application's: one that neither MikroORM nor anything else has. */
export async function freeDirectory({ root, folder, migrations, fs }: Search): Promise<string> {
  for (const name of NAMES) {
    const path = join(folder, name);
    const directory = resolve(root, path);
    const findings = await checkMikroOrmMigrations({ base: root, directory, migrations, fs });
    if (findings.length === 0 && (await isFree(directory, fs))) return path.replaceAll('\\', '/');
  }
  return join(folder, NAMES[0]).replaceAll('\\', '/');
}

/** Whether `db init` would take the folder, or has done so. */
async function isFree(directory: string, fs: FileSystem): Promise<boolean> {
  if ((await fs.stat(directory))?.kind !== 'folder') return !(await fs.exists(directory));
  const entries = await fs.list(directory);
  return entries.length === 0 || entries.some(({ name }) => name === 'versions');
}

/** MikroORM's own migrations: their folder, from the application's, and how many there are. */
export interface OwnMigrations {
  readonly folder: string;
  readonly count: number;
}

/** Finds the sources of MikroORM's own migrations. */
export async function mikroOrmMigrations({ root, folder, migrations, fs }: Search): Promise<OwnMigrations | undefined> {
  const configured = [migrations.pathTs, migrations.path].filter((path) => path !== undefined);
  const usual = ['migrations', ...USUAL_MIGRATIONS].flatMap((path) => [join(folder, path), path]);
  for (const path of [...configured, ...usual]) {
    const place = resolve(root, path);
    if ((await fs.stat(place))?.kind !== 'folder') continue;
    const files = (await fs.list(place)).filter(
      ({ name }) => MIKRO_ORM_MIGRATION.test(name) && !/\.d\.[cm]?ts$/.test(name),
    );
    if (files.length > 0) return { folder: join(path).replaceAll('\\', '/'), count: files.length };
  }
  return undefined;
}
