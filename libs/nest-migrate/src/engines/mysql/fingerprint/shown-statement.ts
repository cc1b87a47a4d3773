import { errorCode } from '../../session/limits.js';
import { quoteIdentifier, unquoteIdentifier } from '../../sql/quoting.js';
import { tokensOf } from '../../sql/sql-lexer.js';
import { mysqlLexicalRules, mysqlSql } from '../lexical-rules.js';

/** A name as people write it: quoted where it has to be. */
export function plainName(name: string): string {
  return /^[a-z_][\w$]*$/i.test(name) ? name : quoteIdentifier(name, '`');
}

/** A statement that has no text of a user's own but in quotes. */
export function onOneLine(sql: string): string {
  return /\s\s|[^\S ]/.test(sql) ? mysqlSql.mapCode(sql, (code) => code.replace(/\s+/g, ' ')).trim() : sql.trim();
}

/** The statement without the role that owns the object. */
export function withoutDefiner(sql: string): string {
  return sql.replace(/\sDEFINER\s*=\s*(?:`(?:[^`]|``)*`@`(?:[^`]|``)*`|`(?:[^`]|``)*`|\S+)/i, '');
}

/** The text without the name of its own database before other names: another database of the same schema has another. */
export function withoutDatabaseName(sql: string, database: string): string {
  if (!sql.includes(`${quoteIdentifier(database, '`')}.`)) return sql;
  const tokens = tokensOf(sql, mysqlLexicalRules);
  const isQualifier = (index: number): boolean => {
    const { kind, start, end } = tokens[index] ?? { kind: 'code', start: 0, end: 0 };
    return kind === 'name' && sql.charAt(end) === '.' && unquoteIdentifier(sql.slice(start, end)) === database;
  };
  return tokens
    .map(({ start, end }, index) => {
      if (isQualifier(index)) return '';
      return sql.slice(isQualifier(index - 1) ? start + 1 : start, end);
    })
    .join('');
}

/** In place of a definition that the server does not show. */
export const UNSEEN = 'hidden';

/** How the server refuses those who may not read something. */
const DENIED: readonly unknown[] = ['ER_TABLEACCESS_DENIED_ERROR', 1142, 'ER_DBACCESS_DENIED_ERROR', 1044];

/** The result; `undefined` where the user may not have it. */
export async function unlessDenied<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (DENIED.includes(errorCode(error))) return undefined;
    throw error;
  }
}
