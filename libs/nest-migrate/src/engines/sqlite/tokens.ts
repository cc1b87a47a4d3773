import { unquoteIdentifier, unquoteString } from '../sql/quoting.js';
import { tokensOf } from '../sql/sql-lexer.js';
import { sqliteLexicalRules } from './lexical-rules.js';

/** A piece of SQL other than a blank or a comment. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol';
  /** The token as written in the text. */
  readonly text: string;
  /** Its value: a name or a string without its quotes, a word in lower case. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const codePattern =
  /(?<number>0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?<word>[\p{L}_$\u0080-\u{10ffff}][\p{L}\p{N}_$\u0080-\u{10ffff}]*)|(?<symbol>\|\||<<|>>|<=|>=|<>|!=|==|->>|->|\S)/gu;

/** SQLite's SQL as tokens, split as by its own tokeniser. */
export function tokens(sql: string): readonly Token[] {
  const found: Token[] = [];
  for (const { kind, start, end } of tokensOf(sql, sqliteLexicalRules)) {
    const text = sql.slice(start, end);
    if (kind === 'code') found.push(...codeTokens(text, start));
    else if (kind === 'name') found.push({ kind, text, value: unquoteIdentifier(text), start, end });
    else if (kind === 'string' && isBlobMark(found.at(-1), start)) {
      const mark = found.pop()!;
      found.push({ kind, text: mark.text + text, value: mark.text + text, start: mark.start, end });
    } else if (kind === 'string') found.push({ kind, text, value: unquoteString(text), start, end });
  }
  return found;
}

/** Whether a token is the `x` of `x'0aff'`, which is one literal. */
function isBlobMark(token: Token | undefined, end: number): boolean {
  return token?.kind === 'word' && token.value === 'x' && token.end === end;
}

function codeTokens(code: string, offset: number): readonly Token[] {
  return [...code.matchAll(codePattern)].map((match): Token => {
    const { number, word } = match.groups ?? {};
    const [text] = match;
    const start = offset + match.index;
    const kind = number !== undefined ? 'number' : word !== undefined ? 'word' : 'symbol';
    return { kind, text, value: kind === 'symbol' ? text : text.toLowerCase(), start, end: start + text.length };
  });
}

/** The name that a token denotes. SQLite accepts a string as a name, too. */
export function nameOf(token: Token): string {
  return token.kind === 'word' ? token.text : token.value;
}

/** Whether two names are the same: case does not count, but SQLite ignores it only for ASCII letters. */
export function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
