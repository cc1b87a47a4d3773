import { type KeyColumn, type RowBatches, type TablePlace } from '../engines/session/row-batches.js';
import { InvalidOperationError } from '../errors/operation.errors.js';
import { type RunEngine } from './ports.js';

/** The values of a key as texts, in the order of its columns. */
export type KeyValues = readonly string[];

/** Rows between two keys: behind `after`, which is absent at the beginning of a table, and up to `last`. */
export interface KeyRange {
  readonly after: KeyValues | undefined;
  readonly last: KeyValues;
}

/** The names under which a query returns the parts of a key, beside whatever a table may have. */
const PART = 'nest_migrate_key_';

/** The statements by which rows of one table are worked through along a key. */
export class BackfillStatements {
  readonly #quote: RunEngine['sql']['quote'];
  readonly #table: string;
  readonly #names: readonly string[];
  readonly #where: string | undefined;

  constructor(
    engine: Pick<RunEngine, 'sql'>,
    private readonly batches: RowBatches,
    private readonly subject: TablePlace & { readonly columns: readonly KeyColumn[]; readonly where?: string },
  ) {
    const { schema, table, columns, where } = subject;
    this.#quote = engine.sql.quote;
    this.#table = this.#quote(schema, table);
    this.#names = columns.map(({ name }) => this.#quote(name));
    // on lines of its own, since it may end with a comment
    this.#where = where === undefined ? undefined : `(${where}\n)`;
  }

  /**
   * A query for the last key of the next batch and the number of its rows.
   *
   * @param isSparse Whether only the rows count that need the work.
   */
  bound(after: KeyValues | undefined, limit: number, isSparse: boolean): string {
    const conditions = [
      ...(after === undefined ? [] : [this.#compared('>', after)]),
      ...(isSparse && this.#where !== undefined ? [this.#where] : []),
    ];
    const parts = this.#names.map((_, at) => `k${at}`);
    const texts = this.subject.columns.map((column, at) => `${this.batches.text(column, `k${at}`)} as ${PART}${at}`);
    return (
      `with batch as (select ${this.#names.map((name, at) => `${name} as k${at}`).join(', ')} from ${this.#table}` +
      `${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}` +
      ` order by ${this.#names.join(', ')} limit ${limit}) ` +
      `select ${texts.join(', ')}, (select count(*) from batch) as nest_migrate_rows` +
      ` from batch order by ${parts.map((part) => `${part} desc`).join(', ')} limit 1`
    );
  }

  /** The update of the rows in a range that need the work. */
  update(set: Readonly<Record<string, string>>, range: KeyRange): string {
    const assignments = Object.entries(set).map(([column, sql]) => `${this.#quote(column)} = (${sql}\n)`);
    return `update ${this.#table} set ${assignments.join(', ')} where ${this.#within(range)}`;
  }

  /**
   * A query that updates them, and returns how many were updated and how many of these still need the work by the
   * condition. Only where transactions are not steady: {@link RowBatches.isSteady}.
   */
  updateAndCount(set: Readonly<Record<string, string>>, range: KeyRange): string {
    return (
      `with changed as (${this.update(set, range)} returning ${this.#where} as is_left) ` +
      'select count(*) as changed, count(*) filter (where is_left) as still from changed'
    );
  }

  /** A query for the rows in a range that need the work, which locks them. */
  rows(range: KeyRange): string {
    const texts = this.subject.columns.map(
      (column, at) => `${this.batches.text(column, this.#names[at] ?? '')} as ${PART}${at}`,
    );
    return (
      `select ${this.#quote(this.subject.table)}.*, ${texts.join(', ')} from ${this.#table}` +
      ` where ${this.#within(range)} order by ${this.#names.join(', ')}${this.batches.lock}`
    );
  }

  /** A query for the number of rows in a range that need the work. */
  count(range: KeyRange): string {
    return `select count(*) as still from ${this.#table} where ${this.#within(range)}`;
  }

  /** As {@link count}, of the rows with these keys, where others may have come into the range since. */
  countOf(keys: readonly KeyValues[], range: KeyRange): string {
    const list = keys.map((key) => `(${this.#literals(key).join(', ')})`);
    return `${this.count(range)} and (${this.#names.join(', ')}) in (${list.join(', ')})`;
  }

  /** A query for the number of rows of the table, no further than a limit. */
  counted(limit: number): string {
    return `select count(*) as counted from (select 1 as one from ${this.#table} limit ${limit}) as some_rows`;
  }

  /** The key in a row of {@link bound} or {@link rows}. */
  keyIn(row: Readonly<Record<string, unknown>>): KeyValues {
    return this.#names.map((_, at) => String(row[`${PART}${at}`]));
  }

  /** A row of {@link rows} as the table has it. */
  withoutKey(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith(PART)));
  }

  /** @throws InvalidOperationError for a key that this library has not written. */
  #literals(key: KeyValues): readonly string[] {
    return this.subject.columns.map((column, at) => {
      const text = key[at];
      const sql = text === undefined ? undefined : this.batches.literal(column, text);
      if (sql !== undefined) return sql;
      throw new InvalidOperationError(
        'backfill',
        `table '${this.subject.table}' has '${String(text)}' as the place where it stopped, which is no value of '${column.name}'.`,
      );
    });
  }

  #within({ after, last }: KeyRange): string {
    const conditions = [
      ...(after === undefined ? [] : [this.#compared('>', after)]),
      this.#compared('<=', last),
      ...(this.#where === undefined ? [] : [this.#where]),
    ];
    return conditions.join(' and ');
  }

  #compared(operator: '>' | '<=', key: KeyValues): string {
    const values = this.#literals(key);
    if (this.#names.length === 1) return `${this.#names[0]} ${operator} ${values[0]}`;
    if (this.batches.comparesRows) return `(${this.#names.join(', ')}) ${operator} (${values.join(', ')})`;
    // the same in comparisons of single columns, of which an index serves each
    const strict = operator === '>' ? '>' : '<';
    const cases = this.#names.map((name, at) => {
      const equal = this.#names.slice(0, at).map((before, index) => `${before} = ${values[index]}`);
      const isLast = at === this.#names.length - 1;
      return [...equal, `${name} ${isLast ? operator : strict} ${values[at]}`].join(' and ');
    });
    return `(${cases.map((one) => `(${one})`).join(' or ')})`;
  }
}
