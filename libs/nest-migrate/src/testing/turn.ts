import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { rehearsalFolder } from '../rehearsal/rehearsal-folder.js';
import { type FolderLock, lockFileOf, tryLockFolder } from '../runtime/folder-lock.js';
import { type Host } from '../runtime/host.js';
import { nodeFileSystem } from '../script/file-system.js';

/** Thrown to begin again: another process may have made meanwhile what this one was about to make. */
class BeginAgain extends Error {}

/**
 * Runs work that takes its turn before it makes something that is kept. Of all that want the same at once, in this
 * process and in others, one makes it. The rest wait, begin again, and find it. So does the one whose turn it is: what
 * it looked for may have been made between its look and its turn.
 *
 * @param what What is made, as a text.
 */
export async function oneAfterTheOther<T>(
  what: string,
  host: Host,
  work: (takeTurn: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const name = createHash('sha256').update(what).digest('hex').slice(0, 32);
  const path = join(await rehearsalFolder(), `turn_${name}`);
  let lock: FolderLock | undefined;
  let hasWaited = false;
  const release = async (): Promise<void> => {
    lock?.release();
    if (lock !== undefined) await nodeFileSystem.remove(lockFileOf(path)).catch(() => undefined);
    lock = undefined;
  };
  const takeTurn = async (): Promise<void> => {
    // what the other one could not keep is made here
    if (hasWaited || lock !== undefined) return;
    lock = await tryLockFolder(path, host);
    for (; lock === undefined; lock = await tryLockFolder(path, host)) {
      hasWaited = true;
      await pause(100);
    }
    // those that waited find it, and need not do so one by one
    if (hasWaited) await release();
    throw new BeginAgain();
  };
  try {
    for (;;) {
      try {
        return await work(takeTurn);
      } catch (error) {
        if (!(error instanceof BeginAgain)) throw error;
      }
    }
  } finally {
    await release();
  }
}
