import { type ReadingSession } from '../../fingerprint/schema-description.js';
import { type CountingKey, type DatabaseStatistics } from '../../statistics/statistics.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';
import { ofThisMoment } from '../of-this-moment.js';

interface TableRow {
  readonly name: string;
  readonly rows: string | number | null;
  readonly bytes: string | number | null;
  readonly index_bytes: string | number | null;
  readonly next: string | number | null;
  readonly counting_column: string | null;
  readonly counting_type: string | null;
}

const TABLES = `
  select t.table_name as name, t.table_rows as \`rows\`, t.data_length as bytes, t.index_length as index_bytes,
         t.auto_increment as next, c.column_name as counting_column, c.column_type as counting_type
    from information_schema.tables t
    left join information_schema.columns c
      on c.table_schema = t.table_schema and c.table_name = t.table_name and c.extra like '%auto_increment%'
   where t.table_schema = database() and t.table_type = 'BASE TABLE' order by 1`;

/** The bits of the types that count. */
const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 };

function keysOf({
  next,
  counting_column: column,
  counting_type: type,
}: Pick<TableRow, 'next' | 'counting_column' | 'counting_type'>): readonly CountingKey[] {
  const bits = BITS[/^\w+/.exec(type ?? '')?.[0]?.toLowerCase() ?? ''];
  if (column === null || next === null || bits === undefined) return [];
  const max = 2 ** (/unsigned/i.test(type ?? '') ? bits : bits - 1) - 1;
  return [{ column, last: Number(next) - 1, max }];
}

/** The sizes of all tables of the current database, as the server estimates them. */
export async function readMySqlStatistics(
  session: ReadingSession,
  variant: MySqlVariant,
): Promise<Omit<DatabaseStatistics, 'readAt'>> {
  const [server] = await session.query<{ version: string; mode: string }>(
    'select version() as version, @@session.sql_mode as mode',
  );
  const version = /^[\d.]+/.exec(server?.version ?? '')?.[0] ?? '';
  const tables = await ofThisMoment(session, () => session.query<TableRow>(TABLES));
  const versions = variant === 'mysql' ? await rowVersions(session) : new Map<string, number>();
  return {
    server: `${variant === 'mysql' ? 'MySQL' : 'MariaDB'} ${version}`,
    replicas: await replicas(session, variant),
    strictMode: /\bSTRICT_(?:TRANS|ALL)_TABLES\b/.test(server?.mode ?? ''),
    maxRowVersions: variant === 'mysql' ? (isBefore(version, [9, 1]) ? 64 : 255) : null,
    tables: tables.map(({ name: table, rows, bytes, index_bytes, ...counting }) => ({
      table,
      rows: numberOrNull(rows),
      bytes: numberOrNull(bytes),
      indexBytes: numberOrNull(index_bytes),
      publications: [],
      invalidIndexes: [],
      rowVersions: versions.get(table) ?? null,
      countingKeys: keysOf(counting),
    })),
  };
}

/** A role needs the privilege PROCESS to see them. */
async function rowVersions(session: ReadingSession): Promise<ReadonlyMap<string, number>> {
  const rows = await unlessForbidden(
    session.query<{ name: string; versions: string | number }>(
      `select t.table_name as name, max(i.total_row_versions) as versions
         from information_schema.tables t
         join information_schema.innodb_tables i
           on i.name = concat(t.table_schema, '/', t.table_name)
           or i.name like concat(replace(concat(t.table_schema, '/', t.table_name), '_', '\\\\_'), '#p#%')
        where t.table_schema = database() and t.table_type = 'BASE TABLE' group by 1`,
    ),
  );
  return new Map(rows?.map(({ name, versions }) => [name, Number(versions)]));
}

/** A role needs the privilege REPLICATION SLAVE to see them. */
async function replicas(session: ReadingSession, variant: MySqlVariant): Promise<number | null> {
  const rows = await unlessForbidden(session.query(variant === 'mysql' ? 'show replicas' : 'show replica hosts'));
  return rows?.length ?? null;
}

/** The server's errors that this role may not see something. */
const FORBIDDEN = new Set(['ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR']);

async function unlessForbidden<T>(query: Promise<T>): Promise<T | undefined> {
  try {
    return await query;
  } catch (error) {
    if (FORBIDDEN.has((error as { readonly code?: string }).code ?? '')) return undefined;
    throw error;
  }
}

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [one = 0, two = 0] = version.split('.').map(Number);
  return one < major || (one === major && two < minor);
}

function numberOrNull(value: string | number | null): number | null {
  return value === null ? null : Number(value);
}
