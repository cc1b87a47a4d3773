import { type AbstractSqlPlatform, raw } from '@mikro-orm/sql';
import { type EncodedValue, decodeValue } from '../../operations/value.js';
import { isOfFamily } from './platform-class.js';

/** One quoted identifier: a dot inside it stays part of the name, and a quote character is doubled. */
export function quoteIdentifier(name: string, mark: '"' | '`'): string {
  return mark + name.replaceAll(mark, mark + mark) + mark;
}

/** Identifiers, each quoted, joined with dots; absent ones are left out. */
export function quoteQualified(names: readonly (string | undefined)[], mark: '"' | '`'): string {
  return names
    .filter((name) => name !== undefined && name !== '')
    .map((name) => quoteIdentifier(name!, mark))
    .join('.');
}

/** The name in a quoted identifier: `"a""b"`, `` `a` ``, `[a]`. */
export function unquoteIdentifier(quoted: string): string {
  const close = quoted.slice(-1);
  const inner = quoted.slice(1, -1);
  return close === ']' ? inner : inner.replaceAll(close + close, close);
}

/** A text as a standard string literal, in which a backslash is an ordinary character. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text as a string literal in which a backslash escapes, as on some engines or under some settings. */
export function quoteEscapedString(text: string): string {
  return quoteString(text.replaceAll('\\', '\\\\'));
}

/** The text of a standard string literal. */
export function unquoteString(quoted: string): string {
  return quoted.slice(1, -1).replaceAll("''", "'");
}

/** A value as SQL text. Its meaning does not depend on how the server's settings treat a backslash. */
export function literal(platform: AbstractSqlPlatform, encoded: EncodedValue): string {
  const value = decodeValue(encoded);
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return textOn(platform, value);
  // MikroORM's platforms know Buffers, but not plain byte arrays; PostgreSQL's puts a space before an `E''` literal
  return platform.quoteValue(value instanceof Uint8Array ? Buffer.from(value) : value).trim();
}

/** SQL with its `?` and `??` filled in. SQL without parameters is not changed, even if it contains question marks. */
export function formatSql(platform: AbstractSqlPlatform, sql: string, params: readonly EncodedValue[]): string {
  if (params.length === 0) return sql;
  const values = params.map((encoded) => {
    const value = decodeValue(encoded);
    // as digits: MySQL compares a number with a text as floating point, which loses digits of a large number
    if (typeof value === 'bigint') return raw(value.toString());
    return value instanceof Uint8Array ? Buffer.from(value) : value;
  });
  return writingTexts(platform, isOfRows(sql) ? literal : plainLiteral).formatQuery(sql, values);
}

/**
 * Whether a statement accepts any expression as a value and stores none. A statement that defines something may
 * refuse an expression or store it.
 */
export function isOfRows(sql: string): boolean {
  return /^\s*(?:select|insert|update|delete|replace|call|do|with)\b/i.test(sql);
}

/**
 * As {@link literal}, for places where MySQL and MariaDB accept only a plain string (comments, items of an enum,
 * passwords). Under `NO_BACKSLASH_ESCAPES` a backslash would become two; see {@link Statement.portable}.
 */
export function plainLiteral(platform: AbstractSqlPlatform, value: EncodedValue): string {
  if (typeof value !== 'string' || !isOfFamily(platform, 'BaseMySqlPlatform')) return literal(platform, value);
  const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\0': '\\0', '\x1a': '\\Z', "'": "''" };
  return `'${value.replace(/[\\\0\x1a']/g, (character) => escapes[character])}'`;
}

/**
 * A text within an expression that MySQL or MariaDB stores, such as the default of a `text` column. Both write such an
 * expression down again, and cannot read what they have written under `NO_BACKSLASH_ESCAPES`.
 */
export function storedText(value: string): string {
  return /[\\\0\r\n\x1a'"]/.test(value) ? `convert(${hexadecimal(value)} using utf8mb4)` : quoteString(value);
}

const portable = new WeakSet<AbstractSqlPlatform>();

/**
 * The platform of MySQL or MariaDB for statements whose effect holds under any `sql_mode`: what the server stores as an
 * expression has no string in it that the mode could change.
 */
export function portablePlatform(platform: AbstractSqlPlatform): AbstractSqlPlatform {
  const made = Object.create(platform) as AbstractSqlPlatform;
  portable.add(made);
  return made;
}

/** Whether a platform is one of {@link portablePlatform}. */
export function isPortable(platform: AbstractSqlPlatform): boolean {
  return portable.has(platform);
}

function hexadecimal(value: string): string {
  return `0x${Buffer.from(value, 'utf8').toString('hex')}`;
}

/**
 * A text for PostgreSQL, under `standard_conforming_strings`. With a backslash it uses the escape form, which needs no
 * setting.
 */
export function postgresText(value: string): string {
  const quoted = quoteEscapedString(value);
  return value.includes('\\') ? `E${quoted}` : quoted;
}

/**
 * A text for MySQL and MariaDB: hexadecimal where it contains characters that depend on `sql_mode`, or that their
 * clients change.
 */
export function mysqlText(value: string): string {
  if (/[\\\0\r\x1a]/.test(value)) return `_utf8mb4 ${hexadecimal(value)}`;
  return quoteString(value);
}

/** A text as each engine's own writing of it says. */
function textOn(platform: AbstractSqlPlatform, text: string): string {
  if (isOfFamily(platform, 'BaseMySqlPlatform')) return mysqlText(text);
  return isOfFamily(platform, 'BasePostgreSqlPlatform') ? postgresText(text) : quoteString(text);
}

/**
 * The platform, with texts written by `write` where its own way depends on the server's `sql_mode`: MySQL and MariaDB.
 */
export function writingTexts(
  platform: AbstractSqlPlatform,
  write: (platform: AbstractSqlPlatform, text: string) => string,
): AbstractSqlPlatform {
  if (!isOfFamily(platform, 'BaseMySqlPlatform')) return platform;
  const escape = (value: unknown): string =>
    typeof value === 'string' ? write(platform, value) : platform.escape(value);
  return Object.create(platform, { escape: { value: escape } }) as AbstractSqlPlatform;
}
