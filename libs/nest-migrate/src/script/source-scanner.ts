/** Thrown when a text cannot be scanned with certainty. Callers in this folder catch it and return 'unknown'. */
export class NotUnderstood extends Error {}

/** A piece of source text. `value` is the decoded text of a string, and the text as written for anything else. */
export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'punctuation' | 'other' | 'end';
  readonly value: string;
  /** Whether there is a line break before this token, which may end a statement. */
  readonly afterNewline: boolean;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

type TokenText = Pick<Token, 'kind' | 'value'>;

const WORD = /[A-Za-z_$][\w$]*/y;
const UNICODE_WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
const SPACE = /\s*/y;
const LINE_END = /[\n\r\u2028\u2029]/;
const LINE_END_GLOBAL = /[\n\r\u2028\u2029]/g;
const PLAIN_STRING = /'([^'\\\n\r]*)'|"([^"\\\n\r]*)"/y;
const REGULAR_EXPRESSION = /\/(?:[^/\\[\n\r\u2028\u2029]|\\.|\[(?:[^\]\\\n\r\u2028\u2029]|\\.)*\])+\/[\w$]*/y;

const BEFORE_REGULAR_EXPRESSION = new Set(
  'case default delete do else extends in instanceof new return throw typeof void'.split(' '),
);
const MAYBE_BEFORE_REGULAR_EXPRESSION = new Set(['await', 'of', 'yield']);
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
};

/**
 * Splits TypeScript or JavaScript into tokens, in enough detail to tell code from comments, strings, templates and
 * regular expressions. Where a slash could be a division or the start of a regular expression, it gives up instead of
 * guessing: a wrong guess would skip code or read a string as code.
 */
export class SourceScanner {
  /** Offset after the last token that `next` returned. */
  position = 0;
  #offset = 0;
  #ahead: Token | undefined;
  /** The kind of the previous token. It decides what a slash means: after a value, a division. */
  #before: 'value' | 'operator' | 'unclear' = 'operator';
  #beforeCharacter = '';

  constructor(readonly text: string) {
    if (text.startsWith('#!')) this.#offset = this.#lineEndFrom(2);
  }

  next(): Token {
    const token = this.#ahead ?? this.#scan();
    this.#ahead = undefined;
    this.position = token.end;
    return token;
  }

  peek(): Token {
    this.#ahead ??= this.#scan();
    return this.#ahead;
  }

  #scan(): Token {
    const afterNewline = this.#skipBlanks();
    const start = this.#offset;
    const { kind, value } = this.#token();
    return { kind, value, afterNewline, start, end: this.#offset };
  }

  #token(): TokenText {
    const character = this.text.charAt(this.#offset);
    if (character === '') return { kind: 'end', value: '' };
    if (character === "'" || character === '"') return this.#value('string', this.#string(character));
    if (character === '`') {
      const value = this.#template();
      return value === undefined ? this.#value('other', '') : this.#value('string', value);
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return this.#value('number', number);
    const word = this.#word();
    if (word !== undefined) return this.#wordToken(word);
    if (character === '\\') throw new NotUnderstood();
    if (character === '/' && this.#before !== 'value') {
      const expression = this.#before === 'operator' ? this.#match(REGULAR_EXPRESSION) : undefined;
      if (expression === undefined) throw new NotUnderstood();
      return this.#value('other', expression);
    }
    return this.#punctuation(character);
  }

  #value(kind: Token['kind'], value: string): TokenText {
    this.#before = 'value';
    this.#beforeCharacter = '';
    return { kind, value };
  }

  #wordToken(word: string): TokenText {
    const isProperty = this.#beforeCharacter === '.';
    if (isProperty) this.#before = 'value';
    else if (BEFORE_REGULAR_EXPRESSION.has(word)) this.#before = 'operator';
    else this.#before = MAYBE_BEFORE_REGULAR_EXPRESSION.has(word) ? 'unclear' : 'value';
    this.#beforeCharacter = '';
    // A keyword used as a property name is no keyword, and must not be treated as one.
    return { kind: isProperty ? 'other' : 'word', value: word };
  }

  #punctuation(character: string): TokenText {
    const isDoubled = this.#offset > 0 && this.text.charAt(this.#offset - 1) === character;
    const isArrow = character === '>' && this.#offset > 0 && this.text.charAt(this.#offset - 1) === '=';
    if (character === ']') this.#before = 'value';
    else if (character === ')' || character === '}') this.#before = 'unclear';
    else if (character === '>') this.#before = isArrow ? 'operator' : 'unclear';
    else if (character === '!') this.#before = this.#before === 'operator' ? 'operator' : 'unclear';
    else if (character === '+' || character === '-') this.#before = isDoubled ? 'unclear' : 'operator';
    else this.#before = 'operator';
    this.#offset += 1;
    this.#beforeCharacter = character;
    return { kind: 'punctuation', value: character };
  }

  #word(): string | undefined {
    const start = this.#offset;
    const word = this.#match(WORD);
    const following = this.text.charCodeAt(this.#offset);
    if (following === 0x5c) throw new NotUnderstood(); // an identifier that contains an escape
    if (!(following > 0x7f)) return word;
    this.#offset = start;
    return this.#match(UNICODE_WORD);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.text)?.[0];
    if (match !== undefined) this.#offset += match.length;
    return match;
  }

  /** Skips spaces and comments. Returns whether there was a line break. */
  #skipBlanks(): boolean {
    const start = this.#offset;
    for (;;) {
      this.#match(SPACE);
      if (this.text.startsWith('//', this.#offset)) {
        this.#offset = this.#lineEndFrom(this.#offset);
      } else if (this.text.startsWith('/*', this.#offset)) {
        const end = this.text.indexOf('*/', this.#offset + 2);
        if (end === -1) throw new NotUnderstood();
        this.#offset = end + 2;
      } else {
        return this.#offset > start && LINE_END.test(this.text.slice(start, this.#offset));
      }
    }
  }

  #lineEndFrom(offset: number): number {
    LINE_END_GLOBAL.lastIndex = offset;
    return LINE_END_GLOBAL.exec(this.text)?.index ?? this.text.length;
  }

  #string(quote: string): string {
    PLAIN_STRING.lastIndex = this.#offset;
    const plain = PLAIN_STRING.exec(this.text);
    if (plain !== null) {
      this.#offset += plain[0].length;
      return plain[1] ?? plain[2] ?? '';
    }
    this.#offset += 1;
    let value = '';
    for (;;) {
      const character = this.text.charAt(this.#offset);
      if (character === '' || character === '\n' || character === '\r') throw new NotUnderstood();
      this.#offset += 1;
      if (character === quote) return value;
      value += character === '\\' ? this.#escape() : character;
    }
  }

  /** The text of a template. A template with substitutions is only skipped, and undefined is returned. */
  #template(): string | undefined {
    this.#offset += 1;
    let value: string | undefined = '';
    for (;;) {
      const character = this.text.charAt(this.#offset);
      if (character === '') throw new NotUnderstood();
      this.#offset += 1;
      if (character === '`') return value;
      if (character === '\\') {
        const escape = this.#escape();
        if (value !== undefined) value += escape;
      } else if (character === '$' && this.text.charAt(this.#offset) === '{') {
        this.#offset += 1;
        this.#substitution();
        value = undefined;
      } else if (value !== undefined && character === '\r') {
        // Line breaks in a template are \n, whatever the file uses.
        if (this.text.charAt(this.#offset) === '\n') this.#offset += 1;
        value += '\n';
      } else if (value !== undefined) {
        value += character;
      }
    }
  }

  #substitution(): void {
    this.#before = 'operator';
    this.#beforeCharacter = '';
    for (let depth = 0; ;) {
      const token = this.#scan();
      if (token.kind === 'end') throw new NotUnderstood();
      if (token.kind !== 'punctuation') continue;
      if (token.value === '{') depth += 1;
      else if (token.value === '}' && depth === 0) return;
      else if (token.value === '}') depth -= 1;
    }
  }

  #escape(): string {
    const character = this.text.charAt(this.#offset);
    this.#offset += 1;
    const simple = SIMPLE_ESCAPES[character];
    if (simple !== undefined) return simple;
    if (character === 'x') return this.#codePoint(/[\da-f]{2}/iy);
    if (character === 'u') {
      if (this.text.charAt(this.#offset) !== '{') return this.#codePoint(/[\da-f]{4}/iy);
      this.#offset += 1;
      const value = this.#codePoint(/[\da-f]+/iy);
      if (this.text.charAt(this.#offset) !== '}') throw new NotUnderstood();
      this.#offset += 1;
      return value;
    }
    if (character === '0' && !/\d/.test(this.text.charAt(this.#offset))) return '\0';
    if (character === '' || /\d/.test(character)) throw new NotUnderstood(); // octal: an error in a module
    if (character === '\r' && this.text.charAt(this.#offset) === '\n') this.#offset += 1;
    return LINE_END.test(character) ? '' : character;
  }

  #codePoint(digits: RegExp): string {
    const value = parseInt(this.#match(digits) ?? '', 16);
    if (!(value <= 0x10ffff)) throw new NotUnderstood();
    return String.fromCodePoint(value);
  }
}
