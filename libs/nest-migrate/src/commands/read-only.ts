import { type MigrationDatabase } from '../runtime/migration-database.js';
import { type PinnedSession } from '../runtime/pinned-session.js';

/** Does the work in a transaction that the server keeps from writing. */
export async function readingOnly<T>(
  database: MigrationDatabase,
  work: (session: PinnedSession) => Promise<T>,
): Promise<T> {
  const { before, begin, first, after } = database.engine.session.readOnly;
  return database.pin(async (session) => {
    for (const sql of before) await session.query(sql);
    try {
      await session.begin(begin);
      try {
        for (const sql of first) await session.query(sql);
        return await work(session);
      } finally {
        await session.rollback();
      }
    } finally {
      for (const sql of after) await session.query(sql);
    }
  });
}
