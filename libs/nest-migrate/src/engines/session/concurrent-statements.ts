import { type SqlSession } from './sql-session.js';

/** What a failed build has left behind, and the statement that removes it. */
export interface Remains {
  /** For messages. */
  readonly name: string;
  readonly drop: string;
}

/** Statements that work in several transactions, and wait for those of other sessions in between. */
export interface ConcurrentStatements {
  includes(sql: string): boolean;
  /** Called before the statement is sent. Returns a function that finds out what is left if the statement fails. */
  watch(session: SqlSession, sql: string): Promise<(error: unknown) => Promise<Remains | undefined>>;
}
