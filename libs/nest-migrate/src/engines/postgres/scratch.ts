import { errorCode } from '../session/limits.js';
import { reachingWords } from '../scratch/reaching-words.js';
import {
  MARK,
  type Scratch,
  type ScratchServer,
  type ScratchTemplates,
  type ScratchTraits,
} from '../scratch/scratch.js';
import { type SqlSession } from '../session/sql-session.js';
import { postgresSql } from './lexical-rules.js';
import { keptSession } from './session/kept-session.js';
import { lockKey } from './session/lock.js';

const { quote, text: literal } = postgresSql;

/** Roles, databases and tablespaces belong to the whole server, and a subscription connects to another one. */
const reaching = [
  /^(?:create|alter|drop) (?:role|user(?! mapping)|group|database|tablespace|subscription)\b/,
  /^alter system\b/,
  /^(?:reassign|drop) owned\b/,
  /^comment on (?:role|database|tablespace|subscription)\b/,
  /^security label (?:for \S+ )?on (?:role|database|tablespace|subscription)\b/,
  /^import foreign schema\b/,
  // membership of a role names no object
  /^(?:grant|revoke)\b(?!.* on )/,
  /^(?:grant|revoke)\b.*? on (?:database|tablespace|parameter)\b/,
];

const KEPT = 'a snapshot of nest-migrate, used last at ';

const templates: ScratchTemplates = {
  async copy(session, from, to) {
    await session.execute(`create database ${quote(to)} template ${quote(from)}`);
    await mark(session, to, MARK);
  },

  async seal(session, draft, name) {
    await session.execute(`alter database ${quote(draft)} rename to ${quote(name)}`);
    await templates.touch(session, name);
    await session.execute(`alter database ${quote(name)} allow_connections false`);
  },

  touch: (session, name) => mark(session, name, `${KEPT}${new Date().toISOString()}`),

  async list(session, prefix) {
    const found = await session.query<{ name: string; size: string | number; comment: string | null }>(
      `select datname as name, pg_database_size(oid) as size, shobj_description(oid, 'pg_database') as comment
         from pg_database where starts_with(datname, ${literal(prefix)}) and pg_get_userbyid(datdba) = current_user`,
    );
    return found
      .filter(({ comment }) => comment?.startsWith(KEPT))
      .map(({ name, size, comment }) => ({
        name,
        size: Number(size),
        modifiedMs: Date.parse(comment?.slice(KEPT.length) ?? '') || 0,
      }));
  },

  async drop(session, name) {
    await session.execute(`drop database if exists ${quote(name)}`);
  },
};

async function mark(session: SqlSession, name: string, text: string): Promise<void> {
  await session.execute(`comment on database ${quote(name)} is ${literal(text)}`);
}

const server: ScratchServer = {
  management: 'postgres',
  current: 'select current_database() as name',

  async keepsSession(session, way) {
    const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
    return (await way.leadsTo(Number(row?.pid))) || (await keptSession(session, way)) !== undefined;
  },

  async traits(session) {
    const [found] = await session.query<{ database: string; home: string | null; path: string }>(
      `select (to_jsonb(d) || jsonb_build_object('encoding', pg_encoding_to_char(d.encoding)))::text as database,
              current_schema() as home, current_setting('search_path') as path
         from pg_database d where d.datname = current_database()`,
    );
    if (found === undefined) return { options: '', first: [], session: [] };
    const home = found.home ?? 'public';
    return {
      options: optionsOf(JSON.parse(found.database) as DatabaseRow),
      first: home === 'public' ? [] : [`create schema if not exists ${quote(home)}`],
      session: [`select set_config('search_path', ${literal(found.path)}, false)`],
    };
  },

  async create(session, name, traits) {
    await session.execute(`create database ${quote(name)} template template0${traits?.options ?? ''}`);
    await mark(session, name, MARK);
  },

  async unmark(session, name) {
    await session.execute(`comment on database ${quote(name)} is null`);
  },

  async list(session, prefix) {
    const found = await session.query<{ name: string; comment: string | null }>(
      `select datname as name, shobj_description(oid, 'pg_database') as comment from pg_database
        where starts_with(datname, ${literal(prefix)}) order by 1`,
    );
    return found.map(({ name, comment }) => ({ name, isMarked: comment === MARK }));
  },

  async isEmpty(session) {
    const [row] = await session.query<{ objects: number | string }>(
      `select ${['class', 'proc', 'type', 'namespace', 'extension', 'largeobject_metadata']
        .map((kind) => `(select count(*) from pg_${kind} where oid >= ${FIRST_OF_USERS})`)
        .join(' + ')} as objects`,
    );
    return Number(row?.objects) === 0;
  },

  async drop(session, name) {
    try {
      // waits until sessions that are being closed are gone, and ends an autovacuum, which `force` may only as a superuser
      await session.execute(`drop database if exists ${quote(name)}`);
    } catch (error) {
      if (errorCode(error) !== IN_USE) throw error;
      await session.execute(`drop database if exists ${quote(name)} with (force)`);
    }
  },

  async hold(session, name) {
    await keepAlive(session);
    await session.query(`select pg_advisory_lock(${ownerKey(name)})`);
  },

  async isHeld(session, name) {
    const key = ownerKey(name);
    // an advisory lock belongs to the database in which it was taken, and the view shows those of all databases
    const [row] = await session.query<{ held: boolean }>(
      `select exists (select 1 from pg_locks where locktype = 'advisory' and granted and objsubid = 1
          and classid = ${BigInt.asUintN(32, key >> 32n)} and objid = ${BigInt.asUintN(32, key)}) as held`,
    );
    return row?.held === true;
  },

  async version(session) {
    const [row] = await session.query<{ version: string }>(
      `select version() || (select string_agg(name || default_version, ' ' order by name) from pg_available_extensions) as version`,
    );
    return row?.version ?? '';
  },

  templates,

  isForbidden: (error) => errorCode(error) === '42501',

  async grant(session) {
    const [row] = await session.query<{ role: string }>('select current_user as role');
    return `alter role ${quote(row?.role)} createdb`;
  },
};

const IN_USE = '55006';

/** Objects of the server itself have smaller numbers. */
const FIRST_OF_USERS = 16_384;

function ownerKey(name: string): bigint {
  return lockKey(`scratch:${name}`);
}

async function keepAlive(session: SqlSession): Promise<void> {
  // the setting is there from version 14 on
  await session.query(
    `select set_config(name, '0', false) from pg_settings where name in ('idle_session_timeout', 'statement_timeout', 'lock_timeout')`,
  );
}

/** A row of `pg_database`. The columns of the locale are different in each version. */
interface DatabaseRow {
  readonly encoding: string;
  readonly datcollate: string;
  readonly datctype: string;
  readonly datlocprovider?: string;
  readonly daticulocale?: string | null;
  readonly datlocale?: string | null;
  readonly daticurules?: string | null;
}

function optionsOf(row: DatabaseRow): ScratchTraits['options'] {
  const { encoding, datcollate, datctype, datlocprovider = 'c', daticurules } = row;
  const locale = row.datlocale ?? row.daticulocale;
  const options: (readonly [string, string | null | undefined])[] = [
    ['encoding', encoding],
    ['lc_collate', datcollate],
    ['lc_ctype', datctype],
  ];
  if (datlocprovider === 'i')
    options.push(['locale_provider', 'icu'], ['icu_locale', locale], ['icu_rules', daticurules]);
  if (datlocprovider === 'b') options.push(['locale_provider', 'builtin'], ['builtin_locale', locale]);
  return options
    .map(([name, value]) => (value === null || value === undefined ? '' : ` ${name} ${literal(value)}`))
    .join('');
}

/** PostgreSQL on a server. */
export const postgresScratch: Scratch = {
  server,
  beyond: (sql) => reachingWords(sql, postgresSql.rules, reaching),
};

/** PGlite: the scratch database is a whole instance in memory, so nothing reaches beyond it. */
export const pgliteScratch: Scratch = { beyond: () => undefined };
