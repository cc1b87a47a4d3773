import { join, resolve } from 'node:path';
import type { FileSystem } from './file-system.js';
import { isRecord, readJsonWithComments } from './json-with-comments.js';
import { readTsconfig } from './tsconfig.js';
import { isWithin } from './version-locations.js';

/** The compiled main file of an application. */
export interface BuiltMain {
  /** Absolute. */
  readonly path: string;
  /** What Node.js gets in front of it, such as `--env-file=.env`. */
  readonly nodeArguments: readonly string[];
}

/** Where a compiled main file is looked for. */
export interface MainSearch {
  /** The folder with package.json, absolute. */
  readonly base: string;
  /** The working directory, which may be in a project of a monorepo of Nest's; absolute. */
  readonly cwd: string;
  /** The file that a setting names, from `base`. */
  readonly main?: string;
  /** The scripts of package.json. */
  readonly scripts: Readonly<Record<string, unknown>>;
  readonly fs: FileSystem;
}

/**
 * Finds the compiled main file of an application: the one that is named; the one that the script `start:prod` starts;
 * the one that `nest start` would start; `dist/src/main.js`, `dist/main.js`.
 *
 * @returns the file, or the paths that were looked at.
 */
export async function builtMain(search: MainSearch): Promise<BuiltMain | { readonly candidates: readonly string[] }> {
  const { base, main, fs } = search;
  const started = main === undefined ? startedBy(search.scripts['start:prod']) : undefined;
  const ways: readonly BuiltMain[] =
    main !== undefined
      ? [{ path: resolve(base, main), nodeArguments: [] }]
      : [
          ...(started === undefined ? [] : [{ ...started, path: resolve(base, started.path) }]),
          ...(await startedByNest(search)).map((path) => ({ path, nodeArguments: [] })),
        ];
  for (const way of ways) {
    for (const path of [way.path, `${way.path}.js`, `${way.path}.mjs`, `${way.path}.cjs`])
      if ((await fs.stat(path))?.kind === 'file') return { ...way, path };
  }
  return { candidates: [...new Set(ways.map(({ path }) => (/\.[mc]?js$/.test(path) ? path : `${path}.js`)))] };
}

/** The file at the end of `node --enable-source-maps dist/main`, and what stands before it. */
export function startedBy(script: unknown): BuiltMain | undefined {
  // where a shell would do more than start Node.js, the script says too little
  if (typeof script !== 'string' || /[;&|<>$`"'*]/.test(script)) return undefined;
  const words = script.trim().split(/\s+/);
  const node = words.indexOf('node');
  const path = words.at(-1);
  if (node === -1 || path === undefined || node === words.length - 1) return undefined;
  return { path, nodeArguments: words.slice(node + 1, -1) };
}

/** The paths that `nest start` tries, without their extension, and those where there is no configuration of Nest's. */
async function startedByNest({ base, cwd, fs }: MainSearch): Promise<readonly string[]> {
  const configuration = await readJsonWithComments(join(base, 'nest-cli.json'), fs);
  const common = isRecord(configuration) ? configuration : {};
  const projects = isRecord(common['projects']) ? Object.values(common['projects']).filter(isRecord) : [];
  const here = projects.find(
    ({ root, type }) => typeof root === 'string' && type !== 'library' && isWithin(resolve(base, root), cwd),
  );
  const project = { ...common, ...here };
  const sourceRoot = textOr(project['sourceRoot'], 'src');
  const entryFile = textOr(project['entryFile'], 'main');
  const outDir = (await outDirOf(project['compilerOptions'], base, fs)) ?? join(base, 'dist');
  return [...new Set([sourceRoot, 'src', '.'].map((folder) => join(outDir, folder, entryFile)))];
}

async function outDirOf(compilerOptions: unknown, base: string, fs: FileSystem): Promise<string | undefined> {
  const named = isRecord(compilerOptions) ? compilerOptions['tsConfigPath'] : undefined;
  for (const name of typeof named === 'string' ? [named] : ['tsconfig.build.json', 'tsconfig.json']) {
    const outDir = (await readTsconfig(join(base, name), fs))?.outDir;
    if (outDir != null) return outDir;
  }
  return undefined;
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' && value !== '' ? value : other;
}
