import { AsyncLocalStorage } from 'node:async_hooks';
import { type MikroORM } from '@mikro-orm/sql';
import { type ServiceSource } from '../commands/command-context.js';

/** The ORM of a scratch database, which stands in for that of one connection. */
export interface ScratchOrm {
  readonly orm: MikroORM;
  /** The connection's `contextName`; `undefined` for the default one. */
  readonly contextName: string | undefined;
}

/** Builds the whole application on a scratch database. Its providers are those of the result. */
export type BuildOnScratch = (scratch: ScratchOrm) => Promise<ServiceSource>;

interface DbCommandMode {
  readonly activity: string;
  /** The word of the group of commands; absent where it is not known. */
  readonly group?: string;
  /** Whether the application is being built whole. */
  readonly building?: boolean;
  /** How to build the application on a scratch database; absent where its root module is not known. */
  readonly buildOnScratch?: BuildOnScratch;
  /** What stands in for a connection's ORM while the application is being built. */
  readonly scratch?: ScratchOrm;
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
export function buildingApplication<T>(work: () => Promise<T>, scratch?: ScratchOrm): Promise<T> {
  return mode.run({ activity: currentActivity(), group: currentGroup(), building: true, scratch }, work);
}

/** Runs the work of a `db` command, which can have the application built on a scratch database meanwhile. */
export function ableToBuild<T>(buildOnScratch: BuildOnScratch, work: () => Promise<T>): Promise<T> {
  return mode.run({ activity: currentActivity(), ...mode.getStore(), buildOnScratch }, work);
}

/** How to build the application on a scratch database; `undefined` where that is not possible. */
export function scratchBuilder(): BuildOnScratch | undefined {
  return mode.getStore()?.buildOnScratch;
}

/**
 * The ORM of the scratch database that the application is being built on, for a connection; `undefined` where it is
 * built on its own databases.
 *
 * @throws where the application has another connection: its database would be opened.
 */
export function scratchInPlace(contextName: string | undefined): MikroORM | undefined {
  const scratch = mode.getStore()?.scratch;
  if (scratch === undefined || scratch.contextName === contextName) return scratch?.orm;
  throw new Error(NOT_ON_SCRATCH);
}

/** Why an application is not built on a scratch database. */
export const NOT_ON_SCRATCH =
  'the application has an ORM beside that of the scratch database; it may have one, which MigrationModule got in `orm`';

/** Whether the code runs while a `db` command builds the whole application. */
export function isBuildingApplication(): boolean {
  return mode.getStore()?.building === true;
}
