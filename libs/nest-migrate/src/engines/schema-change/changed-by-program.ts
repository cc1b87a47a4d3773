import { type SqlSession } from '../session/sql-session.js';

/** A change of one table that a program can make instead of the server. */
export interface TableChange {
  /** Absent: the database of the session. */
  readonly schema?: string;
  readonly table: string;
  /** What stands behind `alter table` and the name. */
  readonly clauses: string;
}

/** What is to be known of a table before a program changes it. */
export interface ChangedTable {
  /** The database that it is in. */
  readonly schema: string;
  /** The server's estimate. */
  readonly rows: number;
  /** With its indexes, as the server estimates it. */
  readonly bytes: number;
  /** Why no program can change the table without changing more than that, as the end of a sentence; absent: it can. */
  readonly obstacle?: string;
}

/** What a program has left beside a table. */
export interface LeftByProgram {
  /** What there is, for people. */
  readonly names: readonly string[];
  /** The statements that remove it. */
  readonly removal: readonly string[];
  /** Whether the table was changed before the program ended. */
  readonly isChanged: boolean;
}

/** How programs change tables that are large, as pt-online-schema-change does. */
export interface SchemaChanges {
  /**
   * The change that a statement makes; `undefined` for any other statement, and for one that says itself how the server
   * has to make it.
   */
  changeIn(sql: string): TableChange | undefined;
  /** The statement for a change, with the assertion that the server changes its catalogue alone. */
  instant(change: TableChange): string;
  /** Whether the server has refused that assertion. */
  isRefused(error: unknown): boolean;
  /** Returns `undefined` where there is no such table. */
  look(session: SqlSession, change: TableChange): Promise<ChangedTable | undefined>;
  /** What programs have left beside a table; `undefined` for nothing. */
  left(session: SqlSession, change: TableChange): Promise<LeftByProgram | undefined>;
  /** The lock of the server that the sessions of a program hold while it works on a table. */
  lockOf(schema: string, table: string): string;
  /** What a session sends first to take that lock. */
  takes(lock: string): string;
  /** The session that holds it; `null` for none. */
  holder(session: SqlSession, lock: string): Promise<string | null>;
}
