import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type FolderLock, tryLockFolder } from '../runtime/folder-lock.js';
import { type CommandContext } from './command-context.js';
import { isDraft } from './draft-names.js';

/**
 * Creates a folder for revisions that are not proven yet, and removes it afterwards. It is beside a folder of revisions,
 * so that their relative imports lead to the same files, and no other process takes them for revisions. Its owner holds a
 * lock for as long as it lives: {@link removeAbandonedDrafts} removes what a killed process has left.
 *
 * @param folder The folder of the revisions.
 */
export async function withDraftFolder<T>(
  { fileSystem: fs, host }: CommandContext,
  folder: string,
  work: (drafts: string) => Promise<T>,
): Promise<T> {
  const beside = dirname(folder);
  await fs.makeFolder(beside);
  const { path, lock } = await owned(beside, host);
  try {
    await fs.makeFolder(path);
    return await work(path);
  } finally {
    await fs.removeFolder(path);
    lock.release();
    await removeLock(fs, path);
  }
}

/** A name that is held. The lock is there before the folder, so that no folder is without an owner. */
async function owned(
  beside: string,
  host: CommandContext['host'],
): Promise<{ readonly path: string; readonly lock: FolderLock }> {
  for (;;) {
    const path = join(beside, `.draft-${randomBytes(8).toString('hex')}`);
    const lock = await tryLockFolder(path, host);
    // else another process has looked at it, and removed it, before it was held
    if (lock !== undefined) return { path, lock };
  }
}

/**
 * Removes the folders of {@link withDraftFolder} whose owners are dead.
 *
 * @param folder Where they are.
 * @param names What is there.
 */
export async function removeAbandonedDrafts(
  { fileSystem: fs, host }: Pick<CommandContext, 'fileSystem' | 'host'>,
  folder: string,
  names: readonly string[],
): Promise<void> {
  for (const name of new Set(names.filter(isDraft).map((each) => each.replace(/\.lock.*$/, '')))) {
    const path = join(folder, name);
    const lock = await tryLockFolder(path, host);
    if (lock === undefined) continue;
    await fs.removeFolder(path);
    lock.release();
    await removeLock(fs, path);
  }
}

async function removeLock(fs: CommandContext['fileSystem'], path: string): Promise<void> {
  for (const end of ['.lock', '.lock-journal']) await fs.removeFolder(`${path}${end}`);
}
