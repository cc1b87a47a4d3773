import { StatementReader } from '../../sql/statement-reader.js';
import { mysqlLexicalRules } from '../lexical-rules.js';

/** What an `alter table` asserts of itself. */
export interface Assertion {
  readonly algorithm: 'INSTANT' | 'NOCOPY' | 'INPLACE' | 'COPY';
  /** `null`: it is not said. MySQL refuses one beside INSTANT. */
  readonly lock: 'NONE' | 'SHARED' | null;
}

/** The algorithm and the lock that are written in a statement. */
interface Asserted {
  readonly algorithm?: string;
  readonly lock?: string;
}

/**
 * A statement by what the server does with its tables: `alteration` takes an algorithm, `exclusive` works on tables that
 * nothing else uses meanwhile, `rows` has a plan, `program` runs statements that are not known.
 */
export type StatementShape =
  | {
      readonly kind: 'alteration';
      readonly table: string;
      /** Tables whose foreign keys change. */
      readonly referenced: readonly string[];
      readonly changesForeignKeys: boolean;
      /** What the statement itself asserts, in capitals: such as INPLACE, NONE and DEFAULT. */
      readonly asserts: Asserted;
      asserting(assertion: Assertion): string;
    }
  | { readonly kind: 'exclusive'; readonly tables: readonly string[]; readonly trigger?: string }
  | { readonly kind: 'creation'; readonly referenced: readonly string[]; readonly query?: string }
  | { readonly kind: 'optimization'; readonly tables: readonly string[] }
  | { readonly kind: 'rows' }
  | { readonly kind: 'program' }
  | { readonly kind: 'other' };

const ROWS = new Set(['insert', 'replace', 'update', 'delete', 'select', 'with', 'values', 'table', '(']);
const PROGRAMS = new Set(['call', 'do', 'begin', 'execute', 'if', 'case', 'loop', 'while', 'repeat', 'for', 'load']);

/** Reads what a statement is. */
export function shapeOf(sql: string): StatementShape {
  const reader = new StatementReader(sql, { rules: mysqlLexicalRules, fold: (name) => name });
  const verb = reader.skip()?.code ?? '';
  switch (verb) {
    case 'alter':
      return alterOf(sql, reader);
    case 'create':
      return createOf(sql, reader);
    case 'drop':
      return dropOf(reader);
    case 'rename':
      return reader.takesOneOf('table', 'tables') === undefined ? other : renameOf(reader);
    case 'truncate':
      reader.takes('table');
      return { kind: 'exclusive', tables: namesIn(reader) };
    case 'optimize':
      reader.takesOneOf('no_write_to_binlog', 'local');
      reader.takesOneOf('table', 'tables');
      return { kind: 'optimization', tables: namesIn(reader) };
    default:
      return ROWS.has(verb) ? { kind: 'rows' } : { kind: PROGRAMS.has(verb) ? 'program' : 'other' };
  }
}

const other: StatementShape = { kind: 'other' };

function alterOf(sql: string, reader: StatementReader): StatementShape {
  reader.takesOneOf('online', 'offline');
  reader.takes('ignore');
  if (!reader.takes('table')) {
    // what is between says who defines a view
    reader.until(({ code }) => code === 'view' || code === 'sequence');
    if (reader.takesOneOf('view', 'sequence') === undefined) return other;
    reader.takes('if', 'exists');
    return { kind: 'exclusive', tables: namesIn(reader) };
  }
  reader.takes('if', 'exists');
  const table = lastOf(reader.name());
  if (reader.takes('wait')) reader.skip();
  else reader.takes('nowait');
  if (table === undefined) return other;
  const start = reader.next?.start ?? sql.length;
  const isOfPartitions = reader.next?.code === 'partition' || reader.takes('remove', 'partitioning');
  const rest = sql.slice(start);
  const head = sql.slice(0, start).trimEnd();
  const mark = rest.trim() === '' ? '' : isOfPartitions ? ' ' : ', ';
  return {
    kind: 'alteration',
    table,
    ...foreignKeysIn(rest),
    asserts: assertedIn(rest),
    asserting: ({ algorithm, lock }) =>
      `${head} algorithm = ${algorithm}${lock === null ? '' : `, lock = ${lock}`}${mark}${rest}`,
  };
}

function createOf(sql: string, reader: StatementReader): StatementShape {
  reader.takes('or', 'replace');
  const isIndex = reader.takesOneOf('online index', 'unique index', 'fulltext index', 'spatial index', 'index');
  if (isIndex !== undefined) {
    reader.until(({ code }) => code === 'on');
    reader.skip();
    const table = lastOf(reader.name());
    const text = sql.replace(/;?\s*$/, '');
    const asserts = assertedIn(sql);
    return table === undefined
      ? other
      : {
          kind: 'alteration',
          table,
          referenced: [],
          changesForeignKeys: false,
          asserts,
          // each may be said once
          asserting: ({ algorithm, lock }) =>
            [
              text,
              ...(asserts.algorithm === undefined ? [`algorithm = ${algorithm}`] : []),
              ...(asserts.lock === undefined && lock !== null ? [`lock = ${lock}`] : []),
            ].join(' '),
        };
  }
  reader.takes('temporary');
  if (reader.takes('table')) {
    const rest = reader.rest();
    const query = selectIn(rest);
    return { kind: 'creation', referenced: foreignKeysIn(rest).referenced, ...(query !== undefined && { query }) };
  }
  // what is between says who defines it
  const words = new StatementReader(sql, { rules: mysqlLexicalRules, fold: (name) => name });
  words.until(({ code }) => ['trigger', 'view', 'procedure', 'function', 'event', 'sequence'].includes(code ?? ''));
  if (words.takes('view')) return { kind: 'exclusive', tables: namesIn(words).slice(0, 1) };
  if (!words.takes('trigger')) return other;
  words.until(({ code }) => code === 'on');
  words.skip();
  return { kind: 'exclusive', tables: [lastOf(words.name()) ?? ''] };
}

function dropOf(reader: StatementReader): StatementShape {
  if (reader.takes('index')) {
    reader.takes('if', 'exists');
    const start = reader.next?.start ?? 0;
    reader.name();
    const index = reader.sql.slice(start, reader.next?.start).trim();
    reader.takes('on');
    const at = reader.next?.start ?? 0;
    const table = lastOf(reader.name());
    const name = reader.sql.slice(at, reader.next?.start).trim();
    if (table === undefined) return other;
    // MariaDB takes no algorithm in `drop index`
    return {
      kind: 'alteration',
      table,
      referenced: [],
      changesForeignKeys: false,
      asserts: assertedIn(reader.rest()),
      asserting: ({ algorithm, lock }) =>
        `alter table ${name} algorithm = ${algorithm}${lock === null ? '' : `, lock = ${lock}`}, drop index ${index}`,
    };
  }
  reader.takes('temporary');
  const kind = reader.takesOneOf('tables', 'table', 'view', 'sequence', 'trigger');
  reader.takes('if', 'exists');
  if (kind === undefined) return other;
  if (kind !== 'trigger') return { kind: 'exclusive', tables: namesIn(reader) };
  return { kind: 'exclusive', tables: [], trigger: lastOf(reader.name()) };
}

function renameOf(reader: StatementReader): StatementShape {
  const tables: string[] = [];
  do {
    reader.takes('if', 'exists');
    const from = lastOf(reader.name());
    if (from !== undefined) tables.push(from);
    reader.until(({ code }) => code === 'to');
    reader.skip();
    reader.name();
  } while (reader.takes(','));
  return { kind: 'exclusive', tables };
}

function namesIn(reader: StatementReader): readonly string[] {
  const names: string[] = [];
  do {
    const name = lastOf(reader.name());
    if (name !== undefined) names.push(name);
  } while (reader.takes(','));
  return names;
}

function lastOf(name: readonly string[] | undefined): string | undefined {
  return name?.at(-1);
}

function foreignKeysIn(sql: string): { readonly referenced: readonly string[]; readonly changesForeignKeys: boolean } {
  const reader = new StatementReader(sql, { rules: mysqlLexicalRules, fold: (name) => name });
  const referenced: string[] = [];
  let changesForeignKeys = false;
  while (reader.next !== undefined) {
    if (reader.takes('references')) {
      const table = lastOf(reader.name());
      if (table !== undefined) referenced.push(table);
    } else if (reader.skip()?.code === 'foreign') changesForeignKeys = true;
  }
  return { referenced, changesForeignKeys: changesForeignKeys || referenced.length > 0 };
}

/** Outside of parentheses, and not as the name of a column or an index, which something else follows. */
function assertedIn(sql: string): Asserted {
  const reader = new StatementReader(sql, { rules: mysqlLexicalRules, fold: (name) => name });
  let asserts: Asserted = {};
  while (reader.next !== undefined) {
    if (reader.parenthesised() !== undefined) continue;
    const option = reader.takesOneOf('algorithm', 'lock');
    if (option === undefined) {
      reader.skip();
      continue;
    }
    reader.takes('=');
    const value = reader.takesOneOf(...(option === 'algorithm' ? ALGORITHMS : LOCKS));
    if (value !== undefined) asserts = { ...asserts, [option]: value.toUpperCase() };
  }
  return asserts;
}

const ALGORITHMS = ['default', 'instant', 'nocopy', 'inplace', 'copy'] as const;
const LOCKS = ['default', 'none', 'shared', 'exclusive'] as const;

/** The query that fills a new table. */
function selectIn(rest: string): string | undefined {
  const reader = new StatementReader(rest, { rules: mysqlLexicalRules, fold: (name) => name });
  const isFound = reader.until(({ code }) => code === 'select') !== undefined;
  return isFound ? reader.rest() : undefined;
}
