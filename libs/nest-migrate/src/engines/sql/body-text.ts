import { type LexicalRules, tokensOf } from './sql-lexer.js';

/**
 * A piece of procedural SQL in one canonical spelling. Blanks, comments, the outer `begin` and `end` and a last
 * semicolon do not count. (A comment that the server reads, such as a hint, does.)
 */
export function canonicalBody(sql: string, rules: LexicalRules): string {
  const text = withoutSemicolon(plain(sql, rules));
  const block = /^begin\b(.*)\bend$/is.exec(text)?.[1];
  return block === undefined ? text : withoutSemicolon(block);
}

function plain(sql: string, rules: LexicalRules): string {
  const pieces = tokensOf(sql, rules).map(({ kind, start, end }) => {
    const text = sql.slice(start, end);
    const isComment = kind === 'lineComment' || kind === 'blockComment';
    if (isComment && !/^(?:\/\*(?:M?!|\+)|\*\/$)/.test(text)) return { isCode: true, text: ' ' };
    return { isCode: kind === 'code', text };
  });
  // code on both sides of a comment is normalised together
  const joined = pieces.reduce<{ isCode: boolean; text: string }[]>((all, piece) => {
    const last = all.at(-1);
    if (last?.isCode !== true || !piece.isCode) return [...all, piece];
    return [...all.slice(0, -1), { isCode: true, text: last.text + piece.text }];
  }, []);
  return joined
    .map(({ isCode, text }) => (isCode ? text.replace(/\s+/g, ' ').replace(/ ?([;,()]) ?/g, '$1') : text))
    .join('');
}

function withoutSemicolon(text: string): string {
  return text.trim().replace(/[;\s]+$/, '');
}
