import { mysqlSql } from '../lexical-rules.js';

const escapes: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** The text of a literal, hexadecimal or with doubled apostrophes and with backslashes as the default `sql_mode` treats them. */
export function readMySqlLiteral(sql: string): string | undefined {
  const [, hexadecimal] = /^convert\(0x((?:[\da-f]{2})+) using utf8mb4\)$/i.exec(sql) ?? [];
  if (hexadecimal !== undefined) return Buffer.from(hexadecimal, 'hex').toString('utf8');
  const body = /^(?:_utf8mb4)?\s*'((?:[^'\\]|''|\\[^])*)'$/.exec(sql)?.[1];
  return body?.replace(/''|\\([^])/g, (pair, escaped?: string) => {
    if (escaped === undefined) return "'";
    // these two have a meaning in `like`, and keep their backslash
    return escaped === '%' || escaped === '_' ? pair : (escapes[escaped] ?? escaped);
  });
}

/** SQL from MySQL's `information_schema`, which escapes the whole text once more and adds the character set. */
export function unescapeCatalogueText(text: string): string {
  const sql = fromBytes(text).replace(/\\([^])/g, (_pair, escaped: string) => escapes[escaped] ?? escaped);
  return withoutIntroducers(sql);
}

/**
 * MySQL keeps expressions in UTF-8 and shows each byte as a character: `Ã¼` for `ü`. What is no UTF-8 was written in
 * another character set, or is shown as it is.
 */
function fromBytes(text: string): string {
  if (/[^\0-\xff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** Turns `_utf8mb4'a'` into `'a'`: connections of MikroORM use that character set. */
export function withoutIntroducers(sql: string): string {
  return mysqlSql.mapCode(sql, (part) => part.replace(/_utf8mb4\s*$/i, ''));
}

/** The values of an `enum(…)` type. */
export function readItems(type: string): readonly string[] | undefined {
  const list = /^enum\s*\(([^]*)\)$/i.exec(type.trim())?.[1];
  return list?.match(/'(?:[^'\\]|''|\\[^])*'/g)?.map((item) => readMySqlLiteral(item) ?? item);
}
