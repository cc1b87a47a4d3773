import { type Renaming } from '../../catalogue/catalogue.js';
import { quoteIdentifier } from '../../sql/quoting.js';
import { valueOf, type Word, wordsOf } from '../../sql/sql-words.js';
import { mysqlSql } from '../lexical-rules.js';

/**
 * The text of `show create view` under the new name, or as it is where the view does not read what is renamed;
 * `undefined` where the text does not tell whether it does. The columns of the view keep their names.
 *
 * @param text It names no database of its own.
 */
export function viewAfterRename(text: string, renaming: Renaming): string | undefined {
  const words = [...wordsOf(text, mysqlSql.rules)];
  const table = renaming.kind === 'table' ? renaming.from : renaming.table;
  const sources = sourcesIn(words);
  const own = sources.filter(({ name }) => name === table);
  if (own.length === 0) return text;
  const others = new Set(sources.flatMap(({ name, as }) => (name === table ? [] : [as])));
  // the name stands for another source in a part of the text
  if (own.some(({ as, isOpen }) => isOpen || others.has(as))) return undefined;
  const called = new Set(own.map(({ as }) => as));
  return changed(text, words, (word, at) => {
    const isQualifier = words[at + 1]?.code === '.' && called.has(nameOf(word) ?? '');
    if (renaming.kind === 'table') {
      const source = own.find((one) => one.at === at);
      // a source without a name of its own keeps the old one, where the new one stands for something else
      const keepsName = others.has(renaming.to) || called.has(renaming.to);
      if (source !== undefined)
        return keepsName && source.as === table ? `${quote(renaming.to)} ${quote(table)}` : quote(renaming.to);
      const isNamed = own.some(({ as, isAlias }) => isAlias && as === table);
      return isQualifier && !keepsName && !isNamed && nameOf(word) === table ? quote(renaming.to) : undefined;
    }
    const [dot, before] = [words[at - 1], words[at - 2]];
    const isColumn = dot?.code === '.' && before !== undefined && called.has(nameOf(before) ?? '');
    return isColumn && nameOf(word)?.toLowerCase() === renaming.from.toLowerCase() ? quote(renaming.to) : undefined;
  });
}

/**
 * The statement of a trigger under the new name of a column of its table, which it names as `new` or `old` has it. Other
 * statements in its body are not read: which table a column without one is of, only the server knows.
 */
export function triggerAfterRename(statement: string, { from, to }: Pick<Renaming, 'from' | 'to'>): string {
  const words = [...wordsOf(statement, mysqlSql.rules)];
  return changed(statement, words, (word, at) => {
    const [dot, before] = [words[at - 1], words[at - 2]];
    const isOfRow = dot?.code === '.' && before !== undefined && /^(?:new|old)$/i.test(nameOf(before) ?? '');
    if (!isOfRow || nameOf(word)?.toLowerCase() !== from.toLowerCase()) return undefined;
    // behind a dot every word is a name
    return word.kind === 'word' && /^[a-z_]\w*$/i.test(to) ? to : quote(to);
  });
}

/** A table, a view or another source of rows that a query reads. */
interface Source {
  /** Absent for a query. */
  readonly name?: string;
  /** What its columns are qualified with. */
  readonly as: string;
  readonly isAlias: boolean;
  /** Where in the text its name is. */
  readonly at: number;
  /** Whether the text does not show by what name it goes. */
  readonly isOpen: boolean;
}

/** What a query reads from, as the server prints a query: names are in quotes, and each column has its source before it. */
function sourcesIn(words: readonly Word[]): readonly Source[] {
  const found: Source[] = [];
  for (const [at, word] of words.entries()) {
    const [before, next] = [words[at - 1], words[at + 1]];
    const name = nameOf(word);
    if (name === undefined) continue;
    // a query in parentheses, and one of the list of a with clause
    const isQuery = word.kind === 'name' && before?.code === ')';
    const isListed =
      (before?.code === 'with' || before?.code === 'recursive' || before?.code === ',') && isListHead(words, at);
    if (isQuery || isListed) found.push({ as: name, isAlias: true, at, isOpen: false });
    if (word.kind !== 'name' || next?.code === '.' || !isBehindFrom(words, at)) continue;
    const isAlias = next?.kind === 'name';
    const isOpen = next?.code === 'partition' || next?.code === 'for';
    found.push({ name, as: isAlias ? valueOf(next) : name, isAlias, at, isOpen });
  }
  const queries = new Set(found.flatMap(({ name, as }) => (name === undefined ? [as] : [])));
  return found.map((source) => (queries.has(source.name ?? '') ? { ...source, isOpen: true } : source));
}

/** Whether a name is that of a query in a `with` clause: `name as (` or `name (column) as (`. */
function isListHead(words: readonly Word[], at: number): boolean {
  const isAs = (index: number): boolean => words[index]?.code === 'as' && words[index + 1]?.code === '(';
  if (isAs(at + 1)) return true;
  if (words[at + 1]?.code !== '(') return false;
  const end = words.findIndex(({ code }, index) => index > at && code === ')');
  return end !== -1 && isAs(end + 1);
}

function isBehindFrom(words: readonly Word[], at: number): boolean {
  let before = at - 1;
  while (words[before]?.code === '(') before -= 1;
  return /^(?:from|join|straight_join)$/.test(words[before]?.code ?? '');
}

/** A name, in quotes or not. */
function nameOf(word: Word): string | undefined {
  if (word.kind === 'name') return valueOf(word);
  return word.kind === 'word' ? word.text : undefined;
}

function changed(text: string, words: readonly Word[], to: (word: Word, at: number) => string | undefined): string {
  let result = text;
  for (const [at, word] of [...words.entries()].toReversed()) {
    const other = to(word, at);
    if (other !== undefined) result = result.slice(0, word.start) + other + result.slice(word.end);
  }
  return result;
}

function quote(name: string): string {
  return quoteIdentifier(name, '`');
}
