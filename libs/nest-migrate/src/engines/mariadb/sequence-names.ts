import { type QualifiedName } from '../../schema/schema-model.js';
import { mysqlLexicalRules } from '../mysql/lexical-rules.js';
import { unquoteIdentifier } from '../sql/quoting.js';
import { tokensOf } from '../sql/sql-lexer.js';

const NAME = '(`(?:[^`]|``)+`|[\\w$\\u0080-\\uffff]+)';
const NEXT_VALUE = `(?<![\\w$.\`])(nextval\\s*\\(\\s*|next\\s+value\\s+for\\s+)${NAME}(?:\\s*\\.\\s*${NAME})?`;

/** The sequences whose next number the text takes. */
export function sequencesIn(sql: string): readonly QualifiedName[] {
  return [...withoutTexts(sql).matchAll(new RegExp(NEXT_VALUE, 'gi'))].map(([, , first = '', second]) =>
    second === undefined ? { name: plain(first) } : { schema: plain(first), name: plain(second) },
  );
}

/** The text with its sequences named as in their own database, since a revision may run in one of another name. */
export function withoutDatabase(sql: string, database: string): string {
  let text = '';
  let end = 0;
  for (const match of withoutTexts(sql).matchAll(new RegExp(NEXT_VALUE, 'gi'))) {
    const [whole, call = '', first = '', second] = match;
    if (second === undefined || plain(first) !== database) continue;
    text += sql.slice(end, match.index) + call + second;
    end = match.index + whole.length;
  }
  return text + sql.slice(end);
}

/** Literals and comments blanked, so that positions stay. */
function withoutTexts(sql: string): string {
  return tokensOf(sql, mysqlLexicalRules)
    .map(({ kind, start, end }) =>
      kind === 'code' || kind === 'name' ? sql.slice(start, end) : ' '.repeat(end - start),
    )
    .join('');
}

function plain(part: string): string {
  return part.startsWith('`') ? unquoteIdentifier(part) : part;
}
