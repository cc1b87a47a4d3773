import { quoteString } from './quoting.js';
import { type AbstractSqlPlatform, BaseMySqlPlatform, raw } from '@mikro-orm/sql';
import { type EncodedValue, decodeValue } from '../../operations/value.js';

/** A value as SQL text. Its meaning does not depend on how the server's settings treat a backslash. */
export function literal(platform: AbstractSqlPlatform, encoded: EncodedValue): string {
  const value = decodeValue(encoded);
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && platform instanceof BaseMySqlPlatform) return mysqlText(value);
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
  if (typeof value !== 'string' || !(platform instanceof BaseMySqlPlatform)) return literal(platform, value);
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
 * A text for MySQL and MariaDB: hexadecimal where it contains characters that depend on `sql_mode`, or that their
 * clients change.
 */
export function mysqlText(value: string): string {
  if (/[\\\0\r\x1a]/.test(value)) return `_utf8mb4 ${hexadecimal(value)}`;
  return quoteString(value);
}

/**
 * The platform, with texts written by `write` where its own way depends on the server's `sql_mode`: MySQL and MariaDB.
 */
export function writingTexts(
  platform: AbstractSqlPlatform,
  write: (platform: AbstractSqlPlatform, text: string) => string,
): AbstractSqlPlatform {
  if (!(platform instanceof BaseMySqlPlatform)) return platform;
  const escape = (value: unknown): string =>
    typeof value === 'string' ? write(platform, value) : platform.escape(value);
  return Object.create(platform, { escape: { value: escape } }) as AbstractSqlPlatform;
}
