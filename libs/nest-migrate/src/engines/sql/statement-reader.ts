import { unquoteIdentifier } from './quoting.js';
import { type LexicalRules, tokensOf } from './sql-lexer.js';

/** How an engine's statements are read. */
export interface SqlLanguage {
  readonly rules: LexicalRules;
  /** A name that is not quoted, as it is stored. */
  readonly fold: (name: string) => string;
}

/** A piece of SQL that means something: blanks and comments are between them. */
export interface Word {
  readonly kind: 'word' | 'name' | 'string' | 'body' | 'symbol';
  /** What it says: a word in lower case, everything else as it stands. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Goes through a statement from its first word to its last. */
export class StatementReader {
  private readonly words: readonly Word[];
  private at = 0;

  constructor(
    readonly sql: string,
    private readonly language: SqlLanguage,
  ) {
    this.words = wordsOf(sql, language.rules);
  }

  /** Goes past the given words where they come next, all of them; else stays. */
  takes(...expected: readonly string[]): boolean {
    const found = expected.every((text, index) => this.words[this.at + index]?.text === text);
    if (found) this.at += expected.length;
    return found;
  }

  /** The first of several choices that comes next; each of words with blanks between them. */
  takesOneOf<T extends string>(...choices: readonly T[]): T | undefined {
    return choices.find((choice) => this.takes(...choice.split(' ')));
  }

  get next(): Word | undefined {
    return this.words[this.at];
  }

  skip(): Word | undefined {
    const word = this.words[this.at];
    this.at += 1;
    return word;
  }

  /** `name`, `"name"` or `schema.name`, in parts as they are stored; nothing where no name comes next. */
  name(): readonly string[] | undefined {
    const parts: string[] = [];
    do {
      const word = this.next;
      if (word?.kind !== 'word' && word?.kind !== 'name') return undefined;
      this.at += 1;
      parts.push(
        word.kind === 'name' ? unquoteIdentifier(word.text) : this.language.fold(this.sql.slice(word.start, word.end)),
      );
    } while (this.takes('.'));
    return parts;
  }

  /** What stands between the parenthesis that comes next and the one that closes it. */
  parenthesised(): string | undefined {
    const open = this.next;
    if (open?.text !== '(') return undefined;
    let depth = 0;
    for (let word = this.skip(); word !== undefined; word = this.skip()) {
      if (word.text === '(') depth += 1;
      if (word.text === ')') depth -= 1;
      if (depth === 0) return this.sql.slice(open.end, word.start).trim();
    }
    return undefined;
  }

  /** Everything up to a word, which comes next then; nothing where it does not come. */
  until(isEnd: (word: Word) => boolean): string | undefined {
    const start = this.next?.start;
    while (this.next !== undefined && !isEnd(this.next)) this.at += 1;
    return this.next === undefined || start === undefined ? undefined : this.sql.slice(start, this.next.start).trim();
  }

  /** Everything that is left. */
  rest(): string {
    return this.next === undefined ? '' : this.sql.slice(this.next.start).trim();
  }
}

function wordsOf(sql: string, rules: LexicalRules): readonly Word[] {
  return tokensOf(sql, rules).flatMap(({ kind, start, end }): readonly Word[] => {
    if (kind === 'lineComment' || kind === 'blockComment') return [];
    const text = sql.slice(start, end);
    if (kind !== 'code') return [{ kind, text, start, end }];
    return [...text.matchAll(/[\p{L}_$\d\u0080-\uffff]+|[^\s]/gu)].map((match): Word => {
      const place = { start: start + match.index, end: start + match.index + match[0].length };
      const isWord = /^[\p{L}_$\d\u0080-\uffff]/u.test(match[0]);
      return { kind: isWord ? 'word' : 'symbol', text: match[0].toLowerCase(), ...place };
    });
  });
}
