import { type CommandContext, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { type SqlResult } from './results.js';
import { type RunOptions } from './run.js';

/**
 * Options of `ensureVersion`.
 *
 * @example
 * await migrations.ensureVersion({ lockWaitTimeout: 10_000 });
 */
export type EnsureVersionOptions = Omit<RunOptions, 'target' | 'tag'>;

/** What `ensureVersion` did. */
export interface EnsureVersionResult {
  /** Whether the version table was created. False: it was there already. */
  readonly created: boolean;
}

/** Writes the SQL that creates the tool's own tables, and asks no database. */
export async function ensureVersion(
  context: CommandContext,
  options: EnsureVersionOptions & { sql: true },
): Promise<SqlResult>;
/**
 * Creates the version table and the history table, empty, where they do not exist yet, under the migration lock. Where
 * both exist, it takes no lock. For a caller that grants a role rights on them before the first upgrade.
 *
 * @throws LockTimeoutError where another process held the lock too long.
 */
export async function ensureVersion(
  context: CommandContext,
  options?: EnsureVersionOptions & { sql?: false },
): Promise<EnsureVersionResult>;
export async function ensureVersion(
  context: CommandContext,
  options: EnsureVersionOptions & { sql?: boolean } = {},
): Promise<EnsureVersionResult | SqlResult> {
  const database = databaseOf(context, options);
  if (options.sql === true) {
    const syntax = database.scriptSyntax(0);
    const creations = [
      database.versionTable.creation,
      ...(database.history === undefined ? [] : database.history.creation),
    ];
    return { steps: [], sql: creations.map((sql) => `${syntax.statement(sql)}\n`).join('') };
  }
  if (await database.pin((session) => database.hasTables(session))) return { created: false };
  const { lockWaitTimeout = context.options.lockWaitTimeout, signal } = options;
  const emit = emitter(context, options);
  return database.exclusive({ lockWaitTimeout, signal, emit }, async (session) => {
    const created = !(await database.versionTable.exists(session));
    await database.ensureTables(session);
    return { created };
  });
}
