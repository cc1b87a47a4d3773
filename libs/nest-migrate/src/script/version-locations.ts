import { extname, isAbsolute, join, relative, sep } from 'node:path';
import type { FileSystem } from './file-system.js';

/** By the extension of a source file, that of the file which is compiled beside it. */
const COMPILED: Readonly<Record<string, string>> = { '.ts': '.js', '.mts': '.mjs', '.cts': '.cjs' };
const REVISION_FILE = /^[^.].*\.[mc]?[jt]s$/s;
const NO_REVISION_FILE = /\.(?:d|spec|test)\.[mc]?[jt]s$|\.d\.\w+\.ts$/;

/** Whether a file of this name, in a version location, is treated as a revision. */
export function isRevisionFileName(name: string): boolean {
  return REVISION_FILE.test(name) && !NO_REVISION_FILE.test(name);
}

/** Whether a folder of this name, in a version location, is searched. */
export function isRevisionFolderName(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules';
}

/** The files that would be the same revision: the source of a compiled file, and the reverse. */
export function twinsOf(path: string): readonly string[] {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  return Object.entries(COMPILED).flatMap(([source, compiled]) =>
    source === extension ? [stem + compiled] : compiled === extension ? [stem + source] : [],
  );
}

/** Whether the path is the folder itself or in it, at a place that is searched. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  if (isAbsolute(way)) return false; // another drive
  return way === '' || way.split(sep).every((part) => part !== '..' && isRevisionFolderName(part));
}

/** How version locations are searched. */
export interface SearchOptions {
  readonly fs: FileSystem;
  /** Whether this process can import `.ts`; decides between `x.ts` and `x.js`. */
  readonly runsTypeScript: boolean;
}

/**
 * The files of revisions in all locations, location by location: first those of a folder in code point order, then
 * those of its sub-folders. No folder is searched twice, even if several paths lead to it. A sub-folder that is itself
 * a location is searched only as that.
 */
export async function revisionFiles(
  locations: readonly string[],
  { fs, runsTypeScript }: SearchOptions,
): Promise<readonly string[]> {
  const present: (readonly [path: string, real: string])[] = [];
  for (const location of locations)
    if (await fs.exists(location)) present.push([location, await fs.realPath(location)]);
  const known = new Set(present.map(([, real]) => real));
  const files: string[] = [];

  const search = async (folder: string): Promise<void> => {
    const names: string[] = [];
    const folders: string[] = [];
    for (const { name, kind } of await fs.list(folder)) {
      const found = kind === 'link' ? (await fs.stat(join(folder, name)))?.kind : kind;
      if (found === 'folder' && isRevisionFolderName(name)) folders.push(name);
      // a broken link causes an error when it is read
      if (found !== 'folder' && found !== 'other' && isRevisionFileName(name)) names.push(name);
    }
    const inFolder = join(folder, sep);
    for (const name of inCodePointOrder(withoutTwins(names, runsTypeScript))) files.push(inFolder + name);
    for (const name of inCodePointOrder(folders)) {
      const path = join(folder, name);
      const real = await fs.realPath(path);
      if (known.has(real)) continue;
      known.add(real);
      await search(path);
    }
  };
  for (const [location] of present) await search(location);
  return files;
}

/** Without the compiled files of sources that are there as well, or without the sources. */
export function withoutTwins(names: readonly string[], runsTypeScript: boolean): readonly string[] {
  // where all have one extension, as nearly always, none is compiled beside its source
  if (new Set(names.map((name) => extname(name))).size < 2) return names;
  const present = new Set(names);
  for (const name of names) {
    const extension = extname(name);
    const compiled = COMPILED[extension];
    if (compiled === undefined) continue;
    const twin = name.slice(0, -extension.length) + compiled;
    if (present.has(twin)) present.delete(runsTypeScript ? twin : name);
  }
  return [...present];
}

/** Sorts by UTF-8 bytes, which are in code point order. JavaScript's own order of strings is not. */
export function inCodePointOrder(names: readonly string[]): readonly string[] {
  // the two orders differ in what comes with or behind surrogates alone
  if (!names.some((name) => /[\ud800-\uffff]/.test(name))) return [...names].sort();
  return names
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ name }) => name);
}
