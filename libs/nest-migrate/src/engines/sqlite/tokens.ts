import { unquoteIdentifier } from '../sql/quoting.js';
import { type Word, wordsOf } from '../sql/sql-words.js';
import { sqliteLexicalRules } from './lexical-rules.js';

/** The words of SQLite's SQL, split as by its own tokeniser: `x'0aff'` is one string. */
export function tokens(sql: string): readonly Word[] {
  const found: Word[] = [];
  for (const word of wordsOf(sql, sqliteLexicalRules)) {
    const mark = found.at(-1);
    if (word.kind === 'string' && mark?.code === 'x' && mark.end === word.start) {
      found.pop();
      found.push({ ...word, text: mark.text + word.text, start: mark.start });
    } else found.push(word);
  }
  return found;
}

/** The name that a word denotes. SQLite accepts a string as a name, too. */
export function nameOf({ kind, text }: Word): string {
  return kind === 'name' || kind === 'string' ? unquoteIdentifier(text) : text;
}

/** Whether two names are the same: case does not count, but SQLite ignores it only for ASCII letters. */
export function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
