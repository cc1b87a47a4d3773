import { type AbstractSqlConnection } from '@mikro-orm/sql';

/**
 * The driver's own pool behind a connection; `undefined` where the application made the instance of Kysely itself, or
 * the engine has no pool. The connection has to be connected: MikroORM connects another one here, and creates a missing
 * database.
 *
 * @typeParam Pool the members that the caller uses.
 */
export async function nativePool<Pool extends object>(connection: AbstractSqlConnection): Promise<Pool | undefined> {
  const { getNativeClient } = connection as { getNativeClient?: () => Promise<unknown> };
  const pool = await getNativeClient?.call(connection).catch(() => undefined);
  return typeof pool === 'object' && pool !== null ? (pool as Pool) : undefined;
}
