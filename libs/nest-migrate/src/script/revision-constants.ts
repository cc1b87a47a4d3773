import { NotUnderstood, SourceScanner, type Token } from './source-scanner.js';

/** The constants that a revision script exports. */
export const CONSTANT_NAMES = [
  'revision',
  'downRevision',
  'branchLabels',
  'dependsOn',
  'message',
  'createDate',
  'services',
  'replaces',
  'irreversible',
  'elidable',
  'accept',
  'importedFrom',
] as const;

/** The name of such a constant. */
export type ConstantName = (typeof CONSTANT_NAMES)[number];

/** The value of a constant, as it can be written without computing anything. */
export type ConstantValue =
  string | boolean | null | readonly ConstantValue[] | { readonly [property: string]: ConstantValue };

/**
 * The constants of a revision script that can be read without running it. A constant that the script does not export is
 * absent.
 */
export type RevisionConstants = { readonly [Name in ConstantName]?: ConstantValue };

const NAMES: ReadonlySet<string> = new Set(CONSTANT_NAMES);

/** Exports that can be none of the constants. */
const OTHER_EXPORT =
  /export\s+(?:(?:async\s+)?function|(?:abstract\s+)?class|interface|default|type\s+(?!\{)[\w$]+\s*[=<])(?![\w$])/y;
const OPENING = new Set('([{');
const CLOSING = new Set(')]}');
const DECLARATION_WORDS = new Set('async class const export function import let var'.split(' '));
const OTHER_EXPORT_WORDS = new Set('abstract async class default enum function interface namespace type'.split(' '));

/**
 * Reads the constants of a revision from its source text. Nothing is run.
 *
 * @returns 'unknown' if only running the file would tell: a constant is computed, renamed or destructured, or the text
 * is not an ES module that can be understood with certainty (compiled to CommonJS, bundled, minified).
 */
export function readConstants(text: string): RevisionConstants | 'unknown' {
  const plain = plainConstants(text);
  if (plain !== undefined) return plain;
  try {
    const constants = new ConstantsReader(text).read();
    return constants.revision === undefined && mayHideRevision(text) ? 'unknown' : constants;
  } catch (error) {
    // RangeError: the stack overflowed, on templates nested thousands of levels deep.
    if (error instanceof NotUnderstood || error instanceof RangeError) return 'unknown';
    throw error;
  }
}

/**
 * A part of a revision as templates write it: a comment, an import of types, a constant with a value of one token. Each
 * is whole in itself, so that what follows it is read as code again.
 */
const PLAIN_PART =
  /\/\*(?:[^*]|\*(?!\/))*\*\/\s*|import type \{[\w$, ]*\} from '[^'\\\n\r]*';\s*|export const (\w+) = (?:'([^'\\\n\r]*)'|(null|true|false));\s*/y;

const WORD_VALUES: Readonly<Record<string, ConstantValue>> = { null: null, true: true, false: false };

/**
 * Reads the constants of a text in which nothing but such parts stands before the last of them: thousands of revisions
 * take a fifth of the time that the scanner takes.
 *
 * @returns `undefined` where anything else stands there.
 */
function plainConstants(text: string): RevisionConstants | undefined {
  const last = lastConstantExport(text);
  const constants: { [Name in ConstantName]?: ConstantValue } = {};
  PLAIN_PART.lastIndex = 0;
  while (PLAIN_PART.lastIndex <= last) {
    const part = PLAIN_PART.exec(text);
    if (part === null) return undefined;
    const [, name, string, word = ''] = part;
    if (name === undefined) continue;
    if (!isConstantName(name) || name in constants) return undefined;
    constants[name] = string ?? WORD_VALUES[word];
  }
  return constants.revision === undefined ? undefined : constants;
}

/** Where the value of a constant stands in a source text; `undefined` where only running it would tell. */
export function constantPlace(
  text: string,
  name: ConstantName,
): { readonly start: number; readonly end: number } | undefined {
  try {
    const reader = new ConstantsReader(text);
    reader.read();
    return reader.places.get(name);
  } catch (error) {
    if (error instanceof NotUnderstood || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a module without an `export const revision` could still export one: by default export, or as CommonJS. */
function mayHideRevision(text: string): boolean {
  return /\b(?:revision|exports)\b/.test(text);
}

/**
 * Offset of the last place that could export a constant, or -1. The text after it need not be scanned: in an ordinary
 * revision that is everything from the first function on.
 */
function lastConstantExport(text: string): number {
  for (let at = text.lastIndexOf('export'); at !== -1; at = at === 0 ? -1 : text.lastIndexOf('export', at - 1)) {
    OTHER_EXPORT.lastIndex = at;
    const isWord = !/[\w$]/.test(text.charAt(at - 1)) && !/[\w$]/.test(text.charAt(at + 6));
    if (isWord && !OTHER_EXPORT.test(text)) return at;
  }
  return -1;
}

class ConstantsReader {
  /** Where the values stand that were read. */
  readonly places = new Map<ConstantName, { readonly start: number; readonly end: number }>();
  readonly #scanner: SourceScanner;
  /** Whether an exported declaration of something else is still open, in which `, revision = …` could follow. */
  #isOpen = false;
  readonly #constants: { [Name in ConstantName]?: ConstantValue } = {};

  constructor(text: string) {
    this.#scanner = new SourceScanner(text);
  }

  read(): RevisionConstants {
    const last = lastConstantExport(this.#scanner.text);
    let depth = 0;
    let previous = '';
    while (this.#scanner.position <= last || this.#isOpen) {
      const token = this.#scanner.next();
      if (token.kind === 'end') break;
      if (depth === 0) this.#topLevel(token, previous);
      previous = token.kind === 'punctuation' ? token.value : '';
      if (OPENING.has(previous)) depth += 1;
      if (CLOSING.has(previous)) depth -= 1;
      if (depth < 0) throw new NotUnderstood();
    }
    return this.#constants;
  }

  #topLevel(token: Token, previous: string): void {
    if (token.kind === 'punctuation' && token.value === ';') this.#isOpen = false;
    if (token.kind !== 'word') return;
    if (this.#isOpen && previous === ',' && NAMES.has(token.value)) throw new NotUnderstood();
    if (token.afterNewline && DECLARATION_WORDS.has(token.value)) this.#isOpen = false;
    if (token.value === 'export') this.#exportDeclaration();
  }

  #exportDeclaration(): void {
    const token = this.#scanner.next();
    if (token.value === '{' && token.kind === 'punctuation') return this.#exportList();
    if (token.kind !== 'word') throw new NotUnderstood();
    if (OTHER_EXPORT_WORDS.has(token.value)) return;
    if (token.value !== 'const' && token.value !== 'let' && token.value !== 'var') throw new NotUnderstood();
    const name = this.#expect('word');
    this.#isOpen = !isConstantName(name);
    if (!isConstantName(name)) return;
    if (token.value !== 'const') throw new NotUnderstood(); // could be assigned later
    this.#declarations(name);
  }

  /** Reads `export { a, b as c }`, which is harmless only if it has none of the names. */
  #exportList(): void {
    for (;;) {
      const token = this.#scanner.next();
      if (token.value === '}' && token.kind === 'punctuation') return;
      const isHarmless = token.kind === 'word' ? !NAMES.has(token.value) : token.value === ',';
      if (!isHarmless) throw new NotUnderstood();
    }
  }

  #declarations(first: ConstantName): void {
    for (let name = first; ;) {
      if (name in this.#constants) throw new NotUnderstood();
      if (this.#skip(':')) this.#type();
      this.#expect('punctuation', '=');
      const { start } = this.#scanner.peek();
      this.#constants[name] = this.#literal();
      this.places.set(name, { start, end: this.#scanner.position });
      while (!this.#scanner.peek().afterNewline && ['as', 'satisfies'].includes(this.#scanner.peek().value)) {
        this.#expect('word');
        this.#type();
      }
      if (!this.#skip(',')) return this.#endOfStatement();
      const following = this.#expect('word');
      this.#isOpen = !isConstantName(following);
      if (!isConstantName(following)) return;
      name = following;
    }
  }

  #literal(): ConstantValue {
    const token = this.#scanner.next();
    if (token.kind === 'string') return token.value;
    if (token.kind === 'word' && token.value === 'null') return null;
    if (token.kind === 'word' && (token.value === 'true' || token.value === 'false')) return token.value === 'true';
    if (token.kind !== 'punctuation') throw new NotUnderstood();
    if (token.value === '[') return this.#list();
    if (token.value === '{') return this.#object();
    throw new NotUnderstood();
  }

  #list(): ConstantValue {
    const items: ConstantValue[] = [];
    while (!this.#skip(']')) {
      items.push(this.#literal());
      if (this.#scanner.peek().value !== ']') this.#expect('punctuation', ',');
    }
    return items;
  }

  #object(): ConstantValue {
    const properties: Record<string, ConstantValue> = {};
    while (!this.#skip('}')) {
      const { kind, value: name } = this.#scanner.next();
      // `__proto__: …` sets the prototype, and is no property
      if ((kind !== 'word' && kind !== 'string') || name === '__proto__') throw new NotUnderstood();
      this.#expect('punctuation', ':');
      properties[name] = this.#literal();
      if (this.#scanner.peek().value !== '}') this.#expect('punctuation', ',');
    }
    return properties;
  }

  /**
   * Checks that the statement ends after a literal, since only then the literal is the whole value. In `'a'` with `+
   * 'b'` on the next line it is not.
   */
  #endOfStatement(): void {
    if (this.#skip(';')) return;
    const token = this.#scanner.peek();
    if (token.kind === 'end') return;
    const continues = ['as', 'in', 'instanceof', 'satisfies'].includes(token.value);
    if (!token.afterNewline || token.kind !== 'word' || continues) throw new NotUnderstood();
  }

  #type(): void {
    if (!this.#skip('|')) this.#skip('&');
    do this.#typeOperand();
    while (this.#skip('|') || this.#skip('&'));
  }

  #typeOperand(): void {
    const token = this.#scanner.next();
    if (token.kind === 'punctuation' && token.value === '(') {
      this.#type();
      this.#expect('punctuation', ')');
    } else if (token.kind === 'punctuation' && token.value === '[') {
      this.#typeList(']');
    } else if (token.kind === 'punctuation' && token.value === '{') {
      this.#objectType();
    } else if (token.kind === 'word') {
      if (['keyof', 'readonly', 'typeof', 'unique'].includes(token.value)) return this.#typeOperand();
      while (this.#skip('.')) this.#scanner.next();
      if (this.#skip('<')) this.#typeList('>');
    } else if (token.kind !== 'string' && token.kind !== 'number') {
      throw new NotUnderstood();
    }
    while (!this.#scanner.peek().afterNewline && this.#skip('[')) this.#typeList(']');
  }

  /** Skips the members of an object type: nothing in them can be one of the constants. */
  #objectType(): void {
    for (let depth = 1; depth > 0;) {
      const { kind, value } = this.#scanner.next();
      if (kind === 'end') throw new NotUnderstood();
      if (kind !== 'punctuation') continue;
      if (OPENING.has(value)) depth += 1;
      if (CLOSING.has(value)) depth -= 1;
    }
  }

  #typeList(end: string): void {
    while (!this.#skip(end)) {
      this.#type();
      if (this.#scanner.peek().value !== end) this.#expect('punctuation', ',');
    }
  }

  #skip(punctuation: string): boolean {
    const token = this.#scanner.peek();
    if (token.kind !== 'punctuation' || token.value !== punctuation) return false;
    this.#scanner.next();
    return true;
  }

  #expect(kind: Token['kind'], value?: string): string {
    const token = this.#scanner.next();
    if (token.kind !== kind || (value !== undefined && token.value !== value)) throw new NotUnderstood();
    return token.value;
  }
}

/** Whether an export of this name is one of the constants. */
export function isConstantName(name: string): name is ConstantName {
  return NAMES.has(name);
}
