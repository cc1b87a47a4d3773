/** A look into a test's database from outside, through a connection of its own that is closed again. */
import { MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { type Row, type TestDatabase } from './databases.ts';

export async function queryDatabase(database: TestDatabase, sql: string): Promise<readonly Row[]> {
  const orm = await MikroORM.init<AbstractSqlDriver, SqlEntityManager>({
    ...database.options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
  });
  try {
    return await orm.em.getConnection().execute<Row[]>(sql);
  } finally {
    await orm.close(true);
  }
}

/** The names of all tables that are nobody's but the user's, sorted. */
export async function tablesOf(database: TestDatabase): Promise<readonly string[]> {
  const family = database.engine === 'postgres' || database.engine === 'pglite';
  const where = family ? "table_schema not in ('pg_catalog', 'information_schema')" : 'table_schema = database()';
  const rows = await queryDatabase(
    database,
    `select table_name as name from information_schema.tables where ${where} order by table_name`,
  );
  return rows.map((row) => String(row['name']));
}
