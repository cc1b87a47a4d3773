/** A session that uses a database in a transaction which does not end by itself, as a report or a forgotten console does. */
import { MikroORM, type AbstractSqlDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { type TestDatabase } from './databases.ts';

export interface OpenTransaction {
  /** The number of its session on the server. */
  readonly session: number;
  readonly execute: (sql: string) => Promise<void>;
  /** Rolls it back, and closes the session; once more does nothing. */
  readonly end: () => Promise<void>;
}

/** Begins one, and sends the statements in it. */
export async function openTransaction(
  database: TestDatabase,
  ...statements: readonly string[]
): Promise<OpenTransaction> {
  const orm = await MikroORM.init<AbstractSqlDriver, SqlEntityManager>({
    ...database.options,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    preferEnvVars: false,
  });
  const em = orm.em.fork();
  const [row] = await em.execute<{ session: number }[]>(
    `select ${database.engine === 'postgres' ? 'pg_backend_pid()' : 'connection_id()'} as session`,
  );
  await em.begin();
  for (const sql of statements) await em.execute(sql);
  let isOpen = true;
  return {
    session: Number(row.session),
    execute: async (sql) => {
      await em.execute(sql);
    },
    end: async () => {
      if (!isOpen) return;
      isOpen = false;
      await em.rollback();
      await orm.close(true);
    },
  };
}
