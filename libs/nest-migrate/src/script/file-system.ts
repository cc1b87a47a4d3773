import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorText, tamed } from '../errors/thrown.js';

/** One entry of a folder. What a symbolic link leads to, `stat` tells. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** What there is at a path. */
export interface FileInfo {
  /** `other`: a pipe, a socket, a device. To open one could wait for ever. */
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * The disk, as far as this library uses it. Everything that touches files takes one as a parameter, so that a test or
 * a host without a disk can hand in another. Failures are Node's own errors with their `code`.
 */
export interface FileSystem {
  /** The file's text, as UTF-8. */
  readText(path: string): Promise<string>;
  /** Creates a file. Fails with `EEXIST` if there is one: nothing is ever overwritten. */
  writeNew(path: string, text: string): Promise<void>;
  /** The entries of a folder, in no particular order. */
  list(folder: string): Promise<readonly FolderEntry[]>;
  exists(path: string): Promise<boolean>;
  /** What there is at the path (links followed), or null if there is nothing. */
  stat(path: string): Promise<FileInfo | null>;
  /** The path with every symbolic link resolved. */
  realPath(path: string): Promise<string>;
  /** The same for every path to one place, at once: links resolved as far as there is something. */
  location(path: string): string;
  /** Creates a folder and those above it. No error if it is there. */
  makeFolder(path: string): Promise<void>;
  /** Removes a file. No error if it is gone. */
  remove(path: string): Promise<void>;
}

/**
 * What an error says of itself, as text. It is not asked for its class: in jest, Node's own errors are of another realm
 * and no `instanceof Error`.
 */
export function errorFields(error: unknown): Readonly<Record<'name' | 'message' | 'stack' | 'code', string>> {
  const fields = Object(tamed(error)) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  return { name: text('name'), message: errorText(error), stack: text('stack'), code: text('code') };
}

/** Whether `error` is the file system's answer with this code, such as `EEXIST`. */
export function isFileSystemError(error: unknown, code: string): boolean {
  return errorFields(error).code === code;
}

function kindOf(info: Pick<fs.Stats, 'isDirectory' | 'isFile'>): FileInfo['kind'] {
  return info.isDirectory() ? 'folder' : info.isFile() ? 'file' : 'other';
}

/** The disk of this machine. */
export const nodeFileSystem: FileSystem = {
  // Read in one go: a revision takes microseconds, and thousands of them a fraction of the time (measured: a third) that
  // the detour through the thread pool takes. Nothing of it holds up a server for longer than parsing the text does.
  readText: async (path) => fs.readFileSync(path, 'utf8'),
  writeNew: (path, text) => fs.promises.writeFile(path, text, { flag: 'wx' }),
  list: async (folder) => {
    const entries = await fs.promises.readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      kind: entry.isSymbolicLink() ? 'link' : kindOf(entry),
    }));
  },
  exists: async (path) => (await nodeFileSystem.stat(path)) !== null,
  stat: async (path) => {
    try {
      const stats = await fs.promises.stat(path);
      return { kind: kindOf(stats), size: stats.size, modifiedMs: stats.mtimeMs };
    } catch (error) {
      if (isFileSystemError(error, 'ENOENT') || isFileSystemError(error, 'ENOTDIR')) return null;
      throw error;
    }
  },
  realPath: (path) => fs.promises.realpath(path),
  location: (path) => {
    try {
      return fs.realpathSync(path);
    } catch (error) {
      const parent = dirname(path);
      // what lies below a file is no place either, and opening it says so
      const isMissing = isFileSystemError(error, 'ENOENT') || isFileSystemError(error, 'ENOTDIR');
      if (!isMissing || parent === path) throw error;
      return join(nodeFileSystem.location(parent), basename(path));
    }
  },
  makeFolder: async (path) => {
    await fs.promises.mkdir(path, { recursive: true });
  },
  remove: (path) => fs.promises.rm(path, { force: true }),
};

/** Writes a file that a person asked for, in place of one that may be there. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await fs.promises.writeFile(path, text);
}

/** Files of bytes that several processes keep for each other. */
export interface ByteFiles {
  /** The file's bytes, or null if there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Makes the file appear at once and whole, in place of one that may be there, for this user alone. */
  publish(path: string, bytes: Uint8Array): Promise<void>;
}

/** Those of this machine. */
export const nodeByteFiles: ByteFiles = {
  read: async (path) => {
    try {
      return new Uint8Array(await fs.promises.readFile(path));
    } catch (error) {
      if (isFileSystemError(error, 'ENOENT')) return null;
      throw error;
    }
  },
  publish: async (path, bytes) => {
    const folder = await fs.promises.mkdtemp(`${path}.draft-`);
    try {
      const draft = `${folder}/whole`;
      await fs.promises.writeFile(draft, bytes, { mode: 0o600 });
      await fs.promises.rename(draft, path);
    } finally {
      await fs.promises.rm(folder, { recursive: true, force: true });
    }
  },
};
