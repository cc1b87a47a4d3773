import type { DatabaseSync } from 'node:sqlite';
import { DatabaseInUseError } from '../errors/database.errors.js';
import { type Host } from './host.js';

/** The file operations that the folder lock needs. */
export interface Folders {
  exists(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** The absolute path with links resolved. */
  realPath(path: string): Promise<string>;
  /**
   * A path that is the same for every path to one place, without waiting. Links are resolved as far as the path exists.
   */
  location(path: string): string;
}

/** A held lock on the folder of an embedded database. */
export interface FolderLock {
  /** May be called more than once. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly activity: string;
  readonly since: string;
}

/**
 * Holds the folder of an embedded database for this process, through an operating-system lock on a file beside the
 * folder. The system frees the lock when the process ends, however it ends. A file that stays behind means nothing.
 *
 * Node has no file locks, so SQLite's are used: the holder keeps a write transaction open, which keeps other writers
 * out and lets them read the holder's name.
 *
 * @param folder The absolute path of the database's folder; it need not exist yet.
 * @param patience How long to wait for a holder that is just ending, in milliseconds. The whole process waits.
 * @throws DatabaseInUseError naming the holder, when another process (or another ORM in this one) holds the folder.
 */
export async function lockFolder(folder: string, host: Host, since: Date, patience = 1_000): Promise<FolderLock> {
  // imported here, since at the top it would slow down users of a server and print a warning on Node 22
  const sqlite = await import('node:sqlite');
  const file = new sqlite.DatabaseSync(lockFileOf(folder));
  try {
    file.exec(`pragma busy_timeout = ${patience}`);
    file.exec('pragma journal_mode = delete');
    file.exec('begin immediate');
    file.exec('create table if not exists holder (pid integer, activity text, since text)');
    file.exec('delete from holder');
    file.prepare('insert into holder values (?, ?, ?)').run(host.pid, host.activity, since.toISOString());
    file.exec('commit');
    file.exec('begin immediate');
  } catch (error) {
    const holder = readHolder(file);
    file.close();
    if (!isBusy(error)) throw error;
    throw new DatabaseInUseError(folder, describe(holder, host));
  }
  return {
    release: () => {
      // an ORM may be closed more than once: by its user and again by its application
      if (file.isOpen) file.close();
    },
  };
}

/** As {@link lockFolder}, at once; `undefined` where another owner holds it, which may keep it for as long as it lives. */
export async function tryLockFolder(folder: string, host: Host): Promise<FolderLock | undefined> {
  try {
    // waiting would stop the whole process
    return await lockFolder(folder, host, new Date(), 0);
  } catch (error) {
    if (error instanceof DatabaseInUseError) return undefined;
    throw error;
  }
}

/** The file that is locked in the place of a folder. */
export function lockFileOf(folder: string): string {
  return `${folder}.lock`;
}

function readHolder(file: DatabaseSync): Holder | undefined {
  try {
    return file.prepare('select pid, activity, since from holder').get() as Holder | undefined;
  } catch {
    return undefined; // the holder is just writing its name, or the file is new
  }
}

/** SQLite's code for a file that was removed after it was opened: the last holder is removing it at the moment. */
const MOVED = 1032;

function isBusy(error: unknown): boolean {
  // not tested by class: in Jest, Node's own errors come from another realm and are no `instanceof Error`
  const { message, errcode } = Object(error) as { readonly message?: unknown; readonly errcode?: unknown };
  return errcode === MOVED || (typeof message === 'string' && /locked|busy/i.test(message));
}

function describe(holder: Holder | undefined, host: Host): string {
  if (holder === undefined) return 'another process';
  if (holder.pid === host.pid) return `this process itself (${holder.activity})`;
  return `process ${holder.pid} (${holder.activity}, since ${holder.since})`;
}
