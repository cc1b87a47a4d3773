import { type DatabaseStatistics } from '../engines/statistics/statistics.js';
import { type CommandContext, type Common } from './command-context.js';
import { databaseOf } from './database-of.js';
import { readingOnly } from './read-only.js';

/** How long the database may take to tell its sizes, in milliseconds. */
const LIMIT = 10_000;

/**
 * What a live database tells of itself, read in a transaction that the server keeps from writing. `undefined` where there
 * is no database yet.
 */
export async function readStatistics(
  context: CommandContext,
  common: Common = {},
): Promise<DatabaseStatistics | undefined> {
  const database = databaseOf(context, common);
  if (!(await database.exists())) return undefined;
  const { engine } = database;
  return readingOnly(database, async (session) => {
    const limits = { lockTimeout: LIMIT, statementTimeout: LIMIT, retries: 0 };
    for (const sql of engine.session.limits?.setInTransaction?.(limits) ?? []) await session.execute(sql);
    return { readAt: new Date().toISOString(), ...(await engine.statistics(session)) };
  });
}
