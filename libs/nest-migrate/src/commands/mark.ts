import { type Mark } from '../runtime/database-mark.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';

/**
 * Options of `mark`.
 *
 * @example
 * await migrations.mark({ as: 'production' });
 */
export interface MarkOptions extends Common {
  /** What the database is marked as from now on; `null` deletes the mark. Default: the mark is only read. */
  as?: 'production' | null;
  /** How long to wait for another process that holds the migration lock, in milliseconds. Default: the module's. */
  lockWaitTimeout?: number;
}

/** What `mark` read or wrote. */
export interface MarkResult {
  /** What the database is marked as now; `null` where it is not marked. */
  readonly mark: 'production' | null;
  /** Whether that was another mark before. */
  readonly changed: boolean;
}

/**
 * Marks the database itself as production, deletes the mark, or reads it. What would lose everything that is in a marked
 * database is refused to every process until it names the database.
 *
 * @throws LockTimeoutError where another process held the lock too long.
 */
export async function mark(context: CommandContext, options: MarkOptions = {}): Promise<MarkResult> {
  const database = databaseOf(context, options);
  const { as, lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  const before: Mark = await database.readMark();
  if (as === undefined || as === before) return { mark: before, changed: false };
  const emit = emitter(context, options);
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session) => ({
    mark: as,
    changed: await database.mark.write(session, as),
  }));
}
