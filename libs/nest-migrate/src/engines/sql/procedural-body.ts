import { type LexicalRules, tokensOf } from './sql-lexer.js';

/** A part of a trigger that an engine does not support, and what to do instead. */
export interface ForeignPart {
  readonly reason: string;
  readonly cure: string;
}

/**
 * Statements to put between `begin` and `end`: the last one also ends with a semicolon, and no comment swallows the
 * `end`.
 */
export function terminated(body: string, rules: LexicalRules): string {
  const text = body.trim();
  const tokens = tokensOf(text, rules);
  const says = tokens.filter(({ kind }) => kind !== 'lineComment' && kind !== 'blockComment');
  const isEnded = /;\s*$/.test(says.map(({ start, end }) => text.slice(start, end)).join(''));
  return `${text}${tokens.at(-1)?.kind === 'lineComment' ? '\n' : ''}${isEnded ? '' : ';'}`;
}

/** The body of a trigger as a block. */
export function blockOf(body: string, rules: LexicalRules): string {
  return `begin ${terminated(body, rules)} end`;
}

/** The body of a routine as a block. A body that is a block already is not changed. */
export function asBlock(body: string, rules: LexicalRules): string {
  return /^begin\b/i.test(body.trim()) ? body.trim() : blockOf(body, rules);
}
