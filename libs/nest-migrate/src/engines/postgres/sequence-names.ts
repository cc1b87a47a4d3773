import { type QualifiedName } from '../../schema/schema-model.js';
import { unquoteIdentifier, unquoteString } from '../sql/quoting.js';
import { tokensOf } from '../sql/sql-lexer.js';
import { postgresLexicalRules } from './lexical-rules.js';
import { cut, LONGEST_NAME } from './trigger-function.js';

const PART = String.raw`("(?:[^"]|"")+"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)`;
const NAME = new RegExp(String.raw`^\s*${PART}(?:\s*\.\s*${PART})?\s*$`, 'i');
// `nextval('q'::text)`, which looks the name up each time, is kept as `nextval(('q'::text)::regclass)`
const NEXT_VALUE =
  /^(?:pg_catalog\.)?nextval\s*\(\s*\(*'(?:[^']|'')*'\s*(?:::\s*(?:text|regclass|character varying)\s*\)*\s*)*\)$/i;

/** Whether the text is the next number of a sequence and nothing else. */
export function isNextValue(sql: string): boolean {
  return NEXT_VALUE.test(sql.trim());
}

/** The sequence of a text that is its next number and nothing else. */
export function nextValueOf(sql: string): QualifiedName | undefined {
  return isNextValue(sql) ? sequencesIn(sql)[0] : undefined;
}

/** The name that PostgreSQL gives the sequence of a `serial` column: both parts in full, or the longer one cut. */
export function serialSequence(table: string, column: string): string {
  let [ofTable, ofColumn] = [Buffer.byteLength(table), Buffer.byteLength(column)];
  while (ofTable + ofColumn + '__seq'.length > LONGEST_NAME) {
    if (ofTable > ofColumn) ofTable -= 1;
    else ofColumn -= 1;
  }
  return `${cut(table, ofTable)}_${cut(column, ofColumn)}_seq`;
}

/** The sequences whose next number the text takes, as far as it names them with literals. */
export function sequencesIn(sql: string): readonly QualifiedName[] {
  const tokens = tokensOf(sql, postgresLexicalRules);
  return tokens.flatMap(({ kind, start, end }, index) => {
    const before = tokens[index - 1];
    if (kind !== 'string' || before?.kind !== 'code') return [];
    if (!/(?<![\w$.])(?:pg_catalog\.)?nextval\s*\(\s*\(*$/i.test(sql.slice(before.start, before.end))) return [];
    const name = sequenceName(unquoteString(sql.slice(start, end)));
    return name === undefined ? [] : [name];
  });
}

/** The content of the literal that `nextval` takes: a name as in SQL, quoted where it has capitals. */
function sequenceName(text: string): QualifiedName | undefined {
  const [, first, second] = NAME.exec(text) ?? [];
  if (first === undefined) return undefined;
  const plain = (part: string): string => (part.startsWith('"') ? unquoteIdentifier(part) : part.toLowerCase());
  return second === undefined ? { name: plain(first) } : { schema: plain(first), name: plain(second) };
}
