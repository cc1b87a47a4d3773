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
  else {
    const { ddl } = dialect;
    const groups = ddl.together?.groups(operations) ?? operations.map((operation) => [operation]);
    for (const group of groups) {
      yield* statementsTogether(dialect, (await ddl.restated?.(sessionOn(connection), group)) ?? group);
    }
  }
}

/** The statements of what is asked for at once, where they do not depend on what the tables are. */
export function statementsTogether({ ddl }: Dialect, operations: readonly Operation[]): readonly Statement[] {
  const { together } = ddl;
  if (together === undefined || operations.length < 2) return operations.flatMap((one) => ddl.statements(one));
  return together.groups(operations).flatMap((group) => together.statements(group));
}

/** A connection as what a run has pinned. */
export function sessionOn(connection: AbstractSqlConnection): SqlSession {
  return {
    query: async (sql, params = []) => connection.execute(sql, [...params], 'all'),
    execute: async (sql, params = []) =>
      (await connection.execute<{ affectedRows: number }>(sql, [...params], 'run')).affectedRows,
  };
}
