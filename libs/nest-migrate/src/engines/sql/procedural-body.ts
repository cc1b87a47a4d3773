import { type LexicalRules, tokensOf } from './sql-lexer.js';

/** What an engine cannot do about a trigger, and what to do instead. */
export interface ForeignPart {
  readonly reason: string;
  readonly cure: string;
}

/** Statements for between `begin` and `end`: the last one ends with a semicolon as well, and no comment swallows the end. */
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

/** The body of a routine as a block: as it is where it is one. */
export function asBlock(body: string, rules: LexicalRules): string {
  return /^begin\b/i.test(body.trim()) ? body.trim() : blockOf(body, rules);
}
