import { sqliteSql } from '../lexical-rules.js';
import { valueOf, type Word } from '../../sql/sql-words.js';
import { nameOf, sameName, tokens } from '../tokens.js';
import { isNumberType } from './types.js';

const sameOperators: Readonly<Record<string, string>> = { '!=': '<>', '==': '=' };

/**
 * SQLite keeps an expression as the text that it was given, and cannot be asked to normalise one. So both sides are
 * split into tokens here, and differences without a meaning are removed: blanks and comments, the case of words, quotes
 * around the name of a column, two spellings of an operator, outer parentheses.
 */
export function canonicalExpression(sql: string, columns: readonly string[]): string {
  return tokens(sqliteSql.stripOuterParentheses(sql))
    .map((token) => canonicalToken(token, columns))
    .join(' ');
}

function canonicalToken(token: Word, columns: readonly string[]): string {
  if (token.kind === 'string') return token.text;
  if (token.kind === 'number') return String(Number(valueOf(token).replaceAll('_', '')));
  if (token.kind === 'symbol') return sameOperators[token.text] ?? token.text;
  const column = columns.find((name) => sameName(name, nameOf(token)));
  if (column !== undefined) return `"${column}"`;
  return token.kind === 'name' ? `"${nameOf(token)}"` : valueOf(token);
}

/** A default as its value in a column of the type. */
export function canonicalDefault(sql: string, type: string): string {
  const text = sqliteSql.stripOuterParentheses(sql);
  const value = literalValue(text);
  if (value === undefined) return canonicalExpression(text, []);
  const isNumber = isNumberType(type) && value.trim() !== '' && Number.isFinite(Number(value)) && value.length <= 15;
  return `value ${isNumber ? String(Number(value)) : value}`;
}

/** The value of a literal, as text; `undefined` for an expression. */
function literalValue(sql: string): string | undefined {
  const [first, second, third] = tokens(sql);
  if (first === undefined || third !== undefined) return undefined;
  if (second !== undefined) {
    const sign = first.code === '-' || first.code === '+';
    return sign && second.kind === 'number' ? `${first.code === '-' ? '-' : ''}${valueOf(second)}` : undefined;
  }
  if (first.kind === 'string' || first.kind === 'number') return valueOf(first);
  if (first.kind !== 'word') return undefined;
  return first.code === 'true' ? '1' : first.code === 'false' ? '0' : undefined;
}
