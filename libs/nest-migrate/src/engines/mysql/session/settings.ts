import { type SqlSession } from '../../session/sql-session.js';
import { errorCode } from '../../session/limits.js';
import { type SessionSettings } from '../../session/settings.js';
import { statementHeads } from '../../sql/statement-heads.js';
import { mysqlLexicalRules, mysqlSql } from '../lexical-rules.js';

const { quote, text: literal } = mysqlSql;

/** The tables in which a server lists the variables of a session, and their values for new sessions. */
export interface VariableTables {
  readonly session: string;
  readonly global: string;
}

export const mysqlVariables: VariableTables = {
  session: 'performance_schema.session_variables',
  global: 'performance_schema.global_variables',
};

/** `performance_schema` is off by default on MariaDB. */
export const mariadbVariables: VariableTables = {
  session: 'information_schema.session_variables',
  global: 'information_schema.global_variables',
};

/** Settings that are not variables, under names that no variable has. */
const DATABASE = 'database()';
const ROLE = 'current_role()';
const CLOCK = 'the clock';

/** Whether `set timestamp` has stopped the clock. */
const STOPPED = 'abs(@@session.timestamp - unix_timestamp(sysdate(6))) > 1';

/** The beginnings of statements that only define something. Defaults and generated columns call no stored function. */
const DEFINES =
  /^(?:create(?: or replace)?(?: unique| fulltext| spatial)? (?:table|index)|(?:alter|rename) table|drop (?:table|index|view|trigger|procedure|function|event))\b/;

/** What fills a table where it is created, by code that may set something. In the text, since the mode may end strings elsewhere. */
const COMPUTES = /\b(?:select|values|with)\b|\btable\b[^(]*\btable\b/i;

/**
 * The variables of a session as the server lists them. Variables without a global value (`last_insert_id`, `timestamp`)
 * are results of statements and not settings, unless their value is a word (`sql_log_bin`, `gtid_next`).
 */
export function mysqlSettings(tables: VariableTables): SessionSettings {
  return {
    async read(session) {
      const [own] = await session.query<Record<string, string | number | null>>(
        `select database() as place, current_role() as role, ${STOPPED} as stopped limit 1`,
      );
      const shared = new Set((await variables(session, tables.global)).keys());
      const settings = new Map<string, string | null>([
        [ROLE, own?.['role'] == null ? null : String(own['role'])],
        [DATABASE, own?.['place'] == null ? null : String(own['place'])],
        [CLOCK, String(own?.['stopped'])],
      ]);
      for (const [name, value] of await variables(session, tables.session)) {
        if (shared.has(name) || /[a-z]/i.test(value)) settings.set(name, value);
      }
      return settings;
    },
    look(settings) {
      const names = [...settings.keys()].map(literal).join(', ');
      // changes that affect all sessions alike cancel out
      const sum = (table: string): string =>
        `(select coalesce(sum(crc32(concat(variable_name, '=', variable_value))), 0) from ${table} where lower(variable_name) in (${names}))`;
      return `select concat_ws(' ', ${sum(tables.session)} - ${sum(tables.global)}, coalesce(database(), ''), coalesce(current_role(), ''), ${STOPPED}) as settings limit 1`;
    },
    keptBy(sql) {
      const heads = [...statementHeads(sql, { lexical: mysqlLexicalRules, isMySql: true })];
      const isPlain = heads.every((head) => head === '' || DEFINES.test(head)) && !COMPUTES.test(sql);
      return isPlain ? 'settings' : 'nothing';
    },
    restore(name, value) {
      if (name === ROLE) return [`set role ${roles(value)}`];
      if (name === DATABASE) return value === null ? [] : [`use ${quote(value)}`];
      if (name === CLOCK) return ['set timestamp = default'];
      if (!/^\w+(?:\.\w+)*$/.test(name)) return [];
      const set = (to: string): string => `set session ${name} = ${to}`;
      if (value === null || value === '') return [set("''"), set('null')];
      return /^-?\d+(?:\.\d+)?$/.test(value) ? [set(value), set(literal(value))] : [set(literal(value))];
    },
    // other variables can't be set inside a transaction, and restoring `autocommit` ends one
    identity: [ROLE, 'autocommit'],
    isNoSetting: (error) => NO_SETTING.includes(errorCode(error)),
    differInside: false,
  };
}

const NO_SETTING: readonly unknown[] = [
  'ER_INCORRECT_GLOBAL_LOCAL_VAR',
  'ER_GLOBAL_VARIABLE',
  'ER_VARIABLE_IS_READONLY',
];

/** MySQL returns `NONE`, or a list of quoted names; MariaDB nothing, or a name as it is. */
function roles(value: string | null): string {
  if (value === null || value === 'NONE') return 'none';
  return /^`(?:[^`]|``)*`@`(?:[^`]|``)*`(?:,`(?:[^`]|``)*`@`(?:[^`]|``)*`)*$/.test(value) ? value : literal(value);
}

async function variables(session: SqlSession, table: string): Promise<ReadonlyMap<string, string>> {
  // without a limit here, the session's own limit would apply
  const rows = await session.query<{ name: string; value: string | null }>(
    `select lower(variable_name) as name, variable_value as value from ${table} order by 1 limit 1000000`,
  );
  return new Map(rows.map(({ name, value }) => [name, value ?? '']));
}
