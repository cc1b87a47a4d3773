/** The rows of a database, so that a change can be asked what it has lost. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Engine as Dialect } from '../../../libs/nest-migrate/src/engines/engine.js';
import { type Row } from '../../support/databases.js';

/** By table, the rows. */
export type Contents = ReadonlyMap<string, readonly Row[]>;

const standard = (where: string): string =>
  `select table_schema as "schema", table_name as name from information_schema.tables where table_type = 'BASE TABLE' and ${where}`;
const postgres = standard(`table_schema not in ('pg_catalog', 'information_schema')`);
const mysql = standard('table_schema = database()').replaceAll('"', '`');
const tables: Readonly<Record<Dialect['name'], string>> = {
  postgres,
  mysql,
  mariadb: mysql,
  sqlite: `select null as "schema", name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'`,
};

export async function contentsOf(connection: AbstractSqlConnection, dialect: Dialect): Promise<Contents> {
  const contents = new Map<string, readonly Row[]>();
  const found = await connection.execute<{ schema: string | null; name: string }[]>(tables[dialect.name]);
  for (const { schema, name } of found) {
    const table = dialect.sql.quote(schema ?? undefined, name);
    contents.set(table, await connection.execute<Row[]>(`select * from ${table}`));
  }
  return contents;
}

/**
 * What two moments have in common, told of one of them: the rows of the tables that both have, with the columns that
 * both have. A change keeps that, whatever the types become, except columns that are `recomputed`.
 */
export function shared(of: Contents, other: Contents, recomputed: readonly string[] = []): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [table, rows] of [...of].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const counterpart = other.get(table);
    if (counterpart === undefined) continue;
    const [sample = {}] = counterpart;
    told[table] = rows
      .map((row) =>
        JSON.stringify(
          Object.keys(row)
            .filter((column) => column in sample && !recomputed.includes(column))
            .sort()
            .map((column) => [column, valueOf(row[column])]),
        ),
      )
      .sort();
  }
  return told;
}

/** One spelling for what is the same value in another type: 1.5, '1.50'; true, 1; an object, its JSON. */
function valueOf(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean') return String(Number(value));
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value === 'object') return sortedJson(value);
  const text = typeof value === 'string' ? value : `${value as number | bigint}`;
  if (/^-?\d{1,15}(\.\d+)?$/.test(text)) return String(Number(text));
  // no digits, or as many zeros as the type has
  const moment = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.0+$/.exec(text);
  if (moment !== null) return moment[1];
  return /^[[{]/.test(text) ? parsed(text) : text;
}

function parsed(text: string): string {
  try {
    return sortedJson(JSON.parse(text) as object);
  } catch (error) {
    // a text that only begins like one
    if ((error as Error).name === 'SyntaxError') return text;
    throw error;
  }
}

function sortedJson(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
