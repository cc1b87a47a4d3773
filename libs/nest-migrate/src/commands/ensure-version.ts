import { type CommandContext, databaseOf, emitter } from './command-context.js';
import { type RunOptions } from './run.js';

export type EnsureVersionOptions = Omit<RunOptions, 'target' | 'tag'>;

/** Whether the version table had to be made. */
export interface EnsureVersionResult {
  /** False: it was there already. */
  readonly created: boolean;
}

/**
 * Creates the version table, empty, where there is none: under the migration lock, unless it is there already. For
 * whoever gives a role rights on it before the first upgrade.
 *
 * @throws LockTimeoutError where another process held the lock too long.
 */
export async function ensureVersion(
  context: CommandContext,
  options: EnsureVersionOptions = {},
): Promise<EnsureVersionResult> {
  const database = databaseOf(context);
  if (await database.pin((session) => database.versionTable.exists(session))) return { created: false };
  const { lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  const emit = emitter(context, options);
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session) => ({
    created: await database.versionTable.ensure(session),
  }));
}
