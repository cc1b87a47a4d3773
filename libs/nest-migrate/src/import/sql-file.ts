import { type EngineSql } from '../engines/sql/engine-sql.js';
import { statementsIn, tokensOf } from '../engines/sql/sql-lexer.js';
import { type ImportedStatement } from './imported-history.js';

/** Where a text may be cut into statements. */
export interface Cutting {
  /** A line that separates statements; absent where semicolons do. */
  readonly mark?: RegExp;
}

/** Words behind which a semicolon may belong to the body of a routine or a trigger. */
const WITH_BODY = /\bcreate\b(?:\s+\w+|\s*=\s*\S+)*?\s+(?:trigger|procedure|function|event|package)\b/i;

/**
 * The statements of a file of SQL. A file with a body of a routine that is not quoted stays one text, which the server
 * reads as the tool's own client has sent it.
 */
export function statementsOfFile(
  text: string,
  { rules }: EngineSql,
  { mark }: Cutting = {},
): readonly ImportedStatement[] {
  const parts = mark === undefined ? [text] : text.split(mark);
  return parts
    .flatMap((part) => (hasOpenBody(part, rules) ? [part.trim().replace(/;\s*$/, '')] : statementsIn(part, rules)))
    .map((sql) => withoutComments(sql, rules))
    .filter((sql) => sql !== '')
    .map((sql) => ({ sql, params: [] }));
}

function hasOpenBody(text: string, rules: EngineSql['rules']): boolean {
  const code = tokensOf(text, rules)
    .map(({ kind, start, end }) => (kind === 'code' ? text.slice(start, end) : ' '))
    .join('');
  return WITH_BODY.test(code) && /\bbegin\b/i.test(code);
}

/** Comments before a statement are those of the file. */
function withoutComments(sql: string, rules: EngineSql['rules']): string {
  let start = 0;
  for (const token of tokensOf(sql, rules)) {
    const isBlank = token.kind === 'code' && sql.slice(token.start, token.end).trim() === '';
    const isExecuted =
      token.kind === 'blockComment' && rules.executedComment !== undefined && sql.startsWith('/*!', token.start);
    if (!isBlank && (!/Comment$/.test(token.kind) || isExecuted)) break;
    start = token.end;
  }
  return sql.slice(start).trim();
}
