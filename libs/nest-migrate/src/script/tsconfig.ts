import type { TsConfigResult } from 'get-tsconfig';
import { dirname, relative, resolve, sep } from 'node:path';
import type { FileSystem } from './file-system.js';
import { isRecord, readJsonWithComments } from './json-with-comments.js';

/** A TypeScript configuration together with those that it extends. */
export interface Tsconfig {
  /** Absolute; null where TypeScript chooses it. */
  readonly rootDir: string | null;
  /** Absolute; null where TypeScript chooses it. */
  readonly outDir: string | null;
  /** Whether the configuration compiles a file, which need not exist yet. */
  readonly includes: (file: string) => boolean;
  /** The `exclude` that adds a folder to what is excluded now, by the setting or by TypeScript's default. */
  readonly excludeWith: (folder: string) => readonly string[];
}

/** Reads a configuration. Returns null if it cannot be read; then it is not checked. */
export async function readTsconfig(path: string, fs: FileSystem): Promise<Tsconfig | null> {
  // get-tsconfig takes a text that is no JSON for an empty configuration
  if (!isRecord(await readJsonWithComments(path, fs))) return null;
  const { createFilesMatcher, parseTsconfig } = await import('get-tsconfig');
  let config: TsConfigResult['config'];
  try {
    config = parseTsconfig(path);
  } catch {
    return null;
  }
  const matches = createFilesMatcher({ path, config });
  const folder = dirname(path);
  const { rootDir, outDir } = config.compilerOptions ?? {};
  const { exclude = [] } = config;
  // without the setting, what was parsed excludes the output alone
  const isDefault = exclude.every((pattern) => pattern === outDir);
  return {
    rootDir: rootDir === undefined ? null : resolve(folder, rootDir),
    outDir: outDir === undefined ? null : resolve(folder, outDir),
    includes: (file) => matches(file) !== undefined,
    excludeWith: (more) => [
      ...[...(isDefault ? ['node_modules'] : []), ...exclude].map((pattern) => fromFolder(folder, pattern)),
      fromFolder(folder, more),
    ],
  };
}

function fromFolder(folder: string, path: string): string {
  return relative(folder, resolve(folder, path)).split(sep).join('/');
}
