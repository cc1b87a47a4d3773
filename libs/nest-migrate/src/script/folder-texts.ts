import { join, relative } from 'node:path';
import { type FileSystem, isFileSystemError } from './file-system.js';

/** A file, and what it holds. */
export interface FileText {
  readonly path: string;
  /** The path from the folder that was read. */
  readonly name: string;
  readonly text: string;
}

/**
 * All files of a folder and of those in it, sorted by path; links are followed. Hidden ones and `node_modules` are left
 * out. A folder that does not exist has none.
 */
export async function folderTexts(root: string, fs: FileSystem): Promise<readonly FileText[]> {
  const waiting = [root];
  const files: string[] = [];
  const seen = new Set<string>(); // links may form a cycle
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { name, kind } of await entriesOf(at, fs)) {
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = join(at, name);
      const isFolder = kind === 'folder' || (kind === 'link' && (await fs.stat(path))?.kind === 'folder');
      if (!isFolder) {
        files.push(path);
        continue;
      }
      const real = await fs.realPath(path);
      if (!seen.has(real)) waiting.push(path);
      seen.add(real);
    }
  }
  const texts: FileText[] = [];
  for (const path of files.sort()) texts.push({ path, name: relative(root, path), text: await fs.readText(path) });
  return texts;
}

async function entriesOf(path: string, fs: FileSystem): ReturnType<FileSystem['list']> {
  try {
    return await fs.list(path);
  } catch (error) {
    if (isFileSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Specifiers of imports that begin with a dot: `'./seeds.js'`. */
const RELATIVE = /\b(?:from|import|require)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]*)\1/g;

/** The paths of files that a program imports by a relative path. Nothing is run. */
export function relativeImports({ path, text }: Pick<FileText, 'path' | 'text'>): readonly string[] {
  return [...text.matchAll(RELATIVE)].map(([, , specifier]) => join(path, '..', specifier ?? ''));
}
