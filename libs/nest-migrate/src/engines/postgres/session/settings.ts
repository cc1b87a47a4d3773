import { type SqlSession } from '../../dialect.js';
import { type SessionSettings } from '../../session-settings.js';

/** Who the session is, which the server lists nowhere; the user comes first, since it takes the role away. */
const IDENTITY =
  "select 'session_authorization' as name, session_user::text as value union all select 'role', current_setting('role')";

/** What a session can set, but for what belongs to its transaction. */
const SETTINGS = `from pg_catalog.pg_settings where context in ('user', 'superuser')
  and name not in ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')`;

/**
 * What `pg_settings` lists, by any hand: at the start that is what the application's own hook for new connections made of it.
 * Settings of an application's own making (`app.tenant`) are listed nowhere.
 */
export const postgresSettings = (literal: (value: string) => string): SessionSettings => ({
  async read(session) {
    const rows = await session.query<{ name: string; value: string | null }>(
      `${IDENTITY} union all select name, setting ${SETTINGS}`,
    );
    return new Map(rows.map(({ name, value }) => [name, value]));
  },
  look: () =>
    `select concat_ws(' ', session_user, current_setting('role'), (select md5(string_agg(concat(name, '=', setting), ' ' order by name)) ${SETTINGS})) as settings`,
  restore: (name, value) => [`select pg_catalog.set_config(${literal(name)}, ${literal(value ?? '')}, false)`],
  identity: ['session_authorization', 'role'],
  isNoSetting: () => false,
  differInside: false,
  leftovers: temporaryTables,
});

async function temporaryTables(session: SqlSession): Promise<readonly string[]> {
  const rows = await session.query<{ name: string }>(
    "select relname as name from pg_catalog.pg_class where relnamespace = pg_my_temp_schema() and relkind in ('r', 'v', 'S') order by 1",
  );
  return rows.map(({ name }) => `the temporary table ${name}`);
}
