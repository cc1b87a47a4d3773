import { AsyncLocalStorage } from 'node:async_hooks';

interface DbCommandMode {
  readonly activity: string;
  /** The application is being built whole. */
  readonly building?: boolean;
}

const mode = new AsyncLocalStorage<DbCommandMode>();

/**
 * Runs `work` so that every module it starts knows that it serves a `db` command and must not upgrade on boot.
 *
 * @param activity What the command is, for others that meet its locks: `db upgrade`.
 */
export function runInDbCommandMode<T>(work: () => Promise<T>, activity = 'a db command'): Promise<T> {
  return mode.run({ activity }, work);
}

/** Whether the code runs on behalf of a `db` command. */
export function isDbCommandMode(): boolean {
  return mode.getStore() !== undefined;
}

/** What this process is doing, in words for others that meet its locks. */
export function currentActivity(): string {
  return mode.getStore()?.activity ?? 'the application';
}

/**
 * Runs `work`, which builds the whole application for a `db` command. Its providers may use the database while they are
 * made, unlike those of the part that a command needs otherwise.
 */
export function buildingApplication<T>(work: () => Promise<T>): Promise<T> {
  return mode.run({ activity: currentActivity(), building: true }, work);
}

/** Whether the code runs while a `db` command builds the whole application. */
export function isBuildingApplication(): boolean {
  return mode.getStore()?.building === true;
}
