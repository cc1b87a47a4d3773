import { unquoteIdentifier } from './quoting.js';
import { type LexicalRules } from './sql-lexer.js';
import { type Word, wordsOf } from './sql-words.js';

/** How an engine's statements are read. */
export interface SqlLanguage {
  readonly rules: LexicalRules;
  /** An unquoted name as the engine stores it. */
  readonly fold: (name: string) => string;
}

/** Reads a statement from its first word to its last. */
export class StatementReader {
  private readonly words: readonly Word[];
  private at = 0;

  constructor(
    readonly sql: string,
    private readonly language: SqlLanguage,
  ) {
    this.words = [...wordsOf(sql, language.rules)];
  }

  /** Reads the given words if all of them come next; else reads nothing and returns false. */
  takes(...expected: readonly string[]): boolean {
    const found = expected.every((code, index) => this.words[this.at + index]?.code === code);
    if (found) this.at += expected.length;
    return found;
  }

  /** Reads the first of several choices that comes next. A choice consists of words with blanks between them. */
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

  /**
   * Reads `name`, `"name"` or `schema.name`, and returns its parts as they are stored; `undefined` where no name comes
   * next.
   */
  name(): readonly string[] | undefined {
    const parts: string[] = [];
    do {
      const word = this.next;
      if (word?.kind !== 'word' && word?.kind !== 'name') return undefined;
      this.at += 1;
      parts.push(word.kind === 'name' ? unquoteIdentifier(word.text) : this.language.fold(word.text));
    } while (this.takes('.'));
    return parts;
  }

  /** Reads the parenthesis that comes next, and returns the text up to the one that closes it. */
  parenthesised(): string | undefined {
    const open = this.next;
    if (open?.code !== '(') return undefined;
    let depth = 0;
    for (let word = this.skip(); word !== undefined; word = this.skip()) {
      if (word.code === '(') depth += 1;
      if (word.code === ')') depth -= 1;
      if (depth === 0) return this.sql.slice(open.end, word.start).trim();
    }
    return undefined;
  }

  /** Reads everything before a word; `undefined` where there is no such word. */
  until(isEnd: (word: Word) => boolean): string | undefined {
    const start = this.next?.start;
    while (this.next !== undefined && !isEnd(this.next)) this.at += 1;
    return this.next === undefined || start === undefined ? undefined : this.sql.slice(start, this.next.start).trim();
  }

  /** Reads the rest. */
  rest(): string {
    return this.next === undefined ? '' : this.sql.slice(this.next.start).trim();
  }
}
