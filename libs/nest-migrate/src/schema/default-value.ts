import { type SqlReader } from '../engines/sql/sql-reader.js';
import { type AbstractSqlPlatform } from '@mikro-orm/sql';
import { plainLiteral } from '../engines/sql/literal.js';
import { type ColumnDefinition } from '../operations/operation.js';
import { decodeValue, encodeValue, type EncodedValue, type Value } from '../operations/value.js';

/** The default of a column, as a value where it is one. */
export type DefaultDefinition = Pick<ColumnDefinition, 'default' | 'defaultRaw'>;

/** How defaults of a type are written and compared. */
export type TypeFamily = 'number' | 'boolean' | 'json' | 'other';

/** Reads `'it''s'` (and `'it\'s'` where backslashes escape) as what it says; `undefined` for anything else. */
export type LiteralReader = (sql: string) => string | undefined;

/** How an engine's defaults are read. */
export interface DefaultReader {
  readonly readLiteral: LiteralReader;
  readonly sql: SqlReader;
}

/** The default as SQL: a value escaped, an expression as it is. */
export function defaultSql(
  { default: value, defaultRaw }: DefaultDefinition,
  platform: AbstractSqlPlatform,
): string | undefined {
  if (defaultRaw !== undefined) return defaultRaw;
  if (value === undefined || value === null) return undefined;
  return plainLiteral(platform, value);
}

/** SQL as a value where it is a plain literal of the column's kind, else as an expression. */
export function describeDefault(sql: string, family: TypeFamily, engine: DefaultReader): DefaultDefinition {
  const text = engine.sql.stripOuterParentheses(sql);
  const literal = engine.readLiteral(text);
  if (literal !== undefined) return { default: valueOf(literal, family) };
  if (family === 'number' && isNumber(text)) return { default: valueOf(text, family) };
  if (family === 'boolean' && /^(?:true|false|0|1)$/i.test(text)) return { default: valueOf(text, family) };
  return { defaultRaw: sql };
}

/** The value of an entity's `default` for a column of this kind. */
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

/** True where the number has not lost digits on its way through floating point. */
function isExact(text: string, number: number): boolean {
  return Number.isFinite(number) && text.replace(/e.*$/i, '').replace(/[^\d]/g, '').replace(/^0+/, '').length <= 15;
}

/** True where two defaults are the same without asking the engine. */
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
    return a === b; // no JSON after all: the texts decide
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The engine's several names for the present moment count as one; blanks and case outside of quotes do not count. */
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
