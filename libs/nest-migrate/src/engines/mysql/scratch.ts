import { errorCode } from '../session/limits.js';
import { reachingWords } from '../scratch/reaching-words.js';
import { MARK, type Scratch, type ScratchServer } from '../scratch/scratch.js';
import { type SqlSession } from '../session/sql-session.js';
import { mysqlSql } from './lexical-rules.js';
import { dumpStatements } from './scratch-dump.js';
import { foreignQualifier } from './scratch-qualifiers.js';
import { mysqlTables } from './tables.js';

const { quote, text: literal } = mysqlSql;

/** Accounts, settings, logs and files belong to the whole server. */
const reaching = [
  /^(?:create|alter|drop|rename) (?:or replace )?(?:user|role|database|schema|tablespace|undo tablespace|logfile|server|resource group|spatial reference)\b/,
  /^set (?:.*?, )?(?:global|persist|persist_only|password|role|default role)\b/,
  /^set .*?@ ?@ ?(?:global|persist|persist_only)\b/,
  /^use\b/,
  // the membership of a role names no object
  /^(?:grant|revoke)\b(?!.* on )/,
  /^(?:grant|revoke)\b.*? on (?:\w+ )?\* \. \*/,
  /^(?:flush|reset|shutdown|restart|clone|purge|install|uninstall|change)\b/,
  /^(?:start|stop) (?:replica|slave|group_replication|all slaves)\b/,
  /^load data(?! local)\b/,
  /^select\b.*? into (?:outfile|dumpfile)\b/,
];

/** Where MySQL and MariaDB differ. */
export interface ScratchVariant {
  /** Whether a database has a comment, which marks it from its first moment; else a table does. */
  readonly hasComments: boolean;
  readonly processList: string;
}

/** Scratch databases on MySQL and MariaDB. */
export function mysqlScratch(variant: ScratchVariant): Scratch {
  return {
    server: serverOf(variant),
    beyond: (sql, database) =>
      reachingWords(sql, mysqlSql.rules, reaching) ?? foreignQualifier(sql, mysqlSql.rules, database),
  };
}

function serverOf({ hasComments, processList }: ScratchVariant): ScratchServer {
  return {
    management: 'information_schema',
    current: 'select database() as name',

    async traits(session) {
      const [found] = await session.query<{ charset: string; collation: string; mode: string }>(
        'select @@character_set_database as charset, @@collation_database as collation, @@session.sql_mode as mode',
      );
      if (found === undefined) return { options: '', first: [], session: [] };
      return {
        options: ` character set ${found.charset} collate ${found.collation}`,
        first: [],
        session: [`set session sql_mode = ${literal(found.mode)}`],
      };
    },

    async create(session, name, traits, versionTable) {
      const comment = hasComments ? ` comment = ${literal(MARK)}` : '';
      await session.execute(`create database ${quote(name)}${traits?.options ?? ''}${comment}`);
      // the version table, since nothing takes it for a table of the application
      const { create } = mysqlTables.version(versionTable, name);
      if (!hasComments) await session.execute(`${create} comment = ${literal(MARK)}`);
    },

    async unmark(session, name, versionTable) {
      await session.execute(
        hasComments
          ? `alter database ${quote(name)} comment = ''`
          : `alter table ${quote(name, versionTable)} comment = ''`,
      );
    },

    async list(session, prefix) {
      const mark = hasComments
        ? `schema_comment = ${literal(MARK)}`
        : `exists (select 1 from information_schema.tables
                    where table_schema = schema_name and table_comment = ${literal(MARK)})`;
      const found = await session.query<{ name: string; marked: number }>(
        `select schema_name as name, ${mark} as marked from information_schema.schemata
          where left(schema_name, ${prefix.length}) = ${literal(prefix)} order by 1`,
      );
      return found.map(({ name, marked }) => ({ name, isMarked: Number(marked) === 1 }));
    },

    async isEmpty(session) {
      const [row] = await session.query<{ objects: number | string }>(
        `select ${Object.entries({ tables: 'table', routines: 'routine', events: 'event', triggers: 'trigger' })
          .map(
            ([table, kind]) => `(select count(*) from information_schema.${table} where ${kind}_schema = database())`,
          )
          .join(' + ')} as objects`,
      );
      return Number(row?.objects) === 0;
    },

    async drop(session, name) {
      // a statement that a dead process has left running would be waited for
      const running = await session.query<{ id: number | string }>(
        `select id as id from ${processList} where db = ${literal(name)} and id <> connection_id()`,
      );
      for (const { id } of running) await session.execute(`kill ${id}`).catch(() => undefined);
      await session.execute(`drop database if exists ${quote(name)}`);
    },

    async hold(session, name) {
      await session.execute('set session wait_timeout = 604800');
      await session.query(`select get_lock(${literal(name)}, 0)`);
    },

    async isHeld(session, name) {
      const [row] = await session.query<{ id: number | null }>(`select is_used_lock(${literal(name)}) as id`);
      return row?.id != null;
    },

    async version(session) {
      const [row] = await session.query<{ version: string }>(
        "select concat_ws(' ', version(), @@lower_case_table_names, @@default_storage_engine) as version",
      );
      return row?.version ?? '';
    },

    dump: dumpStatements,

    isForbidden: (error) => FORBIDDEN.has(String(errorCode(error))),

    async grant(session, prefix) {
      return `grant all on ${quote(`${prefix.replaceAll('_', '\\_')}%`)}.* to ${await accountOf(session)}`;
    },
  };
}

/** Error codes: the account may not create the database. */
export const FORBIDDEN = new Set([
  'ER_DBACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
]);

/** The session's account, as `grant` takes it. */
export async function accountOf(session: SqlSession): Promise<string> {
  const [row] = await session.query<{ account: string }>('select current_user() as account');
  const account = row?.account ?? '';
  const at = account.lastIndexOf('@');
  return `${literal(account.slice(0, at))}@${literal(account.slice(at + 1))}`;
}
