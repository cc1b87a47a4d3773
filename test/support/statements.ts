/** The statements of operations, one by one: on SQLite each is made from the tables as the ones before left them. */
import { type AbstractSqlConnection } from '@mikro-orm/sql';
import { type Engine as Dialect } from '../../libs/nest-migrate/src/engines/engine.js';
import { type SqlSession } from '../../libs/nest-migrate/src/engines/session/sql-session.js';
import { type Statement } from '../../libs/nest-migrate/src/engines/ddl/statement.js';
import { type Operation } from '../../libs/nest-migrate/src/operations/operation.js';

/** To be run one after the other: what is read for a later one sees the earlier ones done. */
export async function* statementsFor(
  dialect: Dialect,
  connection: AbstractSqlConnection,
  ...operations: readonly Operation[]
): AsyncGenerator<Statement> {
  if (dialect.ddl.statementsOn !== undefined) yield* dialect.ddl.statementsOn(sessionOn(connection), operations);
  else for (const operation of operations) yield* dialect.ddl.statements(operation);
}

/** A connection as what a run has pinned. */
export function sessionOn(connection: AbstractSqlConnection): SqlSession {
  return {
    query: async (sql, params = []) => connection.execute(sql, [...params], 'all'),
    execute: async (sql, params = []) =>
      (await connection.execute<{ affectedRows: number }>(sql, [...params], 'run')).affectedRows,
  };
}
