import { randomBytes } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseInUseError } from '../errors/database.errors.js';
import { type FolderLock, lockFolder } from '../runtime/folder-lock.js';
import { type Host } from '../runtime/host.js';
import { nodeFileSystem, nodePrivateFolders } from '../script/file-system.js';

const SCRATCH = 'scratch_';

/** The folder of this user for what rehearsals need. Its path is the same for all processes. */
export async function rehearsalFolder(): Promise<string> {
  const folder = join(tmpdir(), `nest-migrate-rehearsal-${userInfo().uid}`);
  await nodePrivateFolders.make(folder);
  return folder;
}

/** Creates a folder with room for a database's file for `work`, which gets the file's path. */
export async function withScratchFile<T>(
  { host, keep }: { readonly host: Host; readonly keep: boolean },
  work: (file: string) => Promise<T>,
): Promise<T> {
  const all = await rehearsalFolder();
  const folder = join(all, `${SCRATCH}${randomBytes(12).toString('hex')}`);
  // under one lock for all, so that a folder is never seen before its owner holds it
  const owner = await alone(all, host, async () => {
    await removeLeftOvers(all, host);
    await nodePrivateFolders.make(folder);
    return lockFolder(ownerOf(folder), host, new Date());
  });
  try {
    return await work(join(folder, 'database.sqlite'));
  } finally {
    owner.release();
    await (keep ? nodeFileSystem.remove(`${ownerOf(folder)}.lock`) : nodePrivateFolders.remove(folder));
  }
}

/** Beside the file of this lock a folder is a scratch database, and without it none. */
function ownerOf(folder: string): string {
  return join(folder, 'owner');
}

/** Removes the folders whose owners are dead. */
async function removeLeftOvers(all: string, host: Host): Promise<void> {
  for (const { name } of await nodeFileSystem.list(all)) {
    const folder = join(all, name);
    if (!name.startsWith(SCRATCH) || !(await isAbandoned(folder, host))) continue;
    await nodePrivateFolders.remove(folder);
  }
}

async function isAbandoned(folder: string, host: Host): Promise<boolean> {
  const entries = await nodeFileSystem.list(folder);
  if (entries.length === 0) return true;
  if (!(await nodeFileSystem.exists(`${ownerOf(folder)}.lock`))) return false;
  const lock = await tryLock(ownerOf(folder), host);
  lock?.release();
  return lock !== undefined;
}

async function tryLock(path: string, host: Host): Promise<FolderLock | undefined> {
  try {
    return await lockFolder(path, host, new Date());
  } catch (error) {
    if (error instanceof DatabaseInUseError) return undefined;
    throw error;
  }
}

async function alone<T>(all: string, host: Host, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const lock = await tryLock(join(all, 'rehearsals'), host);
    if (lock === undefined) {
      await pause(20);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}
