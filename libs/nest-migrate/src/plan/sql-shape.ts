import { type LexicalRules } from '../engines/sql/sql-lexer.js';
import { wordsOf } from '../engines/sql/sql-words.js';

/**
 * An SQL text for patterns: its words in lower case with single blanks between them, without comments. A string is `''`,
 * a quoted name is as it is written.
 */
export function shapeOf(sql: string, rules: LexicalRules): string {
  return [...wordsOf(sql, rules)]
    .map((word) => (word.kind === 'name' ? word.text : (word.code ?? "''")))
    .join(' ')
    .replace(/ ?([.(),;]) ?/g, '$1')
    .replace(/\(/g, ' (')
    .replace(/\)(?=\w)/g, ') ');
}
