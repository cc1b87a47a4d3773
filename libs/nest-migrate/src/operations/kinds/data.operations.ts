import {
  describe,
  nameOf,
  optionsOf,
  refuse,
  schemaKinds,
  tableSite,
  valueOf,
  type OptionKinds,
  type Site,
} from '../arguments.js';
import { listOrNothing, orNothing, SqlText } from '../call.js';
import { definitionsOf, type InSchema } from '../define.js';
import { frozen } from '../frozen.js';
import { missing } from '../previous.js';
import { decodeValue, type EncodedValue, type Value } from '../value.js';
import { tableWords } from '../words.js';

/**
 * How to find out from the catalogue, or by a query, whether a statement has had its effect. A run that continues after a
 * failure asks this before it repeats the statement. At most one of `index`, `constraint` and `column` is given;
 * without them the table itself is meant.
 *
 * @example
 * await op.execute('alter table book add fulltext (title)', [], {
 *   postcondition: { table: 'book', index: 'title', exists: true },
 * });
 */
export type Postcondition =
  | (InSchema & {
      /** The table itself, or the table of the index, constraint or column. */
      readonly table: string;
      /** The name of a column of the table. */
      readonly column?: string;
      /** The name of an index of the table. */
      readonly index?: string;
      /** The name of a constraint of the table. SQLite does not list constraints, and looks for the table alone. */
      readonly constraint?: string;
      /** True: it exists once the statement has had its effect. False: it no longer exists. */
      readonly exists: boolean;
    })
  | {
      /** A query. Its first value is true, or 1, once the statement has had its effect. */
      readonly query: string;
    };

/** Runs one SQL statement. */
export interface ExecuteOperation {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'execute';
  /** The statement, with `?` for a value and `??` for a name where there are `params`. */
  readonly sql: string;
  /** The values of the placeholders, in order, encoded. Empty: the SQL is used untouched. */
  readonly params: readonly EncodedValue[];
  /** How to find out whether the statement has had its effect. Absent: it cannot be found out. */
  readonly postcondition?: Postcondition;
  /** True: a run that continues after a failure may run the statement a second time. Absent: false. */
  readonly repeatable?: boolean;
  /** The statement that reverses it, where autogenerate made it. Absent: the operation cannot be reversed. */
  readonly previous?: { readonly sql: string; readonly params: readonly EncodedValue[] };
}

/** Inserts rows. It cannot be reversed. */
export interface BulkInsertOperation extends InSchema {
  /** The discriminant of {@link Operation}. */
  readonly kind: 'bulkInsert';
  /** The table that gets the rows. */
  readonly table: string;
  /** The values of each row by column, encoded. All rows have the same columns; empty for no statement. */
  readonly rows: readonly Readonly<Record<string, EncodedValue>>[];
}

/** The operations on rows, and SQL that the library does not interpret. */
export type DataOperation = ExecuteOperation | BulkInsertOperation;

/** The verbs for rows, and for SQL that the library does not interpret. */
export interface DataVerbs {
  /**
   * Runs one SQL statement and returns nothing. In it, `?` is the place of a value and `??` that of a name, whose first
   * dot separates the schema, as in MikroORM; `\?` is a question mark. Without `params` the SQL is used untouched.
   * After a run has died on MySQL or MariaDB, `postcondition` and `repeatable` let the next run skip the statement or
   * repeat it. SQL that begins or ends a transaction (`begin`, `commit`, `rollback` and the like) is refused before it
   * runs.
   *
   * @example
   * await op.execute('update book set pages = ? where pages is null', [0], { repeatable: true });
   */
  execute(
    sql: string,
    params?: readonly Value[],
    options?: { postcondition?: Postcondition; repeatable?: boolean },
  ): Promise<void>;
  /**
   * Inserts rows, with their values written into the statement and up to 500 rows in each statement. All rows have the
   * same columns. Without rows no statement runs. JSON is given as text.
   *
   * @example
   * await op.bulkInsert('genre', [{ name: 'crime' }, { name: 'poetry' }]);
   */
  bulkInsert(table: string, rows: readonly Readonly<Record<string, Value>>[], options?: InSchema): Promise<void>;
}

type CataloguePostcondition = Extract<Postcondition, { readonly table: string }>;

const postconditionKinds = {
  ...schemaKinds,
  table: 'name',
  column: 'name',
  index: 'name',
  constraint: 'name',
  exists: 'boolean',
} satisfies OptionKinds<CataloguePostcondition>;

const defineOperation = definitionsOf<DataVerbs, DataOperation>();

const execute = defineOperation({
  kind: 'execute',
  changes: () => [],
  parse: (sql, params, options) => {
    const query = checkedQuery('execute', sql, params);
    const site = { verb: 'execute', subject: 'the statement' };
    const kinds = { postcondition: 'any', repeatable: 'boolean' } as const;
    const { postcondition, repeatable } = optionsOf(site, options, kinds);
    return {
      ...query,
      postcondition: postcondition === undefined ? undefined : postconditionOf(site, postcondition),
      repeatable,
    };
  },
  reverse: (operation) => {
    const { sql, params, previous, repeatable } = operation;
    if (previous === undefined) throw missing(operation, null, 'it is SQL that the tool does not understand.');
    return [{ kind: 'execute', ...previous, repeatable, previous: { sql, params } }];
  },
  call: ({ sql, params, postcondition, repeatable }) => [
    new SqlText(sql),
    listOrNothing(params.map(decodeValue)),
    orNothing({ postcondition: postcondition === undefined ? undefined : { ...postcondition }, repeatable }),
  ],
  describe: ({ sql }) => `statement: ${sql.replace(/\s+/g, ' ').trim()}`,
});

const bulkInsert = defineOperation({
  kind: 'bulkInsert',
  changes: ({ table, rows }) => ({ does: 'uses', object: 'table', name: table, columns: Object.keys(rows[0] ?? {}) }),
  parse: (table, rows, options) => {
    const site = tableSite('bulkInsert', table);
    const { schema } = optionsOf(site, options, schemaKinds);
    if (!Array.isArray(rows)) refuse(site, `needs its rows as a list, and got ${describe(rows)}.`);
    const list = rows as readonly Readonly<Record<string, Value>>[];
    const columns = list.length === 0 ? [] : columnsOf(site, list[0], 1);
    return { schema, table, rows: list.map((row, index) => rowOf(site, row, index + 1, columns)) };
  },
  reverse: (operation) => {
    throw missing(operation, null, 'rows that look like the inserted ones may have been there before.');
  },
  call: ({ table, rows, schema }) => [
    table,
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, decodeValue(value)]))),
    orNothing({ schema }),
  ],
  describe: (operation) => `rows for ${tableWords(operation)}`,
});

export const dataOperations = [execute, bulkInsert] as const;

/** SQL and its parameters as data, as `query` and `execute` take them. */
export function checkedQuery(
  verb: string,
  sql: string,
  params: readonly Value[] = [],
): { readonly sql: string; readonly params: readonly EncodedValue[] } {
  const site = { verb, subject: 'the statement' };
  if (typeof sql !== 'string' || sql.trim() === '') refuse(site, `needs SQL as text, and got ${describe(sql)}.`);
  if (!Array.isArray(params)) refuse(site, `needs its parameters as a list, and got ${describe(params)}.`);
  const wanted = params.length === 0 ? 0 : placeholders(sql);
  if (wanted !== params.length) {
    const cure = "A question mark that is no placeholder is written '\\?'.";
    refuse(site, `has placeholders for ${wanted} parameters, and got ${params.length}.`, cure);
  }
  return frozen({ sql, params: params.map((value, index) => valueOf(site, `parameter ${index + 1}`, value)) });
}

/** How many values MikroORM fills in: one for each `?` and `??`, wherever it is, and none for `\?`. */
function placeholders(sql: string): number {
  return sql.match(/\\\?|\?\??/g)?.filter((mark) => !mark.startsWith('\\')).length ?? 0;
}

function postconditionOf(site: Site, postcondition: Postcondition): Postcondition {
  const about = { ...site, subject: `the postcondition of ${site.subject}` };
  if (typeof postcondition === 'object' && postcondition !== null && 'query' in postcondition) {
    const { query } = optionsOf(about, postcondition, { query: 'name' });
    return { query: nameOf(about, 'a query', query) };
  }
  const { table, exists, ...rest } = optionsOf(about, postcondition, postconditionKinds);
  if (exists === undefined) refuse(about, "does not say whether it 'exists'.");
  return { ...rest, table: nameOf(about, 'a table', table), exists };
}

function columnsOf(site: Site, row: unknown, number: number): readonly string[] {
  if (typeof row !== 'object' || row === null || Object.keys(row).length === 0) {
    refuse(site, `got ${describe(row)} without columns as row ${number}.`);
  }
  return Object.keys(row).map((column) => nameOf(site, `the name of a column in row ${number}`, column));
}

function rowOf(
  site: Site,
  row: Readonly<Record<string, Value>>,
  number: number,
  columns: readonly string[],
): Readonly<Record<string, EncodedValue>> {
  const own = columnsOf(site, row, number);
  const missingColumn = columns.find((column) => !own.includes(column));
  if (missingColumn !== undefined) {
    refuse(site, `has no '${missingColumn}' in row ${number}.`, 'Give all rows the same columns.');
  }
  const extra = own.find((column) => !columns.includes(column));
  if (extra !== undefined) {
    refuse(site, `has '${extra}' in row ${number}, not in row 1.`, 'Give all rows the same columns.');
  }
  const cells = columns.map((column): [string, EncodedValue] => {
    if (row[column] === undefined)
      refuse(site, `has no value for '${column}' in row ${number}.`, 'Write null for none.');
    return [column, valueOf(site, `'${column}' in row ${number}`, row[column])];
  });
  return Object.fromEntries(cells);
}
