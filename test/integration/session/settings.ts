import { type Engine } from '../../support/engines.ts';

/** A setting of a session. */
export interface Setting {
  /** The statements that a revision sets it with. */
  readonly set: readonly string[];
  /** A query of one value that tells how it is set. */
  readonly read: string;
  /** Ways in which it can't be set: a transaction that is open keeps what it began with, or the tool itself could not go on. */
  readonly not?: readonly Way[];
  /** What a revision fails with that sets it and throws; unless told, what it throws. */
  readonly failure?: object;
}

/** Where a revision sets something. */
export type Way = 'revision' | 'block' | 'failure';

const shown = (name: string, ...set: readonly string[]): Setting => ({
  set,
  read: `select current_setting('${name}')`,
});

/** A setting that an application invents, which no list of the server names. */
const custom = (name: string, ...set: readonly string[]): Setting => ({
  set,
  read: `select coalesce(current_setting('${name}', true), '')`,
});

const postgres: readonly Setting[] = [
  shown('session_replication_role', 'set session_replication_role = replica'),
  shown('role', 'set role pg_monitor'),
  { set: ['set session authorization pg_monitor'], read: 'select session_user', not: ['block'] },
  // the head of what pg_dump writes
  shown('search_path', "select pg_catalog.set_config('search_path', '', false)"),
  shown('check_function_bodies', 'set check_function_bodies = false'),
  shown('row_security', 'set row_security = off'),
  shown('TimeZone', "set timezone = 'Asia/Tokyo'"),
  shown('DateStyle', "set datestyle = 'SQL, DMY'"),
  shown('statement_timeout', "set statement_timeout = '12345s'"),
  shown('lock_timeout', "set lock_timeout = '1234s'", "set local lock_timeout = '4321s'"),
  shown('idle_in_transaction_session_timeout', "set idle_in_transaction_session_timeout = '1234s'"),
  shown('default_transaction_isolation', 'set session characteristics as transaction isolation level serializable'),
  { ...shown('default_transaction_read_only', 'set default_transaction_read_only = on'), not: ['block'] },
  shown('standard_conforming_strings', 'set standard_conforming_strings = off'),
  shown('work_mem', "set work_mem = '9MB'"),
  custom('app.tenant', "set app.tenant = 'x'"),
  custom('app.tenant', "/* which */ SET SESSION App . Tenant TO 'y'", "set local app.tenant = 'z'"),
  custom('app.quoted', `set "app"."Quoted" = 'x'`),
  custom('app.user', "select pg_catalog.set_config('app.user', 'x', false)"),
  custom('app.deep.name', "select 1, SET_CONFIG ( E'app.deep.name', 'x', false )"),
  custom('app.body', "do $$ begin perform set_config('app.body', 'x', false); end $$"),
  custom('app.said', "do $$ begin execute 'set app.said = 1'; end $$"),
  shown('application_name', "set application_name = 'it''s'"),
];

const variable = (name: string, value: string): Setting => ({
  set: [`set ${name} = ${value}`],
  read: `select @@session.${name}`,
});

const mysql: readonly Setting[] = [
  variable('autocommit', '0'),
  variable('foreign_key_checks', '0'),
  variable('unique_checks', '0'),
  variable('sql_mode', "'NO_AUTO_VALUE_ON_ZERO'"),
  variable('sql_mode', "'ANSI_QUOTES,PIPES_AS_CONCAT'"),
  variable('time_zone', "'+09:00'"),
  variable('sql_log_bin', '0'),
  variable('sql_safe_updates', '1'),
  variable('sql_select_limit', '0'),
  variable('auto_increment_increment', '7'),
  variable('lock_wait_timeout', '77'),
  variable('group_concat_max_len', '99'),
  { set: ['set names latin1'], read: 'select concat(@@character_set_client, @@collation_connection)' },
  { set: ['set character_set_results = null'], read: "select coalesce(@@character_set_results, 'none')" },
  {
    set: ['set session transaction isolation level serializable'],
    read: "select variable_value from performance_schema.session_variables where variable_name = 'transaction_isolation'",
  },
  { set: ['set timestamp = 5'], read: 'select now() < 20000000000000' },
  { set: ['use information_schema'], read: 'select database()' },
];

const mariadb: readonly Setting[] = mysql.map((setting) =>
  setting.read.includes('performance_schema') ? { ...setting, read: 'select @@session.tx_isolation' } : setting,
);

const pragma = (name: string, value: string, ...not: readonly Way[]): Setting => ({
  set: [`pragma ${name} = ${value}`],
  read: `select * from pragma_${name}`,
  not,
});

const sqlite: readonly Setting[] = [
  pragma('recursive_triggers', 'on'),
  pragma('ignore_check_constraints', 'on'),
  pragma('legacy_alter_table', 'on'),
  pragma('writable_schema', 'on'),
  pragma('reverse_unordered_selects', 'on'),
  pragma('cache_size', '77'),
  pragma('secure_delete', 'on'),
  pragma('foreign_keys', 'off', 'revision'),
  pragma('synchronous', 'off', 'revision'),
  pragma('busy_timeout', '77', 'revision'),
  pragma('journal_mode', 'memory', 'revision'),
  // nothing can be noted behind such a block, so that this is what the revision fails with
  { ...pragma('query_only', 'on', 'revision', 'block'), failure: { code: 'SQLITE_READONLY' } },
  { set: ['pragma case_sensitive_like = on'], read: "select 'a' like 'A'" },
  {
    set: ["attach ':memory:' as other"],
    read: "select count(*) from pragma_database_list where name <> 'temp'",
    not: ['revision'],
  },
];

export const settings: Readonly<Record<Engine, readonly Setting[]>> = {
  postgres,
  pglite: postgres,
  mysql,
  mariadb,
  sqlite,
};
