import { type AbstractSqlPlatform, raw } from '@mikro-orm/sql';
import { type EncodedValue, decodeValue } from '../operations/value.js';

/** A value as SQL text, escaped as the engine's own driver would. */
export function literal(platform: AbstractSqlPlatform, encoded: EncodedValue): string {
  const value = decodeValue(encoded);
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  // MikroORM's platforms know Buffers, not plain byte arrays; PostgreSQL's puts a space before an `E''` literal
  return platform.quoteValue(value instanceof Uint8Array ? Buffer.from(value) : value).trim();
}

/** SQL with its `?` and `??` filled in; SQL without parameters is left as it is, question marks and all. */
export function formatSql(platform: AbstractSqlPlatform, sql: string, params: readonly EncodedValue[]): string {
  if (params.length === 0) return sql;
  const values = params.map((encoded) => {
    const value = decodeValue(encoded);
    // as digits: MySQL compares a number with a text as floating point, which a big one does not survive
    if (typeof value === 'bigint') return raw(value.toString());
    return value instanceof Uint8Array ? Buffer.from(value) : value;
  });
  return platform.formatQuery(sql, values);
}
