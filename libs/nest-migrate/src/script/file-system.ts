import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorText, tamed } from '../errors/thrown.js';

/** One entry of a folder. Use `stat` to learn where a symbolic link leads. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
}

/** What exists at a path. */
export interface FileInfo {
  /** `other`: a pipe, a socket, a device. Opening one could block forever. */
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  readonly modifiedMs: number;
}

/**
 * The disk operations that this library uses. Everything that touches files takes one as a parameter, so that a test or
 * a host without a disk can pass another. Failures are Node's own errors with their `code`.
 */
export interface FileSystem {
  /** The file's text, as UTF-8. */
  readText(path: string): Promise<string>;
  /** Creates a file. Fails with `EEXIST` if it exists: nothing is ever overwritten. */
  writeNew(path: string, text: string): Promise<void>;
  /** Creates a file or replaces all of it at once: no reader sees a part. */
  replace(path: string, text: string): Promise<void>;
  /** The entries of a folder, in no particular order. */
  list(folder: string): Promise<readonly FolderEntry[]>;
  exists(path: string): Promise<boolean>;
  /** What exists at the path (links followed), or null if nothing does. */
  stat(path: string): Promise<FileInfo | null>;
  /** The path with every symbolic link resolved. */
  realPath(path: string): Promise<string>;
  /**
   * A path that is the same for every path to one place, without waiting. Links are resolved as far as the path exists.
   */
  location(path: string): string;
  /** Creates a folder and its parents. No error if it exists. */
  makeFolder(path: string): Promise<void>;
  /** Removes a file. No error if it does not exist. */
  remove(path: string): Promise<void>;
  /** Removes a folder with everything in it. No error if it does not exist. */
  removeFolder(path: string): Promise<void>;
}

/**
 * The text fields of an error. The error is not tested by class: in Jest, Node's own errors come from another realm and
 * are no `instanceof Error`.
 */
export function errorFields(error: unknown): Readonly<Record<'name' | 'message' | 'stack' | 'code', string>> {
  const fields = Object(tamed(error)) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  return { name: text('name'), message: errorText(error), stack: text('stack'), code: text('code') };
}

/** Whether `error` is a file system error with this code, such as `EEXIST`. */
export function isFileSystemError(error: unknown, code: string): boolean {
  return errorFields(error).code === code;
}

function kindOf(info: Pick<fs.Stats, 'isDirectory' | 'isFile'>): FileInfo['kind'] {
  return info.isDirectory() ? 'folder' : info.isFile() ? 'file' : 'other';
}

/** The disk of this machine. */
export const nodeFileSystem: FileSystem = {
  // Read synchronously: a revision takes microseconds, and thousands take a fraction of the time (measured: a third)
  // that reading through the thread pool takes. It blocks a server no longer than parsing the text does.
  readText: async (path) => fs.readFileSync(path, 'utf8'),
  writeNew: (path, text) => fs.promises.writeFile(path, text, { flag: 'wx' }),
  replace: async (path, text) => {
    // hidden, so that it is never taken for a revision
    const draft = join(dirname(path), `.${basename(path)}.draft`);
    try {
      await fs.promises.writeFile(draft, text);
      await fs.promises.rename(draft, path);
    } finally {
      await fs.promises.rm(draft, { force: true });
    }
  },
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
      // a path below a file does not exist either, and opening it says so
      const isMissing = isFileSystemError(error, 'ENOENT') || isFileSystemError(error, 'ENOTDIR');
      if (!isMissing || parent === path) throw error;
      return join(nodeFileSystem.location(parent), basename(path));
    }
  },
  makeFolder: async (path) => {
    await fs.promises.mkdir(path, { recursive: true });
  },
  remove: (path) => fs.promises.rm(path, { force: true }),
  removeFolder: (path) => fs.promises.rm(path, { recursive: true, force: true }),
};

/** What is read where there is no time to wait: a test runner wants to know its tests at once. */
export const filesAtOnce = {
  /** The entries of a folder; none where there is no such folder. A link has the kind of what it leads to. */
  list: (folder: string): readonly FolderEntry[] => {
    const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    return names.map((name) => {
      const info = fs.statSync(join(folder, name), { throwIfNoEntry: false });
      return { name, kind: info === undefined ? 'other' : kindOf(info) };
    });
  },
  /** The file's text, as UTF-8. */
  readText: (path: string): string => fs.readFileSync(path, 'utf8'),
} as const;

/**
 * Writes a file that the user asked for. An existing one is replaced at once, so that no reader sees a part, and keeps
 * its permissions and the links that lead to it. A pipe or a device is written to, and so is a file that cannot be
 * replaced: its folder may be read-only, or the file mounted.
 */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const existing = await nodeFileSystem.stat(path);
  if (existing?.kind === 'other') return fs.promises.writeFile(path, text);
  const place = nodeFileSystem.location(path);
  const draft = join(dirname(place), `.${basename(place)}.${randomUUID()}.draft`);
  try {
    await fs.promises.writeFile(draft, text);
    if (existing !== null) await fs.promises.chmod(draft, (await fs.promises.stat(place)).mode);
    await fs.promises.rename(draft, place);
  } catch (error) {
    const isFixed = ['EACCES', 'EPERM', 'EROFS', 'EBUSY'].some((code) => isFileSystemError(error, code));
    if (existing === null || !isFixed) throw error;
    await fs.promises.writeFile(path, text);
  } finally {
    await fs.promises.rm(draft, { force: true });
  }
}

/** Binary files that several processes share. */
export interface ByteFiles {
  /** The file's bytes, or null if there is none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Creates or replaces the file atomically, readable by this user only. */
  publish(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes the file the one that was changed last. */
  touch(path: string): Promise<void>;
}

/** Folders that only this user may look into. */
export interface PrivateFolders {
  /**
   * Creates a folder that only this user may look into, in one that exists. No error if it exists and belongs to this
   * user; another one could have been put there to be written into.
   */
  make(path: string): Promise<void>;
  /** Removes a folder with all that is in it. No error if it does not exist. */
  remove(path: string): Promise<void>;
}

/** The folders of this machine. */
export const nodePrivateFolders: PrivateFolders = {
  make: async (path) => {
    await fs.promises.mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (!isFileSystemError(error, 'EEXIST')) throw error;
    });
    if (!(await fs.promises.lstat(path)).isDirectory()) {
      throw Object.assign(new Error(`${path} is no folder`), { code: 'EEXIST' });
    }
    // only the owner may
    await fs.promises.chmod(path, 0o700);
  },
  // tried again where something is put into it meanwhile
  remove: (path) => fs.promises.rm(path, { recursive: true, force: true, maxRetries: 3 }),
};

/** The binary files of this machine. */
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
  touch: (path) => fs.promises.utimes(path, new Date(), new Date()),
};
