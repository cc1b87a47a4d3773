/** A look into a test's database from outside, through a connection of its own that is closed again. */
import { MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { type Engine, type Row, type TestDatabase } from './databases.ts';

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

/**
 * A query for the names of all tables that are nobody's but the user's, as `name`, sorted. The journal, which is there from
 * the first statement that it is needed for, is left out.
 */
export function tablesQuery(engine: Engine): string {
  if (engine === 'sqlite') {
    return `select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like '%_journal' order by name`;
  }
  const family = engine === 'postgres' || engine === 'pglite';
  const where = family ? "table_schema not in ('pg_catalog', 'information_schema')" : 'table_schema = database()';
  return `select table_name as name from information_schema.tables where ${where} and table_name not like '%_journal' order by table_name`;
}

/** The names of all tables that are nobody's but the user's, sorted. */
export async function tablesOf(database: TestDatabase): Promise<readonly string[]> {
  const rows = await queryDatabase(database, tablesQuery(database.engine));
  return rows.map((row) => String(row['name']));
}
