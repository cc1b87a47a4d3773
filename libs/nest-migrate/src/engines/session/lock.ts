import { type SqlSession } from './sql-session.js';

/** The session that holds the migration lock, as far as the server tells. */
export interface LockHolder {
  /** The server's number of the session: a process id on PostgreSQL, a connection id on MySQL and MariaDB. */
  readonly pid: number;
  /** The member of the cluster that the session is connected to; absent where the server is in no cluster. */
  readonly member?: string;
  /**
   * On PostgreSQL the application name of the session, on MySQL and MariaDB its user, in a cluster its process; else
   * `null`.
   */
  readonly application: string | null;
  /** The address that the session comes from; `null` where it is local or the role may not see it. */
  readonly address: string | null;
  /** When its session or statement began, or it took the lock of a cluster; ISO 8601 in UTC. `null`: not known. */
  readonly since: string | null;
  /** What the session runs at the moment, on one line; `null` where it runs nothing, or the role may not see it. */
  readonly statement: string | null;
  /** What it ran last, where it runs nothing and its transaction is open; absent where that is not so, or not known. */
  readonly lastStatement?: string | null;
  /** Whether the server does not tell whom a statement waits for, and this session is the likely one. */
  readonly isGuess?: boolean;
}

/**
 * The lock of one database and version table. It belongs to the session: the server releases it when the session ends,
 * however it ends. Taking it never waits on the server, since a session waiting inside `pg_advisory_lock` would
 * deadlock with `create index concurrently`. The runtime polls instead.
 */
export interface MigrationLock {
  /**
   * Checks that the server keeps one session for this client, before a lock of that session is taken. Absent where
   * nothing can be between client and server.
   *
   * @throws SessionNotKeptError
   */
  prepare?(session: SqlSession, way: WayToServer): Promise<void>;
  tryAcquire(session: SqlSession): Promise<boolean>;
  /**
   * Repeats the check when the lock is taken, before anything else is done: a busy pooler may not have shown at the
   * first check. Releases the lock if it fails.
   *
   * @throws SessionNotKeptError
   */
  confirm?(session: SqlSession, way: WayToServer): Promise<void>;
  /**
   * Releases the lock. Returns `false` where it was no longer held, since a statement has released it.
   *
   * @throws SessionNotKeptError where another session of the server holds it.
   */
  release(session: SqlSession, way: WayToServer): Promise<boolean>;
  /** The current holder; `null` where the lock is free or the role may not see it. */
  holder(session: SqlSession): Promise<LockHolder | null>;
}

/** How the client reaches the server: directly, or through a program such as a pooler. */
export interface WayToServer {
  /**
   * Whether one of the client's connections is the server session with that number; `false` also where that cannot be
   * known.
   */
  leadsTo(pid: number): Promise<boolean>;
  /** Opens a separate connection; `undefined` where that fails. */
  openBeside(): Promise<SideSession | undefined>;
  /** Waits that many milliseconds, and keeps no process alive for it. */
  pause(milliseconds: number): Promise<void>;
}

/** A connection beside those of the pool. A query that hangs fails in the end. */
export interface SideSession {
  query<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  close(): Promise<void>;
}
