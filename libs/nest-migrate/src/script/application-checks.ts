import { dirname, join, relative, resolve } from 'node:path';
import type { FileSystem } from './file-system.js';
import { isRecord, readJsonWithComments } from './json-with-comments.js';
import { readTsconfig, type Tsconfig } from './tsconfig.js';

/** A conflict between the application's configuration and the script directory, and what to do about it. */
export interface Finding {
  readonly problem: string;
  readonly cure: string;
}

interface CheckOptions {
  /** The script directory, absolute. */
  readonly directory: string;
  readonly fs: FileSystem;
}

/** The configurations that a build of a Nest application may read by default: it takes the first that exists. */
const BUILD_CONFIGURATIONS = ['tsconfig.build.json', 'tsconfig.app.json', 'tsconfig.json'];
const NEST_CLI = 'nest-cli.json';

/**
 * Checks whether a build of the application would compile the revisions. Without a `rootDir` they move the output: the
 * common folder of all sources is then one level higher, and dist/main.js becomes dist/src/main.js. With a `rootDir`
 * that does not contain them, the build fails. In any case `nest start --watch` restarts for each revision.
 */
export async function checkBuildConfiguration(options: CheckOptions): Promise<readonly Finding[]> {
  const { directory } = options;
  return (await buildsWithRevisions(options)).map(({ path, configuration, exclude }) => ({
    problem: `${path} includes ${directory}: ${consequence(configuration, directory)}.`,
    cure: `Write into it: "exclude": [${exclude.map((pattern) => JSON.stringify(pattern)).join(', ')}]`,
  }));
}

/** A build that would compile the revisions. */
interface BuildWithRevisions {
  /** The configuration's file, absolute. */
  readonly path: string;
  readonly configuration: Tsconfig;
  /** The `exclude` that keeps them out; what excludes the script directory is the last. */
  readonly exclude: readonly string[];
}

/** The builds of the application that would compile the revisions. */
export async function buildsWithRevisions({ directory, fs }: CheckOptions): Promise<readonly BuildWithRevisions[]> {
  const builds: BuildWithRevisions[] = [];
  for (const path of await buildConfigurations(directory, fs)) {
    const configuration = await readTsconfig(path, fs);
    if (configuration === null || !configuration.includes(join(directory, 'versions', 'revision.ts'))) continue;
    builds.push({ path, configuration, exclude: configuration.excludeWith(directory) });
  }
  return builds;
}

function consequence({ rootDir }: Tsconfig, directory: string): string {
  if (rootDir === null) return 'with the first revision the build puts dist/main.js into dist/src (TypeScript 5)';
  if (relative(rootDir, directory).startsWith('..')) return 'the build fails on revisions outside of its "rootDir"';
  return 'the build compiles every revision, and nest start --watch restarts for it';
}

/**
 * The configurations of the builds around a folder: those of all projects in a Nest monorepo, elsewhere the only one.
 */
async function buildConfigurations(directory: string, fs: FileSystem): Promise<readonly string[]> {
  const root = await folderWith([NEST_CLI], directory, fs);
  const cli = root === null ? undefined : await readJsonWithComments(join(root, NEST_CLI), fs);
  if (root === null || !isRecord(cli)) {
    const folder = await folderWith(BUILD_CONFIGURATIONS, directory, fs);
    return folder === null ? [] : firstOf(BUILD_CONFIGURATIONS, folder, fs);
  }
  const projects = isRecord(cli['projects']) ? Object.values(cli['projects']).filter(isRecord) : [];
  const paths = new Set<string>();
  for (const project of projects.length === 0 ? [{}] : projects) {
    const setting = (name: string): unknown =>
      [project, cli]
        .map((each) => each['compilerOptions'])
        .filter(isRecord)
        .find((each) => name in each)?.[name];
    if (project['type'] === 'library' || setting('webpack') === true) continue;
    const builder = setting('builder') ?? 'tsc';
    // other builders compile only what main.ts reaches, or only src
    if ((isRecord(builder) ? builder['type'] : builder) !== 'tsc') continue;
    const own = setting('tsConfigPath');
    const found = typeof own === 'string' ? [resolve(root, own)] : await firstOf(BUILD_CONFIGURATIONS, root, fs);
    for (const path of found) paths.add(path);
  }
  return [...paths];
}

/** The nearest folder, from the path upwards, that has one of the files. */
async function folderWith(names: readonly string[], path: string, fs: FileSystem): Promise<string | null> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((await firstOf(names, folder, fs)).length > 0) return folder;
    if (folder === dirname(folder)) return null;
  }
}

async function firstOf(names: readonly string[], folder: string, fs: FileSystem): Promise<readonly string[]> {
  for (const name of names) if (await fs.exists(join(folder, name))) return [join(folder, name)];
  return [];
}

/** The settings of MikroORM for its own migrations. */
export interface MikroOrmMigrations {
  /** Relative to `baseDir`; absent where MikroORM chooses the folder. */
  readonly path?: string;
  readonly pathTs?: string;
}

/** The folders in which MikroORM looks for its migrations by default, where there is no ./migrations. */
export const USUAL_MIGRATIONS = ['src/migrations', 'dist/migrations', 'build/migrations'];
/** How the files of MikroORM's own migrations are called. */
export const MIKRO_ORM_MIGRATION = /^Migration.*\.[cm]?[jt]s$/;

/**
 * Checks whether MikroORM's own migrator would take the script directory, or its revisions, for its migrations folder.
 * An application that has no such migrations gets no finding. The migrator itself is no sign of them: MikroORM
 * registers it wherever its package is installed.
 *
 * @param options.base MikroORM's `baseDir`.
 */
export async function checkMikroOrmMigrations(
  options: CheckOptions & { readonly base: string; readonly migrations: MikroOrmMigrations },
): Promise<readonly Finding[]> {
  const { base, directory, fs, migrations } = options;
  const theirs = [migrations.path, migrations.pathTs].filter((path) => path !== undefined);
  const moveAway = `Set 'directory' of MigrationModule to another name, such as 'database'`;
  const caught = theirs.find((path) => [directory, join(directory, 'versions')].includes(resolve(base, path)));
  if (await hasMigrations(directory, fs)) {
    return [{ problem: `is where MikroORM's own migrations are: ${directory}`, cure: `${moveAway}.` }];
  }
  if (caught !== undefined) {
    const problem = `is where MikroORM's own migrations are configured to live: ${resolve(base, caught)}`;
    return [{ problem, cure: `${moveAway}.` }];
  }
  // Without a setting, MikroORM uses ./migrations once that folder exists; until then it uses another one.
  if (theirs.length > 0 || directory !== resolve(base, 'migrations')) return [];
  const used: string[] = [];
  for (const usual of USUAL_MIGRATIONS) if (await hasMigrations(join(base, usual), fs)) used.push(usual);
  if (used.length === 0) return [];
  return [
    {
      problem: `is where MikroORM would look for its own migrations, now in ${used.join(' and ')}, from then on: ${directory}`,
      cure: `${moveAway}, or write into MikroORM's configuration: ${await currentSetting(base, fs)}`,
    },
  ];
}

async function hasMigrations(folder: string, fs: FileSystem): Promise<boolean> {
  if ((await fs.stat(folder))?.kind !== 'folder') return false;
  return (await fs.list(folder)).some(({ name }) => MIKRO_ORM_MIGRATION.test(name));
}

/** The folder that MikroORM uses while ./migrations does not exist, written as a setting. */
async function currentSetting(base: string, fs: FileSystem): Promise<string> {
  const built = (await firstOf(['dist', 'build', 'src'], base, fs)).map((path) => relative(base, path));
  return `migrations: { path: '${built.join('')}/migrations', pathTs: 'src/migrations' }`;
}
