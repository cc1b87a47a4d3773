import { type OperationOf, type RenameColumnOperation } from '../../../operations/operation.js';
import { quoteIdentifier, unquoteIdentifier } from '../../sql/quoting.js';
import { tokensOf } from '../../sql/sql-lexer.js';
import { mysqlSql } from '../lexical-rules.js';

/** A rename of a column, with the clauses for what reads the column, and which the server would refuse to break. */
export interface RestatedRename extends RenameColumnOperation {
  readonly beside?: readonly string[];
  /** The statements around it, made from what the database has. */
  readonly before?: readonly string[];
  readonly behind?: readonly string[];
}

/** A rename of a table, with the statements that take along what reads it. */
export type RestatedTableRename = OperationOf<'renameTable'> & { readonly behind?: readonly string[] };

type Rename = Pick<RenameColumnOperation, 'from' | 'to'>;

/**
 * The clauses that drop and create again, in the statement that renames columns, what of the table still reads them by
 * their old names: checks, computed columns, and indexes by expression. What entities declare was dropped before. Either
 * all of the statement takes effect or nothing, so none of these is ever missing.
 *
 * @param createTable The text of `show create table`, before the renames.
 */
export function besideRenames(
  createTable: string,
  renames: readonly Rename[],
  { except = [] }: { readonly except?: readonly string[] } = {},
): readonly string[] {
  const parts = partsOf(createTable).filter(({ kind, name }) => kind !== 'check' || !except.includes(name));
  const columns = renames.map(({ from }) => from);
  return clausesFor(parts, columns, renames);
}

/** The same in the statement that drops columns and adds others of the same names. */
export function besideReplacements(createTable: string, columns: readonly string[]): readonly string[] {
  const names = new Set(columns);
  return clausesFor(
    partsOf(createTable).filter(({ kind, name }) => kind !== 'column' || !names.has(name)),
    columns,
    [],
  );
}

function clausesFor(parts: readonly Part[], columns: readonly string[], renames: readonly Rename[]): readonly string[] {
  const changed = new Set(columns.map((column) => column.toLowerCase()));
  const reads = ({ isExpression, rest }: Part): boolean =>
    isExpression && namesIn(rest).some((name) => changed.has(name.toLowerCase()));
  const found: Part[] = [];
  // the parts that read a computed column come behind it
  for (const part of parts) {
    if (!reads(part)) continue;
    found.push(part);
    if (part.kind === 'column') changed.add(part.name.toLowerCase());
  }
  // the server does not rename a column that the same statement drops, and says so
  if (found.some(({ kind, name }) => kind === 'column' && renames.some(({ from }) => from === name))) return [];
  const drops = found.map(({ kind, name }) => `drop ${kind === 'check' ? 'constraint' : kind} ${quote(name)}`);
  const adds = found.map(({ kind, head, rest, after }) => {
    const place =
      kind !== 'column' ? '' : after === undefined ? ' first' : ` after ${renamedIn(quote(after), renames)}`;
    return `add ${kind === 'column' ? 'column ' : ''}${head}${renamedIn(rest, renames)}${place}`;
  });
  return [...drops, ...adds];
}

/** The checks that read the columns, with what follows their names. */
export function checksReading(
  createTable: string,
  renames: readonly Rename[],
): readonly { readonly name: string; readonly text: string }[] {
  const from = new Set(renames.map((rename) => rename.from.toLowerCase()));
  return partsOf(createTable).flatMap(({ kind, name, rest }) =>
    kind === 'check' && namesIn(rest).some((read) => from.has(read.toLowerCase())) ? [{ name, text: rest }] : [],
  );
}

interface Part {
  readonly kind: 'column' | 'check' | 'index';
  readonly name: string;
  /** The part as `create table` has it, up to its name. */
  readonly head: string;
  /** What follows the name. */
  readonly rest: string;
  /** Whether it reads columns by an expression. */
  readonly isExpression: boolean;
  /** Of a column: the one before it; absent for the first. */
  readonly after?: string;
}

function partsOf(createTable: string): readonly Part[] {
  const parts: Part[] = [];
  let last: string | undefined;
  for (const line of createTable.split('\n').slice(1)) {
    const text = line.trim().replace(/,$/, '');
    const [, words, quoted] = /^((?:CONSTRAINT |(?:UNIQUE )?KEY )?)(`(?:[^`]|``)+`) /.exec(text) ?? [];
    if (words === undefined || quoted === undefined) continue;
    const name = unquoteIdentifier(quoted);
    const head = words + quoted;
    const rest = text.slice(head.length);
    if (words === '') {
      const isExpression = /\bGENERATED ALWAYS AS \(/.test(rest);
      parts.push({ kind: 'column', name, head, rest, isExpression, ...(last !== undefined && { after: last }) });
      last = name;
    } else if (words !== 'CONSTRAINT ') {
      parts.push({ kind: 'index', name, head, rest, isExpression: rest.includes('((') });
    } else if (rest.startsWith(' CHECK (')) parts.push({ kind: 'check', name, head, rest, isExpression: true });
  }
  return parts;
}

/** The names in a text as the server prints it: all in quotes. */
function namesIn(text: string): readonly string[] {
  return tokensOf(text, mysqlSql.rules)
    .filter(({ kind }) => kind === 'name')
    .map(({ start, end }) => unquoteIdentifier(text.slice(start, end)));
}

/** The text with the new names of columns. */
export function renamedIn(text: string, renames: readonly Rename[]): string {
  let changed = text;
  for (const { kind, start, end } of [...tokensOf(text, mysqlSql.rules)].toReversed()) {
    if (kind !== 'name') continue;
    const name = unquoteIdentifier(text.slice(start, end)).toLowerCase();
    const to = renames.find(({ from }) => from.toLowerCase() === name)?.to;
    if (to !== undefined) changed = changed.slice(0, start) + quote(to) + changed.slice(end);
  }
  return changed;
}

function quote(name: string): string {
  return quoteIdentifier(name, '`');
}
