import { type LexicalRules } from './sql-lexer.js';
import { type Word, wordsOf } from './sql-words.js';

/** The commands whose numbers are sizes and not what rows hold. */
const SCHEMA_COMMANDS: ReadonlySet<string> = new Set(['create', 'alter', 'drop', 'rename', 'truncate', 'comment']);

const OBJECTS: ReadonlySet<string> = new Set(
  'table index view type sequence schema function procedure trigger policy extension database role user domain'.split(
    ' ',
  ),
);

/** SQL for eyes that may not see what rows hold. */
export interface SqlWithoutValues {
  /** It without comments, on one line, with `?` for texts and numbers; the sizes of types stay. */
  readonly text: string;
  /** What it does: `insert`, `alter table`. */
  readonly command: string;
}

/**
 * SQL without the values in it, and what it does.
 *
 * @example
 * const { text } = withoutValues("update book set n = 3 where title = 'Emma'", postgresLexicalRules);
 * text; // 'update book set n = ? where title = ?'
 */
export function withoutValues(sql: string, rules: LexicalRules): SqlWithoutValues {
  const words = [...wordsOf(sql, rules)];
  const [first] = words;
  const isOfSchema = SCHEMA_COMMANDS.has(first?.code ?? '');
  let text = '';
  let end = 0;
  for (const [index, word] of words.entries()) {
    if (isSpelling(word, words[index + 1])) continue;
    if (word.start > end && text !== '') text += ' ';
    text += isValue(word, isOfSchema) ? '?' : word.text;
    end = word.end;
  }
  const object = isOfSchema ? words.find(({ code }) => code !== undefined && OBJECTS.has(code))?.code : undefined;
  return { text, command: [first?.code ?? '', ...(object === undefined ? [] : [object])].join(' ') };
}

/** Whether a word says how the text behind it is spelled: `E'…'`, `X'…'`, `_utf8mb4 0x…`. */
function isSpelling(word: Word, next: Word | undefined): boolean {
  if (word.kind !== 'word' || next === undefined) return false;
  const isPrefix = next.kind === 'string' && next.start === word.end;
  return isPrefix || (word.text.startsWith('_') && (next.kind === 'string' || next.kind === 'number'));
}

function isValue({ kind }: Word, isOfSchema: boolean): boolean {
  return kind === 'string' || kind === 'body' || (kind === 'number' && !isOfSchema);
}
