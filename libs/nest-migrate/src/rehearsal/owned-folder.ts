import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lockFileOf, lockFolder, tryLockFolder } from '../runtime/folder-lock.js';
import { type Host } from '../runtime/host.js';
import { nodeFileSystem, nodePrivateFolders } from '../script/file-system.js';
import { rehearsalFolder } from './rehearsal-folder.js';

/** What such a folder is for: a scratch database in a file, or the change of a table by another program. */
export type OwnedFolderKind = 'scratch' | 'change';

const KINDS: readonly OwnedFolderKind[] = ['scratch', 'change'];
const OWNER = 'owner';

/**
 * Creates a folder that only this user may look into, and removes it afterwards. Its owner holds a lock in it for as long
 * as it lives: what a killed process has left is removed when the next folder is made.
 *
 * @param keep Whether the folder stays. Nothing removes it then.
 */
export async function withOwnedFolder<T>(
  { kind, host, keep = false }: { readonly kind: OwnedFolderKind; readonly host: Host; readonly keep?: boolean },
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const all = await rehearsalFolder();
  const folder = join(all, `${kind}_${randomBytes(12).toString('hex')}`);
  // under one lock for all, so that a folder is never seen before its owner holds it
  const owner = await alone(all, host, async () => {
    await removeLeftOvers(all, host);
    await nodePrivateFolders.make(folder);
    return lockFolder(join(folder, OWNER), host, new Date());
  });
  try {
    return await work(folder);
  } finally {
    // or another process would take the folder for an abandoned one meanwhile
    await alone(all, host, async () => {
      owner.release();
      await (keep ? nodeFileSystem.remove(ownerOf(folder)) : removeOwned(folder));
    });
  }
}

/** Beside this file a folder is an owned one; a folder without it, unless it is empty, is kept. */
function ownerOf(folder: string): string {
  return lockFileOf(join(folder, OWNER));
}

/** Removes a folder, its owner's file last: a process that is killed meanwhile leaves what is still known as owned. */
async function removeOwned(folder: string): Promise<void> {
  const owner = ownerOf(folder);
  for (const { name } of await nodeFileSystem.list(folder)) {
    const path = join(folder, name);
    if (path !== owner) await nodePrivateFolders.remove(path);
  }
  await nodePrivateFolders.remove(owner);
  await nodePrivateFolders.remove(folder);
}

/** Removes what killed processes have left. Costs a look into one folder where there is nothing. */
export async function removeAbandonedFolders(host: Host): Promise<void> {
  const all = await rehearsalFolder();
  // the lock would load a module of Node that most runs do not need
  if ((await ownedIn(all)).length > 0) await alone(all, host, () => removeLeftOvers(all, host));
}

async function ownedIn(all: string): Promise<readonly string[]> {
  const entries = await nodeFileSystem.list(all);
  return entries.map(({ name }) => name).filter((name) => KINDS.some((kind) => name.startsWith(`${kind}_`)));
}

/** Removes the folders whose owners are dead. */
async function removeLeftOvers(all: string, host: Host): Promise<void> {
  for (const name of await ownedIn(all)) {
    const folder = join(all, name);
    // another version of the tool may be removing it at this moment
    const isFree = await isAbandoned(folder, host).catch(() => false);
    if (isFree) await removeOwned(folder).catch(() => undefined);
  }
}

async function isAbandoned(folder: string, host: Host): Promise<boolean> {
  const entries = await nodeFileSystem.list(folder);
  if (entries.length === 0) return true;
  if (!(await nodeFileSystem.exists(ownerOf(folder)))) return false;
  const lock = await tryLockFolder(join(folder, OWNER), host);
  lock?.release();
  return lock !== undefined;
}

async function alone<T>(all: string, host: Host, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const lock = await tryLockFolder(join(all, 'rehearsals'), host);
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
