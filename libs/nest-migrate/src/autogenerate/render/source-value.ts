import { type EncodedValue } from '../../operations/value.js';

/** A piece of TypeScript that is printed as it is, such as `new Date('…')`. */
export class Code {
  constructor(readonly text: string) {}
}

/** An object literal that always takes one line per key, however short it is. */
export class Block {
  constructor(readonly record: SourceRecord) {}
}

/**
 * A text of several lines, printed as a list of lines that is joined. So each line of SQL is one line of TypeScript,
 * whatever its indentation.
 */
export class Lines {
  constructor(readonly lines: readonly string[]) {}
}

/** An object literal; keys without a value are not printed. */
export interface SourceRecord {
  readonly [key: string]: SourceValue | undefined;
}

/** The values that an argument of a verb can consist of. */
export type SourceValue =
  string | number | boolean | null | Code | Block | Lines | SourceRecord | readonly SourceValue[];

/** A value of an operation as TypeScript. Values that were encoded for JSON are decoded. */
export function sourceOf(value: EncodedValue): SourceValue {
  if (value === null || typeof value !== 'object') return value;
  if ('$bigint' in value) return new Code(`${value.$bigint}n`);
  if ('$date' in value) return new Code(`new Date(${printString(value.$date)})`);
  return new Code(`Buffer.from(${printString(value.$bytes)}, 'base64')`);
}

/**
 * A string literal as Prettier prints it: single quotes, or double quotes where that saves escapes. A text with both
 * kinds of quotes (as SQL often has) becomes a template, which is the most readable.
 */
export function printString(text: string): string {
  if (text.includes("'") && text.includes('"')) return '`' + escapeText(text, /[\\`]|\$(?=\{)/g) + '`';
  return printQuoted(text);
}

function printQuoted(text: string): string {
  const singles = text.split("'").length;
  const doubles = text.split('"').length;
  return singles > doubles ? `"${escapeText(text, /[\\"]/g)}"` : `'${escapeText(text, /[\\']/g)}'`;
}

/** A number as Prettier prints it. */
export function printNumber(value: number): string {
  return String(value).replace('e+', 'e');
}

/**
 * A key of an object literal, which cannot be a template. `__proto__` is computed, since a plain `__proto__` would set
 * the prototype.
 */
export function printKey(key: string): string {
  if (key === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : printQuoted(key);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeText(text: string, delimiters: RegExp): string {
  return escapeInvisible(text.replace(delimiters, (character) => `\\${character}`));
}

/**
 * Escapes characters that would end a line or not survive an editor: control characters, line separators, marks that
 * change the direction of text, and lone surrogates, which UTF-8 cannot encode.
 */
export function escapeInvisible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
