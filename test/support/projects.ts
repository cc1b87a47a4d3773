/** Temporary folders: named after the process that made them, so that what a killed run left can be told and removed. */
import { accessSync, constants, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf } from './reasons.ts';

const MEMORY_FOLDER = '/dev/shm';
const ROOM_NEEDED = 1024 ** 3;
const OURS = /^nest-migrate-(\d+)-/;

export interface TemporaryFolder {
  readonly path: string;
  /** For `afterAll`. A folder that is already gone is fine. */
  readonly remove: () => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TemporaryFolderOptions {
  /** Text files to write, by path inside the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** `memory`: on tmpfs where there is one with room, else on disk. `disk` unless told. */
  readonly on?: 'disk' | 'memory';
}

/** The fastest place for data nobody keeps: tmpfs where there is one with room (containers often have 64 MB only). */
export function fastFolder(): string {
  try {
    accessSync(MEMORY_FOLDER, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_FOLDER);
    return bavail * bsize >= ROOM_NEEDED ? MEMORY_FOLDER : tmpdir();
  } catch {
    return tmpdir(); // no tmpfs here: slower, not wrong
  }
}

/** Makes an empty folder of its own. The prefix is part of its name and may hold spaces. */
export async function temporaryFolder(
  prefix = 'folder',
  options: TemporaryFolderOptions = {},
): Promise<TemporaryFolder> {
  const parent = options.on === 'memory' ? fastFolder() : tmpdir();
  const path = await mkdtemp(join(parent, `nest-migrate-${process.pid}-${prefix}-`));
  for (const [name, text] of Object.entries(options.files ?? {})) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  // not the asynchronous one, which takes several times the processor's time for the thousand files of a PGlite
  const remove = async (): Promise<void> => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH'; // another user's process lives as well
  }
}

/**
 * Removes what killed runs left behind. Only folders an hour old: one of another container that shares this temporary
 * folder belongs to a process whose id means nothing here.
 */
export function removeAbandonedFolders(): void {
  const hourAgo = Date.now() - 3_600_000;
  for (const parent of new Set([fastFolder(), tmpdir()])) {
    for (const name of readdirSync(parent)) {
      const owner = OURS.exec(name)?.[1];
      if (owner === undefined || isAlive(Number(owner))) continue;
      const path = join(parent, name);
      try {
        if (statSync(path).ctimeMs < hourAgo) rmSync(path, { recursive: true, force: true });
      } catch {
        // another user's, or being removed by another run at this moment
      }
    }
  }
}
