import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseInUseError } from '../errors/database.errors.js';
import { type FolderLock, lockFolder } from '../runtime/folder-lock.js';
import { type Host } from '../runtime/host.js';
import { nodeByteFiles, nodeFileSystem, nodePrivateFolders } from '../script/file-system.js';
import { chainKeys } from './revision-chain.js';
import { type ScratchDatabase, type ScratchRequest } from './scratch-database.js';
import { onOneConnection, withPlainOrm } from './scratch-orm.js';
import { type Coordinates } from './scratch-place.js';
import { rehearsalFolder } from './rehearsal-folder.js';
import { findSnapshotFile, keepSnapshotFile } from './snapshot-files.js';

const SCRATCH = 'scratch_';

/** Creates a folder with a database's file for `work`. */
export async function withScratchFile<T>(
  { orm, engine, host, keep, chain, settings }: ScratchRequest,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const own = { driver: orm.config.get('driver'), driverOptions: orm.config.get('driverOptions') };
  const keys = chainKeys(chain, `sqlite ${await versionOf({ ...own, dbName: ':memory:' })}`);
  const all = await rehearsalFolder();
  const folder = join(all, `${SCRATCH}${randomBytes(12).toString('hex')}`);
  // under one lock for all, so that a folder is never seen before its owner holds it
  const owner = await alone(all, host, async () => {
    await removeLeftOvers(all, host);
    await nodePrivateFolders.make(folder);
    return lockFolder(ownerOf(folder), host, new Date());
  });
  try {
    const file = join(folder, 'database.sqlite');
    const found = await findSnapshotFile(keys, settings.snapshots);
    if (found !== undefined) await nodeByteFiles.publish(file, found.bytes);
    return await work({
      coordinates: { ...own, dbName: file },
      // what a crash of the machine would do to it does not matter
      traits: { options: '', first: [], session: ['pragma synchronous = off'] },
      steps: found?.at,
      isSlowToCreate: false,
      keepSnapshot: async (scratch, steps) => {
        const key = keys[steps];
        if (key === undefined) return;
        const copy = join(folder, 'snapshot.sqlite');
        // what is in the log of the database is in this copy as well
        await onOneConnection(scratch, (session) => session.execute(`vacuum into ${engine.sql.text(copy)}`));
        const bytes = await nodeByteFiles.read(copy);
        if (bytes !== null) await keepSnapshotFile(key, bytes, settings.snapshots);
        await nodeFileSystem.remove(copy);
      },
    });
  } finally {
    // or another rehearsal would take the folder for an abandoned one meanwhile
    await alone(all, host, async () => {
      owner.release();
      await (keep ? nodeFileSystem.remove(`${ownerOf(folder)}.lock`) : nodePrivateFolders.remove(folder));
    });
  }
}

async function versionOf(coordinates: Coordinates): Promise<string> {
  return withPlainOrm(coordinates, async (orm) => {
    const [row] = await orm.em.getConnection().execute<{ version: string }[]>('select sqlite_version() as version');
    return row?.version ?? '';
  });
}

/** Beside the file of this lock a folder is a scratch database, and without it none. */
function ownerOf(folder: string): string {
  return join(folder, 'owner');
}

/** Removes the folders whose owners are dead. */
async function removeLeftOvers(all: string, host: Host): Promise<void> {
  for (const { name } of await nodeFileSystem.list(all)) {
    const folder = join(all, name);
    if (!name.startsWith(SCRATCH)) continue;
    // another version of the tool may be removing it at this moment
    const isFree = await isAbandoned(folder, host).catch(() => false);
    if (isFree) await nodePrivateFolders.remove(folder).catch(() => undefined);
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
    // another owner keeps it for as long as it lives, and waiting would stop this process
    return await lockFolder(path, host, new Date(), 0);
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
