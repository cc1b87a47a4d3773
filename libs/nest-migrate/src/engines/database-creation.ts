import { type SqlSession } from './session/sql-session.js';

/** How databases are created on a server. The statements are sent on a session of another database. */
export interface DatabaseCreation {
  /** A database that every server has, to connect to. */
  readonly management: string;
  /** Creates an empty database. */
  create(session: SqlSession, name: string, texts: DatabaseTexts): Promise<void>;
  /** Whether an error says that there is such a database already. */
  isThere(error: unknown): boolean;
  /** Whether an error says that the role may not create a database. */
  isForbidden(error: unknown): boolean;
  /** The statement that lets the session's role create it. */
  grant(session: SqlSession, name: string): Promise<string>;
}

/** How a database keeps texts, as MikroORM's configuration says it. */
export interface DatabaseTexts {
  readonly charset?: string;
  readonly collate?: string;
}
