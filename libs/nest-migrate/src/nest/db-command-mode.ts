import { AsyncLocalStorage } from 'node:async_hooks';

interface DbCommandMode {
  readonly activity: string;
  /** The word of the group of commands; absent where it is not known. */
  readonly group?: string;
  /** Whether the application is being built whole. */
  readonly building?: boolean;
}

const mode = new AsyncLocalStorage<DbCommandMode>();

/**
 * Runs `work` so that every module it starts knows that it serves a `db` command and must not upgrade on boot.
 *
 * @param line The command, such as `db upgrade`, for other processes that wait for its locks.
 */
export function runInDbCommandMode<T>(work: () => Promise<T>, line?: string): Promise<T> {
  return mode.run({ activity: line ?? 'a db command', group: line?.split(' ')[0] }, work);
}

/** Whether the code runs on behalf of a `db` command. */
export function isDbCommandMode(): boolean {
  return mode.getStore() !== undefined;
}

/** What this process does, in words, for other processes that wait for its locks. */
export function currentActivity(): string {
  return mode.getStore()?.activity ?? 'the application';
}

/** The word of the group of commands, where the code runs on behalf of one of them. */
export function currentGroup(): string | undefined {
  return mode.getStore()?.group;
}

/**
 * Runs `work`, which builds the whole application for a `db` command. Its providers may use the database while they are
 * created, unlike those of the part that other commands start.
 */
export function buildingApplication<T>(work: () => Promise<T>): Promise<T> {
  return mode.run({ activity: currentActivity(), group: currentGroup(), building: true }, work);
}

/** Whether the code runs while a `db` command builds the whole application. */
export function isBuildingApplication(): boolean {
  return mode.getStore()?.building === true;
}
