import { type SqlSession } from '../../session/sql-session.js';
import { type SessionSettings } from '../../session/settings.js';
import { postgresSql } from '../lexical-rules.js';
import { statementHeads } from '../../sql/statement-heads.js';
import { postgresLexicalRules } from '../lexical-rules.js';
import { customSettingsIn } from './custom-settings.js';

const { text: literal } = postgresSql;

/**
 * The identity of the session, which `pg_settings` does not list. The user comes first, since setting it resets the
 * role.
 */
const IDENTITY =
  "select 'session_authorization' as name, session_user::text as value union all select 'role', current_setting('role')";

const NAMED = ['session_authorization', 'role'];

/** The beginnings of statements that only define something. */
const DEFINES =
  /^(?:comment on|drop|(?:alter|create(?: or replace)?(?: unique)?) (?:table|index|view|sequence|type|domain|function|procedure|trigger))\b/;

/** The words behind which such a statement may have an expression, which may call a function. */
const EXPRESSES = /\b(?:as|check|default|execute|generated|using|when|where|with)\b/i;

/** What runs such code, or does more than to define something. */
const COMPUTES = /\bset_config\b|\bcreate\s+(?:unlogged\s+)?table\b[^(]*\bas\b/i;

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
  // to read a text takes longer than to see that there is nothing to read
  unlistedIn: (sql) => (/set/i.test(sql) ? customSettingsIn(sql) : []),
  look: (_, unlisted) => {
    const custom = unlisted.map((name) => `, ${valueOf(literal(name))}`).join('');
    // without an order: the server lists them in the same one, and another order only means another look
    return `select concat_ws(' ', session_user, current_setting('role'), (select md5(string_agg(concat(name, '=', setting), ' ')) ${SETTINGS})${custom}) as settings`;
  },
  // to read the settings one by one takes the server a tenth of the time that its list of all takes
  glance: (settings, unlisted) => {
    const listed = [...settings.keys()].filter((name) => !NAMED.includes(name) && !unlisted.includes(name));
    const custom = unlisted.map((name) => `, ${valueOf(literal(name))}`).join('');
    const names = literal(`{${listed.map((name) => `"${name}"`).join(',')}}`);
    return `concat_ws(' ', session_user, current_setting('role'), (select md5(string_agg(pg_catalog.current_setting(name), ' ')) from unnest(${names}::text[]) as name)${custom})`;
  },
  keptBy: (sql) => {
    const heads = [...statementHeads(sql, { lexical: postgresLexicalRules })].filter((head) => head !== '');
    if (!heads.every((head) => DEFINES.test(head)) || COMPUTES.test(sql)) return 'nothing';
    // an index may be on expressions in its parentheses
    const isPlain = !EXPRESSES.test(sql) && (!/\bindex\b/i.test(sql) || sql.split('(').length === 2);
    return isPlain ? 'settings' : 'rights';
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
