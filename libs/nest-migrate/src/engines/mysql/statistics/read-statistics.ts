import { type ReadingSession } from '../../fingerprint/schema-description.js';
import { type DatabaseStatistics } from '../../statistics/statistics.js';
import { type MySqlVariant } from '../catalogue/catalogue.js';

interface TableRow {
  readonly name: string;
  readonly rows: string | number | null;
  readonly bytes: string | number | null;
  readonly index_bytes: string | number | null;
}

/** The sizes of all tables of the current database, as the server estimates them. */
export async function readMySqlStatistics(
  session: ReadingSession,
  variant: MySqlVariant,
): Promise<Omit<DatabaseStatistics, 'readAt'>> {
  const [server] = await session.query<{ version: string }>('select version() as version');
  const version = /^[\d.]+/.exec(server?.version ?? '')?.[0] ?? '';
  const tables = await session.query<TableRow>(
    `select table_name as name, table_rows as \`rows\`, data_length as bytes, index_length as index_bytes
       from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE' order by 1`,
  );
  const versions = variant === 'mysql' ? await rowVersions(session) : new Map<string, number>();
  return {
    server: `${variant === 'mysql' ? 'MySQL' : 'MariaDB'} ${version}`,
    replicas: await replicas(session, variant),
    maxRowVersions: variant === 'mysql' ? (isBefore(version, [9, 1]) ? 64 : 255) : null,
    tables: tables.map(({ name: table, rows, bytes, index_bytes }) => ({
      table,
      rows: numberOrNull(rows),
      bytes: numberOrNull(bytes),
      indexBytes: numberOrNull(index_bytes),
      publications: [],
      invalidIndexes: [],
      rowVersions: versions.get(table) ?? null,
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
