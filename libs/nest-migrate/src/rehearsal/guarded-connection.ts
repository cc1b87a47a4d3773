import { type MikroORM } from '@mikro-orm/sql';

/** The members of Kysely's dialects, drivers and connections that are used here. */
interface Dialect {
  createDriver(): Driver;
}
interface Driver {
  acquireConnection(...options: unknown[]): Promise<DriverConnection>;
}
interface DriverConnection {
  executeQuery(query: { readonly sql: string }, ...options: unknown[]): Promise<unknown>;
  streamQuery(query: { readonly sql: string }, ...options: unknown[]): AsyncIterableIterator<unknown>;
}
interface DialectMaker {
  createKyselyDialect(options: unknown): Dialect | Promise<Dialect>;
}

/**
 * Shows each statement of an ORM to `check` before it is sent, by whichever of them: MikroORM, Kysely or a revision. To be
 * called before the ORM connects.
 */
export function guardStatements(orm: MikroORM, check: (sql: string) => void): void {
  const connection = orm.em.getConnection() as unknown as DialectMaker;
  const create = connection.createKyselyDialect.bind(connection);
  connection.createKyselyDialect = (options) => {
    const dialect = create(options);
    return dialect instanceof Promise ? dialect.then((made) => guarded(made, check)) : guarded(dialect, check);
  };
}

function guarded(dialect: Dialect, check: (sql: string) => void): Dialect {
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = () => {
    const driver = createDriver();
    const acquire = driver.acquireConnection.bind(driver);
    const seen = new WeakSet<DriverConnection>();
    driver.acquireConnection = async (...options) => {
      const connection = await acquire(...options);
      // a pool gives out the same one again
      if (!seen.has(connection)) watch(connection, check);
      seen.add(connection);
      return connection;
    };
    return driver;
  };
  return dialect;
}

function watch(connection: DriverConnection, check: (sql: string) => void): void {
  const execute = connection.executeQuery.bind(connection);
  const stream = connection.streamQuery.bind(connection);
  connection.executeQuery = async (query, ...options) => {
    check(query.sql);
    return execute(query, ...options);
  };
  connection.streamQuery = (query, ...options) => {
    check(query.sql);
    return stream(query, ...options);
  };
}
