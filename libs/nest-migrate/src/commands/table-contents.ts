import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type CatalogueTable } from '../engines/catalogue/catalogue.js';
import { type Engine } from '../engines/engine.js';
import { displayName, type QualifiedName, samePlace } from '../schema/schema-model.js';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The rows of one table. */
interface TableRows {
  readonly place: QualifiedName;
  /** The columns of the primary key; all columns where there is none. */
  readonly key: readonly string[];
  readonly rows: Rows;
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

/** What is lost of the rows of one table. */
export interface Loss {
  readonly place: QualifiedName;
  /** How many rows there were. */
  readonly of: number;
  /** How many of them are gone. */
  readonly gone: number;
  /** Those, as they were; `undefined` where only their number is known. */
  readonly rows: Rows | undefined;
  /** The rows that have another value now, as they were, by the column. */
  readonly changed: ReadonlyMap<string, Rows>;
}

/**
 * Tells which rows an upgrade has lost, table by table. A table that is not there any more was dropped or renamed,
 * which is meant.
 */
export function lostByUpgrade(before: TableContents, after: TableContents): readonly Loss[] {
  return before.filled.flatMap(({ place, key, rows }) => {
    if (!after.tables.some((table) => samePlace(table, place))) return [];
    const now = after.filled.find((table) => samePlace(table.place, place));
    // the key may be another one now: then the number of rows has to do
    const lost =
      now === undefined ? rows : String(now.key) === String(key) ? divided(rows, now.rows, key).missing : undefined;
    const gone = lost?.length ?? rows.length - (now?.rows.length ?? 0);
    return gone > 0 ? [{ place, of: rows.length, gone, rows: lost, changed: new Map() }] : [];
  });
}

/**
 * Tells which rows are not what they were after an upgrade and its downgrade, table by table. What the upgrade has
 * dropped can't come back, and what it has changed need not.
 */
export function lostByDowngrade(before: TableContents, between: TableContents, after: TableContents): readonly Loss[] {
  const isNew = ({ place }: TableRows): boolean => !before.tables.some((table) => samePlace(table, place));
  const moved = between.filled.some(isNew);
  return before.filled.flatMap(({ place, key, rows }) => {
    const kept = between.filled.find((table) => samePlace(table.place, place));
    const isThere = between.tables.some((table) => samePlace(table, place));
    // a table that is gone without another one that has rows was dropped with them
    if (!isThere && !moved) return [];
    const now = after.filled.find((table) => samePlace(table.place, place))?.rows ?? [];
    const there = new Map(now.map((row) => [textOf(row, key), row]));
    const meanwhile = new Map(kept?.rows.map((row) => [textOf(row, key), row]));
    // the upgrade has lost the others, which is said of it
    const expected = isThere ? divided(rows, kept?.rows ?? [], key).common : rows;
    const lost = divided(expected, now, key).missing;
    const changed = new Map<string, Rows>();
    for (const row of expected) {
      const [found, then] = [there.get(textOf(row, key)), meanwhile.get(textOf(row, key))];
      if (found === undefined) continue;
      for (const column of Object.keys(row)) {
        const isOther =
          column in found &&
          (then === undefined || (column in then && sameValue(then[column], row[column]))) &&
          !sameValue(found[column], row[column]);
        if (isOther) changed.set(column, [...(changed.get(column) ?? []), row]);
      }
    }
    const isLost = lost.length > 0 || changed.size > 0;
    return isLost ? [{ place, of: rows.length, gone: lost.length, rows: lost, changed }] : [];
  });
}

/** A loss in words, to stand behind when: one text where rows are gone, one where some have other values. */
export function lossInWords({ place, of, gone, changed }: Loss): readonly string[] {
  const table = displayName(place);
  const columns = [...changed.keys()].sort();
  return [
    ...(gone > 0 ? [`${countOf(gone, of)} of ${table} ${are(gone)} gone`] : []),
    ...(columns.length > 0 ? [`${table} has other values in ${columns.join(', ')}`] : []),
  ];
}

/**
 * What is lost of the rows of a table, and not among what is known to be lost of it. Where only the number of rows is
 * known, that is compared.
 *
 * @param unsteady Columns that have another value each time. Rows are told apart by the others.
 */
export function lossBeyond(
  { rows, gone, changed, ...loss }: Loss,
  known: Loss | undefined,
  unsteady: readonly string[],
): Loss | undefined {
  const beyond = (some: Rows, others: Rows): Rows => {
    const columns = Object.keys(some[0] ?? {}).filter((column) => !unsteady.includes(column));
    return divided(some, others, columns).missing;
  };
  const knownRows = known === undefined ? [] : known.rows;
  const others = rows && knownRows && beyond(rows, knownRows);
  const otherValues = [...changed].flatMap(([column, those]) => {
    // a row that is gone has lost its values too
    const left = beyond(those, [...(known?.changed.get(column) ?? []), ...(knownRows ?? [])]);
    return left.length > 0 ? [[column, left] as const] : [];
  });
  const count = others?.length ?? Math.max(0, gone - (known?.gone ?? 0));
  if (count === 0 && otherValues.length === 0) return undefined;
  return { ...loss, gone: count, rows: others, changed: new Map(otherValues) };
}

/** Divides rows into those that others have too, and those that are missing there. Equal rows count one by one. */
function divided(
  rows: Rows,
  others: Rows,
  columns: readonly string[],
): { readonly common: Rows; readonly missing: Rows } {
  const there = new Map<string, number>();
  for (const row of others) there.set(textOf(row, columns), (there.get(textOf(row, columns)) ?? 0) + 1);
  const [common, missing]: Readonly<Record<string, unknown>>[][] = [[], []];
  for (const row of rows) {
    const left = there.get(textOf(row, columns)) ?? 0;
    (left > 0 ? common : missing).push(row);
    there.set(textOf(row, columns), left - 1);
  }
  return { common, missing };
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
  const rowsOf = ({ filled }: TableContents): ReadonlyMap<string, Rows> =>
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
