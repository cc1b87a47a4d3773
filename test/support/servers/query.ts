/** One query over a connection of its own, through MikroORM's drivers: they are what the suite has anyway. */
import { MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { type Configuration } from '@mikro-orm/core';
import { type Engine, type ServerEngine } from '../engines.ts';

export type Row = Readonly<Record<string, unknown>>;
export type DriverClass = new (config: Configuration) => AbstractSqlDriver;

/** Imported on first use: PGlite's, for one, is large. */
export const drivers: Record<Engine, () => Promise<DriverClass>> = {
  postgres: async () => (await import('@mikro-orm/postgresql')).PostgreSqlDriver,
  pglite: async () => (await import('@mikro-orm/pglite')).PgliteDriver,
  mysql: async () => (await import('@mikro-orm/mysql')).MySqlDriver,
  mariadb: async () => (await import('@mikro-orm/mariadb')).MariaDbDriver,
  sqlite: async () => (await import('@mikro-orm/sqlite')).SqliteDriver,
};

export interface Login {
  readonly engine: ServerEngine;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The database that is always there. */
export const homeDatabases = {
  postgres: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
} as const satisfies Record<ServerEngine, string>;

/** `?` in the SQL stands for a parameter, `??` for a quoted name. */
export async function query(
  login: Login,
  sql: string,
  parameters: readonly unknown[] = [],
  database: string = homeDatabases[login.engine],
): Promise<readonly Row[]> {
  const { engine, host, port, user, password } = login;
  const orm = await MikroORM.init<AbstractSqlDriver, SqlEntityManager>({
    driver: await drivers[engine](),
    dbName: database,
    host,
    port,
    user,
    password,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false,
    preferEnvVars: false,
    pool: { min: 0, max: 1 },
    logger: () => undefined,
  });
  try {
    return await orm.em.getConnection().execute<Row[]>(sql, parameters, 'all');
  } finally {
    await orm.close(true);
  }
}
