import { TemplateInvalidError } from '../errors/script.errors.js';
import { literalContent, stringLiteral } from './literals.js';
import { NotUnderstood, SourceScanner } from './source-scanner.js';
import { PLACEHOLDER, surroundingsOf } from './template-surroundings.js';

/** The values that fill a template. */
export interface TemplateValues {
  /** Code, each block on its own lines. Every template needs all of them. */
  readonly blocks: Readonly<Record<string, string>>;
  /**
   * Texts. They are escaped for the place where they are inserted: a comment, a string, or code, where they become a
   * string.
   */
  readonly texts: Readonly<Record<string, string>>;
}

/** A line that contains only a placeholder. */
const OWN_LINE = /^(\s*)\$\{(\w+)\}\s*$/;
/** The start of a comment line, repeated where the text continues over several lines. */
const COMMENT_PREFIX = /^\s*(?:\*|\/\/)?\s*$/;
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** Control characters, lone surrogates, and marks that make text look like other text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Whether the template has a place for the block, on its own line. */
export function hasBlock(template: string, name: string): boolean {
  return template.split('\n').some((line) => OWN_LINE.exec(line)?.[2] === name);
}

/**
 * Fills a template. `${name}` is replaced, `$${name}` stands for the text `${name}`.
 *
 * @param name - the name of the template in errors.
 * @throws TemplateInvalidError, with the line, for an unknown placeholder, and for a required one that is missing,
 * appears twice or is not on its own line.
 */
export function fillTemplate(template: string, name: string, { blocks, texts }: TemplateValues): string {
  const blockOf = new Map(Object.entries(blocks));
  const textOf = new Map(Object.entries(texts));
  const normalized = template.replace(/\r\n/g, '\n');
  const surroundingAt = surroundingsOf(normalized);
  const lineOfBlock = new Map<string, number>();
  let begin = 0;

  const lines = normalized.split('\n').map((line, index) => {
    const invalid = (problem: string, cure: string): TemplateInvalidError =>
      new TemplateInvalidError(name, `${problem} (line ${index + 1})`, cure);
    const lineBegin = begin;
    begin += line.length + 1;
    const [, space = '', key = ''] = OWN_LINE.exec(line) ?? [];
    const block = blockOf.get(key);
    if (block !== undefined) {
      const first = lineOfBlock.get(key);
      if (first !== undefined) throw invalid(`has \${${key}} again, after line ${first}`, 'Take one of them out.');
      lineOfBlock.set(key, index + 1);
      return indent(block, space);
    }
    let filled = '';
    let end = 0;
    let touchesComment = false;
    for (const { 0: placeholder, 1: word = '', index: offset } of line.matchAll(PLACEHOLDER)) {
      filled = (touchesComment ? inComment : plainly)(filled, line.slice(end, offset));
      end = offset + placeholder.length;
      touchesComment = false;
      if (placeholder.startsWith('$$')) {
        filled += placeholder.slice(1);
        continue;
      }
      if (blockOf.has(word)) throw invalid(`has more than ${placeholder} on its line`, 'Put it on a line of its own.');
      const text = textOf.get(word);
      if (text === undefined) {
        const known = [...blockOf.keys(), ...textOf.keys()].join(', ');
        const cure = `Known are ${known}; for the text itself write $${placeholder}.`;
        throw invalid(`has an unknown placeholder: ${placeholder}`, cure);
      }
      const surrounding = surroundingAt(lineBegin + offset);
      if (surrounding === 'unknown') {
        const cure = 'Put it into a comment or a string.';
        throw invalid(`has ${placeholder} where it is not clear whether it is code`, cure);
      }
      touchesComment = surrounding === 'comment';
      if (surrounding === 'comment') filled = commentText(filled, text, line.slice(0, offset));
      else if (surrounding === 'code') filled += stringLiteral(text);
      else filled = `${withoutOpenEscape(filled)}${literalContent(text, surrounding)}`;
    }
    filled = (touchesComment ? inComment : plainly)(filled, line.slice(end));
    return filled === line ? line : filled.replace(/[^\S\n]+$/gm, '');
  });
  const missing = [...blockOf.keys()].filter((key) => !lineOfBlock.has(key));
  if (missing.length > 0) {
    const lost = missing.map((key) => `\${${key}}`).join(' and ');
    throw new TemplateInvalidError(name, `has lost ${lost}`, 'Put it back, on a line of its own.');
  }
  return lines.join('\n');
}

/** A text as one line of a comment. It cannot end the comment. */
export function escapeComment(text: string): string {
  return text.split(LINE_ENDS).join(' ').replace(UNPRINTABLE, ' ').replaceAll('*/', '*\\/');
}

/** A text that continues a comment. Where the comment has several lines, each begins like the first one. */
function commentText(filled: string, text: string, before: string): string {
  const lines = text.split(LINE_ENDS).map(escapeComment);
  const [first = '', ...others] = COMMENT_PREFIX.test(before) ? lines : [lines.join(' ')];
  return [inComment(filled, first), ...others.map((line) => inComment(before, line))].join('\n');
}

/** Joins two parts of a comment, which must not end where they meet. */
function inComment(left: string, right: string): string {
  return left.endsWith('*') && right.startsWith('/') ? `${left} ${right}` : plainly(left, right);
}

function plainly(left: string, right: string): string {
  return left + right;
}

/** The beginning of a string without a trailing backslash, which would escape the first character of what follows. */
function withoutOpenEscape(filled: string): string {
  const [backslashes = ''] = /\\*$/.exec(filled) ?? [];
  return backslashes.length % 2 === 0 ? filled : `${filled}\\`;
}

/** Indents code, except lines that begin inside a template literal, where spaces are part of the text. */
export function indent(code: string, by: string): string {
  const literal = linesInsideLiterals(code);
  return code
    .split('\n')
    .map((line, index) => (line === '' || literal.has(index) ? line : by + line))
    .join('\n');
}

function linesInsideLiterals(code: string): ReadonlySet<number> {
  const inside = new Set<number>();
  const scanner = new SourceScanner(code);
  let line = 0;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted++) if (code[counted] === '\n') line += 1;
    return line;
  };
  try {
    for (let token = scanner.next(); token.kind !== 'end'; token = scanner.next()) {
      const first = lineAt(token.start);
      const last = lineAt(scanner.position);
      for (let within = first + 1; within <= last; within++) inside.add(within);
    }
    return inside;
  } catch (error) {
    // Code that cannot be scanned is left as it is: badly indented is better than changed.
    if (error instanceof NotUnderstood) return new Set(code.split('\n').keys());
    throw error;
  }
}
