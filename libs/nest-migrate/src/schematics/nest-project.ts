import { basename, dirname, join, relative, sep } from 'node:path';
import { startedBy } from '../script/built-main.js';
import { type FileSystem } from '../script/file-system.js';
import { isRecord, readJsonWithComments } from '../script/json-with-comments.js';
import { readTsconfig } from '../script/tsconfig.js';

/** The package managers that Nest's command line knows, by the file that tells that one is used. */
const LOCK_FILES = {
  'package-lock.json': 'npm',
  'yarn.lock': 'yarn',
  'pnpm-lock.yaml': 'pnpm',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
} as const;

export type PackageManager = (typeof LOCK_FILES)[keyof typeof LOCK_FILES];

/** The application of a folder that a command of Nest's works on. */
export interface NestProject {
  /** The folder with package.json, absolute. */
  readonly root: string;
  /** Its name among the projects of a monorepo of Nest's; undefined where there is one application alone. */
  readonly name?: string;
  /** The folder of the sources, from `root`. */
  readonly sourceRoot: string;
  /** The folder of the project, from `root`; empty where it is the same. */
  readonly folder: string;
  /** The main file, from `root`. There may be none. */
  readonly main: string;
  /** Where the build puts the main file, from `root`. */
  readonly builtMain: string;
  readonly packageManager: PackageManager;
  /** The content of package.json. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, unknown>>;
}

/** What names a project. */
export interface ProjectChoice {
  readonly project?: string;
  readonly sourceRoot?: string;
}

/**
 * Reads which application a folder has, as Nest's command line would.
 *
 * @throws Error where a project is named that is no application: another one would be edited.
 */
export async function nestProject(root: string, choice: ProjectChoice, fs: FileSystem): Promise<NestProject> {
  const common = await record(join(root, 'nest-cli.json'), fs);
  const manifest = await record(join(root, 'package.json'), fs);
  const projects = Object.entries(isRecord(common['projects']) ? common['projects'] : {}).filter(
    (entry): entry is [string, Readonly<Record<string, unknown>>] =>
      isRecord(entry[1]) && entry[1]['type'] !== 'library',
  );
  const named = projects.find(([name]) => name === choice.project);
  if (choice.project !== undefined && named === undefined) {
    const names = projects.length === 0 ? 'none' : projects.map(([name]) => name).join(', ');
    throw new Error(`nest-cli.json has no application called '${choice.project}'. Its applications: ${names}.`);
  }
  const chosen =
    named ?? projects.find(([, { sourceRoot }]) => sourceRoot === (choice.sourceRoot ?? common['sourceRoot']));
  const settings = { ...common, ...chosen?.[1] };
  const sourceRoot = text(chosen?.[1]['sourceRoot']) ?? choice.sourceRoot ?? text(common['sourceRoot']) ?? 'src';
  const entryFile = text(settings['entryFile']) ?? 'main';
  const folder = chosen === undefined ? '' : (text(chosen[1]['root']) ?? dirname(sourceRoot));
  const scripts = isRecord(manifest['scripts']) ? manifest['scripts'] : {};
  const started = mainStartedBy(scripts['start:prod'], chosen === undefined ? undefined : folder);
  const builtMain = started ?? [await outputOf(root, settings, folder, fs), `${entryFile}.js`].join('/');
  const names = [entryFile, basename(builtMain).replace(/\.[cm]?js$/, '')].map((name) => [sourceRoot, name].join('/'));
  return {
    root,
    ...(chosen !== undefined && { name: chosen[0] }),
    sourceRoot,
    folder: folder === '.' ? '' : folder,
    main: (await firstFile(root, names, fs)) ?? `${names[0] ?? ''}.ts`,
    builtMain,
    packageManager: await packageManagerOf(root, fs),
    manifest,
    scripts,
  };
}

/** How a person starts a script of package.json. */
export function scriptCall(packageManager: PackageManager, script: string): string {
  return { npm: `npm run ${script} --`, yarn: `yarn ${script}`, pnpm: `pnpm ${script}`, bun: `bun run ${script}` }[
    packageManager
  ];
}

/** The main file that a script starts, where it is one of this project. */
function mainStartedBy(script: unknown, folder: string | undefined): string | undefined {
  const path = startedBy(script)?.path;
  if (path === undefined || (folder !== undefined && !`/${path}`.includes(`/${folder}/`))) return undefined;
  return /\.[cm]?js$/.test(path) ? path : `${path}.js`;
}

async function outputOf(
  root: string,
  settings: Readonly<Record<string, unknown>>,
  folder: string,
  fs: FileSystem,
): Promise<string> {
  const options = settings['compilerOptions'];
  const own = isRecord(options) ? text(options['tsConfigPath']) : undefined;
  for (const name of own === undefined ? ['tsconfig.build.json', 'tsconfig.json'] : [own]) {
    const outDir = (await readTsconfig(join(root, name), fs))?.outDir;
    if (outDir != null) return relative(root, outDir).split(sep).join('/');
  }
  return ['dist', folder].filter((part) => part !== '').join('/');
}

async function firstFile(root: string, names: readonly string[], fs: FileSystem): Promise<string | undefined> {
  for (const name of names) {
    for (const ending of ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'])
      if ((await fs.stat(join(root, name + ending)))?.kind === 'file') return name + ending;
  }
  return undefined;
}

/** By the nearest lock file, which in a workspace is further up. */
async function packageManagerOf(root: string, fs: FileSystem): Promise<PackageManager> {
  for (let folder = root; ; folder = dirname(folder)) {
    for (const [file, manager] of Object.entries(LOCK_FILES)) {
      if (await fs.exists(join(folder, file))) return manager;
    }
    if (folder === dirname(folder)) return 'npm';
  }
}

async function record(path: string, fs: FileSystem): Promise<Readonly<Record<string, unknown>>> {
  const value = await readJsonWithComments(path, fs);
  return isRecord(value) ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
