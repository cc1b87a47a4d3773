import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { mysqlSql } from '../lexical-rules.js';

/** A column as MariaDB's catalogue shows it. */
interface ShownColumn {
  readonly table_name: string;
  readonly column_name: string;
  readonly column_default: string | null;
  readonly generation_expression: string | null;
}

interface ShownCheck {
  readonly table_name: string;
  readonly name: string;
  readonly expression: string;
}

/**
 * Whether the catalogue may show a question mark for each byte of a character that takes four (MariaDB), or for the
 * character (the views of MySQL). `show create` shows the character.
 */
function mayLackCharacters(shown: string | null): shown is string {
  return shown?.includes('?') === true;
}

/** What `created` has behind `before` where the catalogue shows `shown`; `undefined` where it has something else. */
function asCreated(created: string, before: string, shown: string): string | undefined {
  const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const pattern = shown
    .split(/(\?+)/)
    .map((part, index) => (index % 2 === 0 ? literally(part) : `[?\\u{10000}-\\u{10ffff}]{1,${part.length}}`))
    .join('');
  return new RegExp(`${literally(before)}(${pattern})`, 'u').exec(created)?.[1];
}

/** Columns and checks of MariaDB with the characters that its catalogue does not show. */
export async function withEveryCharacter<Column extends ShownColumn, Check extends ShownCheck>(
  connection: AbstractSqlConnection,
  columns: readonly Column[],
  checks: readonly Check[],
): Promise<{ readonly columns: readonly Column[]; readonly checks: readonly Check[] }> {
  const lacking = [
    ...columns.filter(
      (column) => mayLackCharacters(column.column_default) || mayLackCharacters(column.generation_expression),
    ),
    ...checks.filter(({ expression }) => mayLackCharacters(expression)),
  ];
  const created = await createdTables(connection, lacking);
  const lineOf = lines(created);
  return {
    columns: columns.map((column) => {
      const line = lineOf(column.table_name, column.column_name);
      const full = (before: string, shown: string | null): string | null =>
        mayLackCharacters(shown) ? (asCreated(line, before, shown) ?? shown) : shown;
      return {
        ...column,
        column_default: full(' DEFAULT ', column.column_default),
        generation_expression: full(' GENERATED ALWAYS AS (', column.generation_expression),
      };
    }),
    checks: checks.map((check) => {
      const { table_name: table, name, expression } = check;
      if (!mayLackCharacters(expression)) return check;
      // a check of a column has the name of the column
      const full =
        asCreated(created.get(table) ?? '', `CONSTRAINT ${mysqlSql.quote(name)} CHECK (`, expression) ??
        asCreated(lineOf(table, name), ' CHECK (', expression);
      return { ...check, expression: full ?? expression };
    }),
  };
}

/**
 * Columns of MySQL with the characters of their plain defaults: `show create` writes such a value in hexadecimal. MariaDB
 * shows it nowhere.
 */
export async function withExactDefaults<Column extends ShownColumn>(
  connection: AbstractSqlConnection,
  columns: readonly Column[],
  isPlain: (column: Column) => boolean,
): Promise<readonly Column[]> {
  const lacking = columns.filter((column) => mayLackCharacters(column.column_default) && isPlain(column));
  const lineOf = lines(await createdTables(connection, lacking));
  return columns.map((column) => {
    if (!lacking.includes(column)) return column;
    const hexadecimal = / DEFAULT 0x((?:[\dA-F]{2})+)(?=[ ,]|$)/.exec(
      lineOf(column.table_name, column.column_name),
    )?.[1];
    if (hexadecimal === undefined) return column;
    return { ...column, column_default: Buffer.from(hexadecimal, 'hex').toString('utf8') };
  });
}

/** The query of a view with the characters that the catalogue does not show. */
export async function queryWithEveryCharacter(
  connection: AbstractSqlConnection,
  view: string,
  shown: string,
): Promise<string> {
  if (!mayLackCharacters(shown)) return shown;
  const created = await createdAs(connection, 'view', view);
  return asCreated(created, ` VIEW ${mysqlSql.quote(view)} AS `, shown) ?? shown;
}

async function createdAs(connection: AbstractSqlConnection, kind: 'table' | 'view', name: string): Promise<string> {
  const [row] = await connection.execute<Record<string, string>[]>(`show create ${kind} ${mysqlSql.quote(name)}`);
  return row?.[kind === 'table' ? 'Create Table' : 'Create View'] ?? '';
}

/** By table, the statement that makes it. */
async function createdTables(
  connection: AbstractSqlConnection,
  rows: readonly { readonly table_name: string }[],
): Promise<ReadonlyMap<string, string>> {
  const created = new Map<string, string>();
  for (const table of new Set(rows.map(({ table_name }) => table_name))) {
    created.set(table, await createdAs(connection, 'table', table));
  }
  return created;
}

/** The line of a column in the statement of its table. Line ends within texts are escaped there. */
function lines(created: ReadonlyMap<string, string>): (table: string, column: string) => string {
  return (table, column) =>
    created
      .get(table)
      ?.split('\n')
      .find((line) => line.startsWith(`  ${mysqlSql.quote(column)} `)) ?? '';
}
