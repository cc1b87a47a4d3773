import { type LexicalRules } from '../sql/sql-lexer.js';
import { type Word, wordsOf } from '../sql/sql-words.js';

/** The number of words of a statement that a pattern may look at. */
const LONGEST = 100;

/** The words behind which a statement begins, in blocks and in the bodies of routines and events. */
const OPENING = new Set([';', ':', ')', 'as', 'begin', 'do', 'else', 'loop', 'repeat', 'row', 'then']);

/**
 * The words of SQL that match one of the patterns, wherever a statement begins in the code: also in a block, or in the
 * body of a routine, which a later statement may call.
 *
 * @param patterns Of a statement's words, in lower case with one blank between them; what is quoted is a `?`.
 */
export function reachingWords(sql: string, rules: LexicalRules, patterns: readonly RegExp[]): string | undefined {
  const words = [...wordsOf(sql, rules)];
  for (const [at, { kind, text, start }] of words.entries()) {
    const inside =
      kind === 'body' ? reachingWords(text.replace(/^\$[^$]*\$|\$[^$]*\$$/g, ''), rules, patterns) : undefined;
    if (inside !== undefined) return inside;
    if (at > 0 && !OPENING.has(words[at - 1]?.code ?? '')) continue;
    const statement = statementAt(words, at);
    for (const pattern of patterns) {
      const count = pattern.exec(statement)?.[0].split(' ').length;
      if (count === undefined) continue;
      return sql
        .slice(start, words[at + count - 1]?.end)
        .toLowerCase()
        .replace(/\s+/g, ' ');
    }
  }
  return undefined;
}

function statementAt(words: readonly Word[], at: number): string {
  const codes: string[] = [];
  for (const { code } of words.slice(at, at + LONGEST)) {
    if (code === ';') break;
    codes.push(code ?? '?');
  }
  return codes.join(' ');
}
