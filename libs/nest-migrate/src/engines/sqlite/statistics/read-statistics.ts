import { type ReadingSession } from '../../fingerprint/schema-description.js';
import { type DatabaseStatistics } from '../../statistics/statistics.js';
import { sqliteSql } from '../lexical-rules.js';

/**
 * How many rows the tables have at most. SQLite keeps no sizes; the largest key is found without reading the table, and a
 * table without such a key stays unknown.
 */
export async function readSqliteStatistics(session: ReadingSession): Promise<Omit<DatabaseStatistics, 'readAt'>> {
  const [server] = await session.query<{ version: string }>('select sqlite_version() as version');
  const tables = await session.query<{ name: string; keyed: number }>(
    `select name, not wr as keyed from pragma_table_list
      where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by 1`,
  );
  const sizes: DatabaseStatistics['tables'][number][] = [];
  for (const { name: table, keyed } of tables) {
    const [row] =
      keyed === 0
        ? []
        : await session.query<{ rows: number | string | null }>(
            `select max(_rowid_) as rows from ${sqliteSql.quote(table)}`,
          );
    sizes.push({
      table,
      rows: row === undefined ? null : Number(row.rows ?? 0),
      bytes: null,
      indexBytes: null,
      publications: [],
      invalidIndexes: [],
      rowVersions: null,
    });
  }
  return { server: `SQLite ${server?.version ?? ''}`, replicas: null, maxRowVersions: null, tables: sizes };
}
