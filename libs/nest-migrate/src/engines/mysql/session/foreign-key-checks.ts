import { type SqlSession } from '../../session/sql-session.js';

/** Does something while the session compares no rows for foreign keys, and restores that by value. */
export async function unchecked<T>(session: SqlSession, work: () => Promise<T>): Promise<T> {
  const [row] = await session.query<{ checks: unknown }>('select @@session.foreign_key_checks as checks');
  const set = async (to: number): Promise<unknown> => session.execute(`set session foreign_key_checks = ${to}`);
  await set(0);
  try {
    return await work();
  } finally {
    // where this fails the connection is lost, and the first error says more
    await set(Number(row?.checks)).catch(() => undefined);
  }
}

/** The same for a script. */
export const scriptUnchecked = {
  before: ['set @nest_migrate_checks = @@session.foreign_key_checks;', 'set session foreign_key_checks = 0;'],
  after: ['set session foreign_key_checks = @nest_migrate_checks;'],
} as const;
