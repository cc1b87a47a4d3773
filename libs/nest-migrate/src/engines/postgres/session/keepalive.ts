import { type SqlSession } from '../../session/sql-session.js';
import { postgresSql } from '../lexical-rules.js';

const { text: literal } = postgresSql;

/**
 * Settings that make the server end a session whose client is gone, within half a minute: less than the default time
 * that others wait for its lock. In the units in which the server keeps them.
 */
const limits = {
  // a lost machine sends nothing: the server probes it after ten seconds of silence, four times in twenty seconds
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 4,
  // the same while data is being sent to the client, during which no keepalive is sent
  tcp_user_timeout: 30_000,
};
/**
 * A process that ends leaves its statement running, so the server checks on its client during the statement. Not on
 * Windows.
 */
const watching = { client_connection_check_interval: 5_000 };

/**
 * Makes the server notice within half a minute that this session's client is lost. Stricter settings are kept. Over a
 * Unix socket, where no machine can be lost, the TCP settings have no effect. Nothing is set on a server that knows
 * none of them.
 *
 * They are settings of the session. Behind a pooler that shares sessions (PgBouncer's transaction mode) they would
 * remain on another client's session, so this is only for a lock that belongs to the session.
 *
 * @returns a function that restores the settings, since the session belongs to a pool.
 */
export async function noticeLostClient(session: SqlSession): Promise<() => Promise<void>> {
  for (const settings of [{ ...limits, ...watching }, limits]) {
    try {
      const before = await limit(session, settings);
      return () => restore(session, before);
    } catch {
      // a server that does not support all settings refuses all of them; the lock works without
    }
  }
  return () => Promise.resolve();
}

interface Setting {
  readonly name: string;
  readonly setting: string;
}

/** Returns the previous values: the server evaluates them before it changes the first setting. */
function limit(session: SqlSession, settings: Readonly<Record<string, number>>): Promise<readonly Setting[]> {
  const entries = Object.entries(settings);
  const values = entries.map(
    ([name, value]) =>
      `when ${literal(name)} then case when setting::integer between 1 and ${value} then setting else ${literal(String(value))} end`,
  );
  return session.query<Setting>(
    `select name, setting, set_config(name, case name ${values.join(' ')} end, false)
       from pg_settings where name in (${entries.map(([name]) => literal(name)).join(', ')})`,
  );
}

async function restore(session: SqlSession, before: readonly Setting[]): Promise<void> {
  if (before.length === 0) return;
  const calls = before.map(({ name, setting }) => `set_config(${literal(name)}, ${literal(setting)}, false)`);
  await session.query(`select ${calls.join(', ')}`);
}
