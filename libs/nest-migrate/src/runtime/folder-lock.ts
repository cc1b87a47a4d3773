import type { DatabaseSync } from 'node:sqlite';
import { DatabaseInUseError } from '../errors/database.errors.js';
import { type Host } from './host.js';

/** What the folder lock needs of the disk. */
export interface Folders {
  exists(path: string): Promise<boolean>;
  makeFolder(path: string): Promise<void>;
  /** The absolute path with links resolved. */
  realPath(path: string): Promise<string>;
  /** The same for every path to one place, at once: links resolved as far as there is something. */
  location(path: string): string;
}

/** A held lock on the folder of an embedded database. */
export interface FolderLock {
  /** Once is enough, more does no harm. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly activity: string;
  readonly since: string;
}

/**
 * Holds the folder of an embedded database for this process, through an operating-system lock on a file beside it. The
 * system frees it when the process ends, however it ends; a file that stays behind means nothing.
 *
 * SQLite's own file locking does the work, since Node has none of its own: the holder keeps a write transaction open,
 * which keeps other writers out and lets them read who it is.
 *
 * @param folder The absolute path of the database's folder; it need not exist yet.
 * @throws DatabaseInUseError naming the holder, when another process (or another ORM in this one) has it.
 */
export async function lockFolder(folder: string, host: Host, since: Date): Promise<FolderLock> {
  // at the top it would cost every user of a server the load, and Node 22 a warning
  const sqlite = await import('node:sqlite');
  const file = new sqlite.DatabaseSync(`${folder}.lock`);
  try {
    file.exec('pragma busy_timeout = 1000');
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

function readHolder(file: DatabaseSync): Holder | undefined {
  try {
    return file.prepare('select pid, activity, since from holder').get() as Holder | undefined;
  } catch {
    return undefined; // the holder is writing its own name just now, or the file is new
  }
}

function isBusy(error: unknown): boolean {
  // not asked for its class: in jest, Node's own errors are of another realm and no `instanceof Error`
  const { message } = Object(error) as { readonly message?: unknown };
  return typeof message === 'string' && /locked|busy/i.test(message);
}

function describe(holder: Holder | undefined, host: Host): string {
  if (holder === undefined) return 'another process';
  if (holder.pid === host.pid) return `this process itself (${holder.activity})`;
  return `process ${holder.pid} (${holder.activity}, since ${holder.since})`;
}
