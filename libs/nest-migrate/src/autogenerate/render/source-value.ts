import { type EncodedValue } from '../../operations/value.js';

/** A piece of TypeScript that is printed as it stands, such as `new Date('…')`. */
export class Code {
  constructor(readonly text: string) {}
}

/** An object literal that always takes a line per key, however short it is. */
export class Block {
  constructor(readonly record: SourceRecord) {}
}

/**
 * A text of several lines, printed as a list of them that is joined: one line of SQL a line of TypeScript, whatever the
 * indentation around it.
 */
export class Lines {
  constructor(readonly lines: readonly string[]) {}
}

/** An object literal; keys without a value are not printed. */
export interface SourceRecord {
  readonly [key: string]: SourceValue | undefined;
}

/** What an argument of a verb can be made of. */
export type SourceValue =
  string | number | boolean | null | Code | Block | Lines | SourceRecord | readonly SourceValue[];

/** A value of an operation as TypeScript: what JSON had to wrap is unwrapped again. */
export function sourceOf(value: EncodedValue): SourceValue {
  if (value === null || typeof value !== 'object') return value;
  if ('$bigint' in value) return new Code(`${value.$bigint}n`);
  if ('$date' in value) return new Code(`new Date(${printString(value.$date)})`);
  return new Code(`Buffer.from(${printString(value.$bytes)}, 'base64')`);
}

/**
 * A string literal as Prettier leaves it: single quotes, double quotes where that saves escapes, and a template where
 * the text holds both kinds (SQL mostly does), since that reads best.
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

/** A number as Prettier leaves it. */
export function printNumber(value: number): string {
  return String(value).replace('e+', 'e');
}

/** A key of an object literal, which cannot be a template. `__proto__` is computed: plainly it would set the prototype. */
export function printKey(key: string): string {
  if (key === '__proto__') return `['__proto__']`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : printQuoted(key);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeText(text: string, delimiters: RegExp): string {
  return escapeInvisible(text.replace(delimiters, (character) => `\\${character}`));
}

/**
 * Escapes what would end a line or not survive an editor: control characters, line separators, marks that turn the
 * direction of the text around, and lone surrogates, which have no UTF-8.
 */
export function escapeInvisible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
