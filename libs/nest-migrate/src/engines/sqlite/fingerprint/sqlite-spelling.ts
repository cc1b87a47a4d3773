import { quoteIdentifier } from '../../sql/quoting.js';
import { type Word } from '../../sql/sql-words.js';
import { folded, nameOf, tokens } from '../tokens.js';

/** Words that mean something else without quotes. */
const values: ReadonlySet<string> = new Set([
  'null',
  'true',
  'false',
  'current_date',
  'current_time',
  'current_timestamp',
]);

/**
 * One spelling for texts that mean the same: SQLite keeps what was written, and itself writes quotes around what it
 * renames.
 */
export class SqliteSpelling {
  /** @param known The names of the schema, folded. Any other quoted name may be a string, whose case counts. */
  constructor(private readonly known: ReadonlySet<string>) {}

  /** A name of an object. */
  name(name: string): string {
    return /^[a-z_]\w*$/i.test(name) ? name : quoteIdentifier(name, '"');
  }

  /** SQL without comments, in one line. */
  text(sql: string): string {
    let text = '';
    let previous: Word | undefined;
    for (const token of tokens(sql)) {
      const piece = this.#piece(token);
      text += needsBlank(previous, token) ? ` ${piece}` : piece;
      previous = token;
    }
    return text.replace(/;$/, '');
  }

  #piece(token: Word): string {
    if (token.kind !== 'name') return token.code ?? token.text;
    const name = nameOf(token);
    const own = this.known.has(folded(name)) ? folded(name) : name;
    return /^[a-z_][a-z0-9_]*$/.test(own) && !values.has(own) ? own : quoteIdentifier(own, '"');
  }
}

function needsBlank(previous: Word | undefined, token: Word): boolean {
  if (previous === undefined || previous.code === '(' || previous.code === '.') return false;
  return ![',', ')', '.', ';'].includes(token.code ?? '');
}
