import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type CatalogueTable } from '../engines/catalogue/catalogue.js';
import { type Engine } from '../engines/engine.js';
import { displayName, type QualifiedName, samePlace } from '../schema/schema-model.js';

/** The rows of one table. */
interface TableRows {
  readonly place: QualifiedName;
  /** The columns of the primary key; all columns where there is none. */
  readonly key: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The rows of all tables that have some. */
export interface TableContents {
  readonly tables: readonly QualifiedName[];
  readonly filled: readonly TableRows[];
}

/** How many tables one question asks about. */
const AT_ONCE = 100;

/**
 * Reads all rows of a database, which has few.
 *
 * @param ignored The tool's own tables.
 */
export async function readContents(
  connection: AbstractSqlConnection,
  engine: Engine,
  ignored: readonly QualifiedName[],
): Promise<TableContents> {
  const listed = (await engine.catalogue.listTables(connection)).filter(
    // the rows of a partition are those of its table, and those of the server or of an extension are no revision's
    (table) => table.unreadable?.partOf === undefined && !ignored.some((other) => samePlace(table, other)),
  );
  const withRows = new Set<number>();
  for (let from = 0; from < listed.length; from += AT_ONCE) {
    const questions = listed.slice(from, from + AT_ONCE).map(({ schema, name }, index) => {
      const asked = `exists (select 1 from ${engine.sql.quote(schema, name)})`;
      return `select ${from + index} as place, case when ${asked} then 1 else 0 end as filled`;
    });
    const found = await connection.execute<{ place: number; filled: number }[]>(questions.join(' union all '));
    for (const { place, filled } of found) if (Number(filled) === 1) withRows.add(Number(place));
  }
  const filled = listed.filter((_, index) => withRows.has(index));
  const described = await engine.catalogue.readTables(connection, filled);
  const contents: TableRows[] = [];
  for (const [index, { name, schema }] of filled.entries()) {
    const rows = await connection.execute<Record<string, unknown>[]>(`select * from ${engine.sql.quote(schema, name)}`);
    contents.push({ place: { name, ...(schema !== undefined && { schema }) }, key: keyOf(described[index]), rows });
  }
  return { tables: listed, filled: contents };
}

function keyOf(table: CatalogueTable | undefined): readonly string[] {
  const key = table?.indexes.find((index) => index.kind === 'primaryKey');
  return key?.columns ?? table?.columns.map(({ name }) => name) ?? [];
}

/**
 * Says which rows an upgrade has lost, one sentence a table. A table that is not there any more was dropped or renamed,
 * which is meant.
 */
export function lostByUpgrade(before: TableContents, after: TableContents): readonly string[] {
  return before.filled.flatMap(({ place, key, rows }) => {
    if (!after.tables.some((table) => samePlace(table, place))) return [];
    const now = after.filled.find((table) => samePlace(table.place, place));
    // the key may be another one now: then the number of rows has to do
    const sameKey = now !== undefined && String(now.key) === String(key);
    const there = new Set(now?.rows.map((row) => textOf(row, key)));
    const lost = sameKey
      ? rows.filter((row) => !there.has(textOf(row, key))).length
      : rows.length - (now?.rows.length ?? 0);
    return lost > 0 ? [`${countOf(lost, rows.length)} of ${displayName(place)} ${are(lost)} gone`] : [];
  });
}

/**
 * Says which rows are not what they were after an upgrade and its downgrade, one sentence a table. What the upgrade has
 * dropped can't come back, and what it has changed need not.
 */
export function lostByDowngrade(
  before: TableContents,
  between: TableContents,
  after: TableContents,
): readonly string[] {
  const isNew = ({ place }: TableRows): boolean => !before.tables.some((table) => samePlace(table, place));
  const moved = between.filled.some(isNew);
  return before.filled.flatMap(({ place, key, rows }) => {
    const kept = between.filled.find((table) => samePlace(table.place, place));
    const isThere = between.tables.some((table) => samePlace(table, place));
    // a table that is gone without another one that has rows was dropped with them
    if (!isThere && !moved) return [];
    const now = after.filled.find((table) => samePlace(table.place, place));
    const there = new Map(now?.rows.map((row) => [textOf(row, key), row]));
    const meanwhile = new Map(kept?.rows.map((row) => [textOf(row, key), row]));
    // the upgrade has lost them, which is said of it
    const expected = isThere ? rows.filter((row) => meanwhile.has(textOf(row, key))) : rows;
    const lost = expected.filter((row) => !there.has(textOf(row, key)));
    const changed = expected.flatMap((row) => {
      const [found, then] = [there.get(textOf(row, key)), meanwhile.get(textOf(row, key))];
      if (found === undefined) return [];
      return Object.keys(row).filter(
        (column) =>
          column in found &&
          (then === undefined || (column in then && sameValue(then[column], row[column]))) &&
          !sameValue(found[column], row[column]),
      );
    });
    const columns = [...new Set(changed)].sort();
    return [
      ...(lost.length > 0
        ? [`${countOf(lost.length, rows.length)} of ${displayName(place)} ${are(lost.length)} gone`]
        : []),
      ...(columns.length > 0 ? [`${displayName(place)} has other values in ${columns.join(', ')}`] : []),
    ];
  });
}

/** The tables in which two databases have other rows. */
export function otherRows(a: TableContents, b: TableContents): readonly string[] {
  return differencesOfRows(a, b).map(({ table }) => table);
}

/** How the rows of a table differ. */
export interface DifferenceOfRows {
  readonly table: string;
  /** How many rows there are in the first database and in the second. */
  readonly counts: readonly [number, number];
  /** The columns that have other values. */
  readonly columns: readonly string[];
}

/**
 * How the rows of two databases differ, table by table.
 *
 * @param unsteady Columns that are not compared, by table.
 */
export function differencesOfRows(
  a: TableContents,
  b: TableContents,
  unsteady: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly DifferenceOfRows[] {
  const rowsOf = ({ filled }: TableContents): ReadonlyMap<string, TableRows['rows']> =>
    new Map(filled.map(({ place, rows }) => [displayName(place), rows]));
  const [first, second] = [rowsOf(a), rowsOf(b)];
  return [...new Set([...first.keys(), ...second.keys()])].sort().flatMap((table) => {
    const [some, others] = [first.get(table) ?? [], second.get(table) ?? []];
    const left = unsteady.get(table) ?? [];
    // a column that only one has is a difference of the schemas
    const columns = Object.keys(some[0] ?? others[0] ?? {})
      .filter((column) => !left.includes(column) && column in (others[0] ?? some[0] ?? {}))
      // the order of the columns and of the rows is that in which they were added
      .sort();
    const isSame = (of: readonly string[]): boolean => {
      const [texts, otherTexts] = [some, others].map((rows) =>
        JSON.stringify(rows.map((row) => textOf(row, of)).sort()),
      );
      return texts === otherTexts;
    };
    if (isSame(columns)) return [];
    const differing = columns.filter((column) => !isSame([column]));
    return [{ table, counts: [some.length, others.length] as const, columns: differing }];
  });
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function countOf(count: number, all: number): string {
  if (count === all) return all === 1 ? 'the row' : `all ${all} rows`;
  return `${count} of ${all} rows`;
}

function textOf(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  return JSON.stringify(columns.map((column) => valueOf(row[column])));
}

function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(valueOf(a)) === JSON.stringify(valueOf(b));
}

/** A value as JSON can hold it. One value has one text, whatever a driver makes of it. */
function valueOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' ? String(value) : value;
}
