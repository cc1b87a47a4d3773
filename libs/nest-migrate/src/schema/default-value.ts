import { type SqlReader } from '../engines/sql/sql-reader.js';
import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { plainLiteral } from '../engines/sql/quoting.js';
import { type ColumnDefinition } from '../operations/operation.js';
import { decodeValue, encodeValue, type EncodedValue, type Value } from '../operations/value.js';

/** The default of a column, given as a value where it is a plain one. */
export type DefaultDefinition = Pick<ColumnDefinition, 'default' | 'defaultRaw'>;

/** The families of types whose defaults are written and compared in the same way. */
export type TypeFamily = 'number' | 'boolean' | 'json' | 'other';

/**
 * Reads a string literal such as `'it''s'` (and `'it\'s'` where backslashes escape) and returns its text; `undefined`
 * for any other SQL.
 */
export type LiteralReader = (sql: string) => string | undefined;

/** How an engine's defaults are read. */
export interface DefaultReader {
  readonly types: { readonly readLiteral: LiteralReader };
  readonly sql: SqlReader;
}

/** The default as SQL: a value is escaped, an expression is kept as it is. */
export function defaultSql(
  { default: value, defaultRaw }: DefaultDefinition,
  platform: AbstractSqlPlatform,
): string | undefined {
  if (defaultRaw !== undefined) return defaultRaw;
  if (value === undefined || value === null) return undefined;
  return plainLiteral(platform, value);
}

/** SQL as a value where it is a plain literal for the column's family, else as an expression. */
export function describeDefault(sql: string, family: TypeFamily, engine: DefaultReader): DefaultDefinition {
  const text = engine.sql.stripOuterParentheses(sql);
  const literal = engine.types.readLiteral(text);
  if (literal !== undefined) return { default: valueOf(literal, family) };
  if (family === 'number' && isNumber(text)) return { default: valueOf(text, family) };
  if (family === 'boolean' && /^(?:true|false|0|1)$/i.test(text)) return { default: valueOf(text, family) };
  return { defaultRaw: sql };
}

/** An entity's `default` as the default of a column of this family. */
export function describeValue(value: Value, family: TypeFamily): DefaultDefinition {
  if (typeof value === 'bigint' || typeof value === 'string') return { default: valueOf(String(value), family) };
  if (family === 'boolean' && typeof value === 'number') return { default: value !== 0 };
  if (family === 'number' && typeof value === 'boolean') return { default: Number(value) };
  return { default: encodeValue(value) };
}

function valueOf(text: string, family: TypeFamily): EncodedValue {
  if (family === 'boolean' && /^(?:[01]|t|f|y|n|true|false|yes|no|on|off)$/i.test(text)) {
    return !/^(?:0|f|n|false|no|off)$/i.test(text);
  }
  if (family === 'json' || family === 'other' || !isNumber(text)) return text;
  const number = Number(text);
  if (Number.isSafeInteger(number) || !/^[-+]?\d+$/.test(text)) return isExact(text, number) ? number : text;
  return { $bigint: BigInt(text).toString() };
}

function isNumber(text: string): boolean {
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text);
}

/** Whether the number has kept all its digits as a floating point number. */
function isExact(text: string, number: number): boolean {
  return Number.isFinite(number) && text.replace(/e.*$/i, '').replace(/[^\d]/g, '').replace(/^0+/, '').length <= 15;
}

/** Whether two defaults are the same, as far as that shows without asking the engine. */
export function sameDefault(
  { from: a, to: b }: { readonly from: DefaultDefinition; readonly to: DefaultDefinition },
  family: TypeFamily,
  sql: SqlReader,
): boolean {
  if (a.defaultRaw !== undefined || b.defaultRaw !== undefined) {
    return (
      a.defaultRaw !== undefined &&
      b.defaultRaw !== undefined &&
      plainSql(a.defaultRaw, sql) === plainSql(b.defaultRaw, sql)
    );
  }
  if (family === 'json') return sameJson(a.default, b.default);
  if (family === 'number' && a.default != null && b.default != null) return sameNumber(a.default, b.default);
  return JSON.stringify(a.default ?? null) === JSON.stringify(b.default ?? null);
}

function sameNumber(a: EncodedValue, b: EncodedValue): boolean {
  const text = (value: EncodedValue): string => String(decodeValue(value));
  return text(a) === text(b) || (typeof a !== 'object' && typeof b !== 'object' && Number(a) === Number(b));
}

function sameJson(a: EncodedValue | undefined, b: EncodedValue | undefined): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a === b;
  try {
    return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
  } catch {
    return a === b; // not JSON: compare the texts
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/**
 * SQL for comparing: the engine's names for the current moment are one name. Blanks, and case outside of quotes, do not
 * count.
 */
function plainSql(text: string, sql: SqlReader): string {
  return sql.mapCode(sql.stripOuterParentheses(text), (code) =>
    code
      .toLowerCase()
      .replace(/\s+/g, '')
      .replace(
        /\b(?:now|current_timestamp|localtimestamp|localtime)\b(?:\((\d*)\))?/g,
        (_all, digits?: string) => `now(${digits ?? ''})`,
      ),
  );
}
