import { quoteIdentifier, unquoteIdentifier } from './quoting.js';
import { type LexicalRules, tokensOf } from './sql-lexer.js';

/** A piece of SQL other than a blank or a comment. */
export type Word = CodeWord | QuotedWord;

interface Place {
  /** As written, but for a name with letters as numbers, which is written with the letters. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface CodeWord extends Place {
  readonly kind: 'word' | 'number' | 'symbol';
  /** The text in lower case. */
  readonly code: string;
}

interface QuotedWord extends Place {
  readonly kind: 'name' | 'string' | 'body';
  /** What is quoted is never a keyword or a mark. */
  readonly code?: undefined;
}

/** A word may begin with a digit on MySQL, so a number ends where no word goes on. */
const CODE =
  /(?<number>(?:0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(?![\p{L}\p{N}_$\u0080-\u{10ffff}]))|(?<word>[\p{L}\p{N}_$\u0080-\u{10ffff}]+)|\|\||<<|>>|<=|>=|<>|!=|==|->>|->|\S/gu;

/** The words of SQL, one after the other. */
export function wordsOf(sql: string, rules: LexicalRules): Iterable<Word> {
  const words = piecesOf(sql, rules);
  // few texts have such a name, and all statements are read
  return rules.unicodeNames === true && /u&/i.test(sql) ? withUnicodeNames([...words]) : words;
}

/** Puts `U&"d!0061ta" uescape '!'` together: it is one name. */
function* withUnicodeNames(words: readonly Word[]): Generator<Word> {
  for (let at = 0; at < words.length; at++) {
    const [first, and, name, uescape, mark] = words.slice(at, at + 5) as readonly (Word | undefined)[];
    const isUnicode =
      first?.code === 'u' &&
      and?.code === '&' &&
      name?.kind === 'name' &&
      first.end === and.start &&
      and.end === name.start;
    if (!isUnicode) {
      yield words[at];
      continue;
    }
    const isMarked = uescape?.code === 'uescape' && mark?.kind === 'string';
    const letters = withLetters(valueOf(name), isMarked ? valueOf(mark) : '\\');
    yield { kind: 'name', text: quoteIdentifier(letters, '"'), start: first.start, end: (isMarked ? mark : name).end };
    at += isMarked ? 4 : 2;
  }
}

/** A text with its letters in the place of their numbers: four hexadecimal digits, or six behind a plus. */
function withLetters(text: string, mark: string): string {
  const escaped = `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`;
  const number = new RegExp(`${escaped}(?:(${escaped})|([0-9a-f]{4})|\\+([0-9a-f]{6}))`, 'giu');
  return text.replaceAll(number, (_whole, same?: string, four?: string, six?: string) => {
    if (same !== undefined) return same;
    const code = Number.parseInt(four ?? six ?? '', 16);
    // a number beyond the last letter is refused by the server
    return code > 0x10ffff ? '' : String.fromCodePoint(code);
  });
}

function* piecesOf(sql: string, rules: LexicalRules): Generator<Word> {
  for (const { kind, start, end } of tokensOf(sql, rules)) {
    if (kind === 'lineComment' || kind === 'blockComment') continue;
    const text = sql.slice(start, end);
    if (kind === 'code') yield* codeWords(text, start);
    else yield { kind, text, start, end };
  }
}

function* codeWords(code: string, offset: number): Generator<Word> {
  for (const { 0: text, index, groups = {} } of code.matchAll(CODE)) {
    const start = offset + index;
    const kind = groups['number'] !== undefined ? 'number' : groups['word'] !== undefined ? 'word' : 'symbol';
    yield { kind, text, code: text.toLowerCase(), start, end: start + text.length };
  }
}

/** What a quoted name or a string stands for; a word in lower case, and anything else as written. */
export function valueOf({ kind, text, code }: Word): string {
  return kind === 'name' || kind === 'string' ? unquoteIdentifier(text) : (code ?? text);
}
