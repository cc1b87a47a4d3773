import { TemplateInvalidError } from '../errors/script.errors.js';
import { NotUnderstood, SourceScanner } from './source-scanner.js';

/** What fills a template. */
export interface TemplateValues {
  /** Code, each on lines of its own. Every template needs them. */
  readonly blocks: Readonly<Record<'constants' | 'upgrade' | 'downgrade', string>>;
  /** Texts for the comment, made harmless here. */
  readonly comments: Readonly<Record<'message' | 'revision' | 'revises' | 'createDate', string>>;
}

const PLACEHOLDER = /\$?\$\{([^}]*)\}/g;
/** The start of a comment's line, repeated when the text goes on over several. */
const COMMENT_PREFIX = /^\s*(?:\*|\/\/)?\s*$/;
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** Control characters, halves of characters, and the marks that make text look like other text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Fills a template. `${name}` is replaced, `$${name}` stands for the text `${name}`.
 *
 * @param name - how errors call the template.
 * @throws TemplateInvalidError for an unknown placeholder and for a needed one that is missing or not on its own line.
 */
export function fillTemplate(template: string, name: string, { blocks, comments }: TemplateValues): string {
  const blockOf = new Map<string, string>(Object.entries(blocks));
  const commentOf = new Map<string, string>(Object.entries(comments));
  const missing = new Set(blockOf.keys());

  const lines = template.split(/\r?\n/).map((line) => {
    const own = /^(\s*)\$\{(\w+)\}\s*$/.exec(line);
    const block = blockOf.get(own?.[2] ?? '');
    if (own !== null && block !== undefined) {
      missing.delete(own[2] ?? '');
      return indent(block, own[1] ?? '');
    }
    const filled = line.replace(PLACEHOLDER, (placeholder: string, key: string, offset: number) => {
      if (placeholder.startsWith('$$')) return placeholder.slice(1);
      if (blockOf.has(key)) {
        throw new TemplateInvalidError(
          name,
          `has more than ${placeholder} on its line`,
          'Put it on a line of its own.',
        );
      }
      const text = commentOf.get(key);
      if (text !== undefined) return commentText(text, line.slice(0, offset));
      const known = [...blockOf.keys(), ...commentOf.keys()].join(', ');
      const cure = `Known are ${known}; for the text itself write $${placeholder}.`;
      throw new TemplateInvalidError(name, `has an unknown placeholder: ${placeholder}`, cure);
    });
    return filled === line ? line : filled.replace(/[^\S\n]+$/gm, '');
  });
  if (missing.size > 0) {
    const lost = [...missing].map((key) => `\${${key}}`).join(' and ');
    throw new TemplateInvalidError(name, `has lost ${lost}`, 'Put it back, on a line of its own.');
  }
  return lines.join('\n');
}

function commentText(text: string, before: string): string {
  const lines = text.split(LINE_ENDS).map((line) => line.replace(UNPRINTABLE, ' ').replaceAll('*/', '*\\/'));
  return COMMENT_PREFIX.test(before) ? lines.join(`\n${before}`) : lines.join(' ');
}

/** Indents code, except the lines that begin inside a template literal: there spaces are part of the text. */
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
    // Code that cannot be taken apart stays as it is: badly indented is better than changed.
    if (error instanceof NotUnderstood) return new Set(code.split('\n').keys());
    throw error;
  }
}
