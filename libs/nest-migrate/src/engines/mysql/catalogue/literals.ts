import { mysqlSql } from '../lexical-rules.js';

const escapes: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** A text literal as what it says: doubled apostrophes, and backslashes as the default `sql_mode` has them. */
export function readMySqlLiteral(sql: string): string | undefined {
  const body = /^(?:_utf8mb4)?\s*'((?:[^'\\]|''|\\[^])*)'$/.exec(sql)?.[1];
  return body?.replace(/''|\\([^])/g, (pair, escaped?: string) => {
    if (escaped === undefined) return "'";
    // these two mean something to `like`, and keep their backslash
    return escaped === '%' || escaped === '_' ? pair : (escapes[escaped] ?? escaped);
  });
}

/** SQL out of MySQL's `information_schema`, which escapes the whole of it once more and says the character set. */
export function unescapeCatalogueText(text: string): string {
  const sql = text.replace(/\\([^])/g, (_pair, escaped: string) => escapes[escaped] ?? escaped);
  return withoutIntroducers(sql);
}

/** `_utf8mb4'a'` as `'a'`: connections of MikroORM speak that character set. */
export function withoutIntroducers(sql: string): string {
  return mysqlSql.mapCode(sql, (part) => part.replace(/_utf8mb4\s*$/i, ''));
}

/** The values of an `enum(…)` or `set(…)` type. */
export function readItems(type: string): readonly string[] | undefined {
  const list = /^enum\s*\(([^]*)\)$/i.exec(type.trim())?.[1];
  return list?.match(/'(?:[^'\\]|''|\\[^])*'/g)?.map((item) => readMySqlLiteral(item) ?? item);
}
