import { type SqlSession } from '../../session/sql-session.js';
import { quoteQualified } from '../../sql/quoting.js';
import { type SessionSettings } from '../../session/settings.js';
import { text } from '../ddl/live-table.js';

/**
 * The settings of a connection. SQLite's list mixes them with values kept in the file (`user_version`) and with pragmas
 * that do something when they are read (`optimize`), so they are named here. Those that a build does not have are left
 * out.
 */
const OF_CONNECTION = [
  ...['analysis_limit', 'automatic_index', 'busy_timeout', 'cache_spill', 'cell_size_check', 'checkpoint_fullfsync'],
  ...['count_changes', 'empty_result_callbacks', 'foreign_keys', 'full_column_names', 'fullfsync', 'hard_heap_limit'],
  ...['ignore_check_constraints', 'legacy_alter_table', 'query_only', 'read_uncommitted', 'recursive_triggers'],
  ...['reverse_unordered_selects', 'short_column_names', 'soft_heap_limit', 'temp_store', 'threads', 'trusted_schema'],
  'writable_schema',
];

/** The settings that a connection has for each open file. */
const OF_FILE = [
  ...['cache_size', 'journal_mode', 'journal_size_limit', 'locking_mode', 'max_page_count'],
  'synchronous',
];

/** Settings that are not pragmas, under names that no pragma has. */
const FILES = 'the attached files';
const LIKE = 'case_sensitive_like';

/** A pragma, and the expression that reads it. */
interface Pragma {
  readonly name: string;
  readonly column: string;
}

type Row = Record<string, string | number | null>;

type Files = Readonly<Record<string, string>>;

/** The connection is the application's own: what a revision sets affects the application unless it is restored. */
export const sqliteSettings: SessionSettings = {
  async read(session) {
    const files = await attached(session);
    const known = new Set((await session.query<{ name: string }>('pragma pragma_list')).map(({ name }) => name));
    const settings = new Map<string, string | null>([[FILES, JSON.stringify(files)]]);
    const places = ['main', ...Object.keys(files)];
    const pragmas: readonly Pragma[] = [
      ...OF_CONNECTION.map((name) => ({ name, column: `(select * from pragma_${name})` })),
      ...places.flatMap((place) => OF_FILE.map((name) => pragmaOf(place, name))),
    ];
    const listed = pragmas.filter(({ name }) => known.has(name.split('.').at(-1) ?? ''));
    // all in one query, since this runs around each transaction
    const [row] = await session.query<Row>(
      `select ${listed.map(({ column }, at) => `${column} as c${at}`).join(', ')}`,
    );
    for (const [at, { name }] of listed.entries()) settings.set(name, textOf(row?.[`c${at}`]));
    // these cannot be read as functions, or not for one file
    const ofFile = (place: string): readonly string[] =>
      ['mmap_size', 'secure_delete'].map((name) => `${quoteQualified([place], '`')}.${name}`);
    for (const name of ['wal_autocheckpoint', ...places.flatMap(ofFile)]) {
      settings.set(name, await value(session, `pragma ${name}`));
    }
    // this pragma cannot be read, so its effect is tested
    settings.set(LIKE, await value(session, "select 'a' not like 'A'"));
    return settings;
  },
  restore(name, before, now) {
    if (name === FILES) return reattach(JSON.parse(before ?? '{}') as Files, JSON.parse(now ?? '{}') as Files);
    // WAL mode belongs to the file, and a revision that sets it means to change the file
    if (/journal_mode$/.test(name) && (before === 'wal' || now === 'wal')) return [];
    return before === null || now === null ? [] : [`pragma ${name} = ${before}`];
  },
  // nothing else sets any, since neither a trigger nor a function of SQL may
  keptBy: (sql) => (/pragma|attach|detach|load_extension/i.test(sql) ? 'nothing' : 'settings'),
  identity: [],
  isNoSetting: () => false,
  differInside: true,
  async leftovers(session) {
    const rows = await session.query<{ type: string; name: string }>(
      'select type, name from sqlite_temp_master order by name',
    );
    return rows.map(({ type, name }) => `the temporary ${type} ${name}`);
  },
};

async function attached(session: SqlSession): Promise<Files> {
  const rows = await session.query<{ name: string; file: string | null }>('pragma database_list');
  const files = rows.filter(({ name }) => name !== 'main' && name !== 'temp');
  return Object.fromEntries(files.map(({ name, file }) => [name, file ?? '']));
}

function reattach(before: Files, now: Files): readonly string[] {
  const gone = Object.entries(before).find(([name, file]) => now[name] !== file);
  const added = Object.keys(now).find((name) => before[name] !== now[name]);
  // one at a time: a new reading shows what is left to do
  if (added !== undefined) return [`detach database ${quoteQualified([added], '`')}`];
  return gone === undefined ? [] : [`attach database ${text(gone[1])} as ${quoteQualified([gone[0]], '`')}`];
}

function pragmaOf(place: string, name: string): Pragma {
  const column = `(select * from pragma_${name} where schema = ${text(place)})`;
  return { name: `${quoteQualified([place], '`')}.${name}`, column };
}

async function value(session: SqlSession, query: string): Promise<string | null> {
  const [row] = await session.query<Row>(query);
  return textOf(Object.values(row ?? {})[0]);
}

function textOf(found: string | number | null | undefined): string | null {
  return found === undefined || found === null ? null : String(found);
}
