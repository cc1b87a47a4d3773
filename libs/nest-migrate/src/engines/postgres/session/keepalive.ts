import { type SqlSession } from '../../dialect.js';

/**
 * What makes the server end a session whose client is gone, within half a minute: less than others wait for its lock by
 * default. In the units that the server keeps them in.
 */
const limits = {
  // a machine that is lost says nothing: it is asked after ten seconds of silence, four times in twenty seconds
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 4,
  // the same where an answer is on its way to it, for which no keepalive is sent
  tcp_user_timeout: 30_000,
};
/** A process that ended leaves its statement running: the server looks after its client in between. Not on Windows. */
const watching = { client_connection_check_interval: 5_000 };

/**
 * Has the server notice within half a minute that this session's client is lost. Settings that are stricter stay; over a
 * Unix socket, where no machine can be lost, those of TCP are without effect. Nothing is set on a server that knows none of
 * them.
 *
 * They are settings of the session: behind a pooler that hands sessions around (PgBouncer's transaction mode) they would be
 * left on somebody else's, so this is only for a lock that lives with the session.
 *
 * @returns sets them back; the session belongs to a pool.
 */
export async function noticeLostClient(session: SqlSession): Promise<() => Promise<void>> {
  for (const settings of [{ ...limits, ...watching }, limits]) {
    try {
      const before = await limit(session, settings);
      return () => restore(session, before);
    } catch {
      // a server that can't do all of it refuses all of it; the lock is as good without
    }
  }
  return () => Promise.resolve();
}

interface Setting {
  readonly name: string;
  readonly setting: string;
}

/** Answers what was set before: the server reads all settings before it changes the first. */
function limit(session: SqlSession, settings: Readonly<Record<string, number>>): Promise<readonly Setting[]> {
  const entries = Object.entries(settings);
  const values = entries.map(
    ([name, value]) =>
      `when '${name}' then case when setting::integer between 1 and ${value} then setting else '${value}' end`,
  );
  return session.query<Setting>(
    `select name, setting, set_config(name, case name ${values.join(' ')} end, false)
       from pg_settings where name in (${entries.map(([name]) => `'${name}'`).join(', ')})`,
  );
}

async function restore(session: SqlSession, before: readonly Setting[]): Promise<void> {
  if (before.length === 0) return;
  const calls = before.map(({ name, setting }) => `set_config('${name}', '${setting}', false)`);
  await session.query(`select ${calls.join(', ')}`);
}
