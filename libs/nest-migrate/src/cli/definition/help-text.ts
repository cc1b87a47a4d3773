import { wrapped } from '../wrapped.js';
import { type HelpRow, type HelpTable } from './help-table.js';

/** A help text in its parts. */
export interface HelpPage {
  /** The usage line without its first word: `db upgrade [options] [revision]`. */
  readonly usage: string;
  readonly description: string;
  readonly tables: readonly HelpTable[];
  /** Whether the left columns of all tables are equally wide. */
  readonly isAligned: boolean;
  /** The last line, where there is one. */
  readonly end?: string;
}

/** A help text: tables under titles, no wider than told. */
export function helpText({ usage, description, tables, isAligned, end }: HelpPage, width: number): string {
  const all = tables.flatMap(({ rows }) => rows);
  return [
    `Usage: ${usage}`,
    '',
    ...wrapped(`${description}.`, width),
    ...tables.flatMap(({ title, rows }) => ['', `${title}:`, ...tableLines(rows, isAligned ? all : rows, width)]),
    ...(end === undefined ? [] : ['', end]),
    '',
  ].join('\n');
}

/** On a narrower column of text a word a line would be left. */
const narrowest = 24;

/**
 * A table's lines. A term wider than half the page gets a line of its own.
 *
 * @param aligned The rows that share its left column.
 */
function tableLines(rows: readonly HelpRow[], aligned: readonly HelpRow[], width: number): readonly string[] {
  const widths = aligned.map(([term]) => term.length).filter((each) => each <= width / 2);
  const column = Math.max(0, ...widths) + 4;
  return rows.flatMap((row) => rowLines(row, column, width));
}

function rowLines([term, text]: HelpRow, column: number, width: number): readonly string[] {
  const lines = wrapped(text, Math.max(narrowest, width - column));
  const first = `  ${term}`;
  const indented = lines.map((line) => `${' '.repeat(column)}${line}`);
  if (first.length + 2 > column) return [first, ...indented];
  return [`${first.padEnd(column)}${lines[0] ?? ''}`.trimEnd(), ...indented.slice(1)];
}
