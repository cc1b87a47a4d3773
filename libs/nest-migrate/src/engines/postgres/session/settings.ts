import { type SqlSession } from '../../session/sql-session.js';
import { type SessionSettings } from '../../session/settings.js';
import { postgresSql } from '../lexical-rules.js';
import { customSettingsIn } from './custom-settings.js';

const { text: literal } = postgresSql;

/**
 * The identity of the session, which `pg_settings` does not list. The user comes first, since setting it resets the
 * role.
 */
const IDENTITY =
  "select 'session_authorization' as name, session_user::text as value union all select 'role', current_setting('role')";

/** The settings of a session, without those that belong to its transaction. */
const SETTINGS = `from pg_catalog.pg_settings where context in ('user', 'superuser')
  and name not in ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')`;

/**
 * The settings that `pg_settings` lists, whatever set them: at the start they include those of the application's own
 * hook for new connections. An application's own settings (`app.tenant`) are not listed, so the SQL that sets them has
 * to name them. Such a setting can't be removed again: without a value it is empty, as after `reset`.
 */
export const postgresSettings: SessionSettings = {
  async read(session, unlisted = []) {
    const custom = unlisted.map((name) => ` union all select ${literal(name)}, ${valueOf(literal(name))}`);
    const rows = await session.query<{ name: string; value: string | null }>(
      `${IDENTITY} union all select name, setting ${SETTINGS}${custom.join('')}`,
    );
    return new Map(rows.map(({ name, value }) => [name, value]));
  },
  unlistedIn: customSettingsIn,
  look: (_, unlisted) => {
    const custom = unlisted.map((name) => `, ${valueOf(literal(name))}`).join('');
    return `select concat_ws(' ', session_user, current_setting('role'), (select md5(string_agg(concat(name, '=', setting), ' ' order by name)) ${SETTINGS})${custom}) as settings`;
  },
  restore: (name, value) => [`select pg_catalog.set_config(${literal(name)}, ${literal(value ?? '')}, false)`],
  identity: ['session_authorization', 'role'],
  isNoSetting: () => false,
  differInside: false,
  leftovers: temporaryTables,
};

/** The value of a setting that may never have been set. */
function valueOf(name: string): string {
  return `coalesce(pg_catalog.current_setting(${name}, true), '')`;
}

async function temporaryTables(session: SqlSession): Promise<readonly string[]> {
  const rows = await session.query<{ name: string }>(
    "select relname as name from pg_catalog.pg_class where relnamespace = pg_my_temp_schema() and relkind in ('r', 'v', 'S') order by 1",
  );
  return rows.map(({ name }) => `the temporary table ${name}`);
}
