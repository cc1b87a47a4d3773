import { dirname, resolve } from 'node:path';
import { type MikroORM } from '@mikro-orm/sql';
import { engineFor } from '../engines/detect.js';
import { type Folders, type FolderLock, lockFolder } from './folder-lock.js';
import { type Host } from './host.js';

const held = new WeakMap<MikroORM, Promise<FolderLock>>();

/**
 * The folder that holds the data of an embedded database, or `undefined` where the connection is to a server, in
 * memory, or on an instance that the application opened itself.
 */
export function embeddedFolder(orm: MikroORM, cwd: string): string | undefined {
  if (!/pglite/i.test(orm.driver.constructor.name)) return undefined;
  const driverOptions = orm.config.get('driverOptions') as { pglite?: unknown; dataDir?: string } | undefined;
  if (driverOptions?.pglite !== undefined) return undefined;
  const location = driverOptions?.dataDir ?? orm.config.get('dbName');
  if (
    typeof location !== 'string' ||
    location === '' ||
    location.startsWith('memory:') ||
    location.startsWith('idb:')
  ) {
    return undefined;
  }
  const path = location.startsWith('file://') ? location.slice('file://'.length) : location;
  return resolve(cwd, path);
}

/** The file of a SQLite database; `undefined` for one in memory, and for any other engine. */
export function databaseFile(orm: MikroORM, cwd: string): string | undefined {
  if (engineFor(orm).name !== 'sqlite') return undefined;
  const driverOptions = orm.config.get('driverOptions') as { readonly dbName?: unknown } | undefined;
  const location = driverOptions?.dbName ?? orm.config.get('dbName');
  if (typeof location !== 'string' || location === '' || location === ':memory:' || location.startsWith('file:')) {
    return undefined;
  }
  return resolve(cwd, location);
}

/** Whether an embedded database has been created yet. Opening a missing one would create it. */
export async function embeddedDatabaseExists(folder: string, folders: Folders): Promise<boolean> {
  return folders.exists(resolve(folder, 'PG_VERSION'));
}

/**
 * Takes the folder of an ORM's embedded database for this process, before the ORM opens it. Does nothing for a server,
 * and nothing for an ORM that holds its folder already. The folder is released when the ORM is closed or the process
 * ends.
 *
 * @throws DatabaseInUseError naming the holder.
 */
export async function holdEmbeddedDatabase(orm: MikroORM, host: Host, folders: Folders): Promise<void> {
  const folder = embeddedFolder(orm, host.cwd);
  if (folder === undefined) return;
  let lock = held.get(orm);
  if (lock === undefined) {
    lock = hold(orm, folder, host, folders);
    held.set(orm, lock);
    lock.catch(() => held.delete(orm));
  }
  await lock;
}

async function hold(orm: MikroORM, folder: string, host: Host, folders: Folders): Promise<FolderLock> {
  const parent = dirname(folder);
  await folders.makeFolder(parent);
  // two names of one folder must lead to the same lock
  const existing = (await folders.exists(folder)) ? folder : parent;
  const real =
    existing === folder
      ? await folders.realPath(folder)
      : resolve(await folders.realPath(parent), folder.slice(parent.length + 1));
  const lock = await lockFolder(real, host, new Date());
  const close = orm.close.bind(orm);
  orm.close = async (force?: boolean): Promise<void> => {
    await close(force);
    held.delete(orm);
    lock.release();
  };
  return lock;
}
