import { type ReadingSession } from '../fingerprint/schema-description.js';

/**
 * Reads sizes as they are at this moment. MySQL keeps them for a day, unless the session asks for new ones; MariaDB has
 * no such setting.
 */
export async function ofThisMoment<T>(
  session: Pick<ReadingSession, 'query'> & { execute?(sql: string): Promise<unknown> },
  read: () => Promise<T>,
): Promise<T> {
  const send = async (sql: string): Promise<unknown> => (session.execute ?? session.query).call(session, sql);
  const [setting] = await session.query<{ Value: string }>("show variables like 'information_schema_stats_expiry'");
  if (setting === undefined) return read();
  await send('set session information_schema_stats_expiry = 0');
  try {
    return await read();
  } finally {
    await send(`set session information_schema_stats_expiry = ${Number(setting.Value)}`);
  }
}
