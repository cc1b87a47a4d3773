import { AsyncLocalStorage } from 'node:async_hooks';

interface DbCommandMode {
  readonly activity: string;
  /** By which word the application calls the group; absent where it is not known. */
  readonly group?: string;
  /** The application is being built whole. */
  readonly building?: boolean;
}

const mode = new AsyncLocalStorage<DbCommandMode>();

/**
 * Runs `work` so that every module it starts knows that it serves a `db` command and must not upgrade on boot.
 *
 * @param line What the command is, for others that meet its locks: `db upgrade`.
 */
export function runInDbCommandMode<T>(work: () => Promise<T>, line?: string): Promise<T> {
  return mode.run({ activity: line ?? 'a db command', group: line?.split(' ')[0] }, work);
}

/** Whether the code runs on behalf of a `db` command. */
export function isDbCommandMode(): boolean {
  return mode.getStore() !== undefined;
}

/** What this process is doing, in words for others that meet its locks. */
export function currentActivity(): string {
  return mode.getStore()?.activity ?? 'the application';
}

/** The group's word, on behalf of one of its commands. */
export function currentGroup(): string | undefined {
  return mode.getStore()?.group;
}

/**
 * Runs `work`, which builds the whole application for a `db` command. Its providers may use the database while they are
 * made, unlike those of the part that a command needs otherwise.
 */
export function buildingApplication<T>(work: () => Promise<T>): Promise<T> {
  return mode.run({ activity: currentActivity(), group: currentGroup(), building: true }, work);
}

/** Whether the code runs while a `db` command builds the whole application. */
export function isBuildingApplication(): boolean {
  return mode.getStore()?.building === true;
}
