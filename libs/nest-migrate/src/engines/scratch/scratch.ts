import { type WayToServer } from '../session/lock.js';
import { type SqlSession } from '../session/sql-session.js';

/** What an engine knows of scratch databases. It is loaded where one is created, so that a run pays nothing for it. */
export interface Scratch {
  /** How scratch databases are kept on a server; absent on an engine that runs in this process. */
  readonly server?: ScratchServer;
  /**
   * The words of an SQL text that reach beyond the database in which it runs, such as `create role`; `undefined` where
   * none do.
   */
  beyond(sql: string, database: string): string | undefined;
}

/** The statements for scratch databases on a server. They are sent on a session outside of those databases. */
export interface ScratchServer {
  /**
   * Whether the server keeps one session for this client, whose lock lasts as long as the client lives. Absent where nothing
   * can be between client and server.
   */
  keepsSession?(session: SqlSession, way: WayToServer): Promise<boolean>;
  /** A database that every server has, to connect to. */
  readonly management: string;
  /** A query for the `name` of the session's own database. */
  readonly current: string;
  /** Reads what a new database is to be like, on a session of the application's database. */
  traits(session: SqlSession): Promise<ScratchTraits>;
  /**
   * Creates an empty database and marks it. A session that sees it in between sees an empty one.
   *
   * @param versionTable The name of the version table that it is going to have.
   */
  create(session: SqlSession, name: string, traits: ScratchTraits | undefined, versionTable: string): Promise<void>;
  /** Takes the mark away, so that the database is never dropped. */
  unmark(session: SqlSession, name: string, versionTable: string): Promise<void>;
  /** The databases whose names begin so. */
  list(session: SqlSession, prefix: string): Promise<readonly FoundDatabase[]>;
  /** Whether the session's own database holds nothing. */
  isEmpty(session: SqlSession): Promise<boolean>;
  /** Drops a database, and ends the sessions that are in it. */
  drop(session: SqlSession, name: string): Promise<void>;
  /** Takes the lock of a database's owner, which lasts as long as the session. */
  hold(session: SqlSession, name: string): Promise<void>;
  /** Whether a session of the server, from any host, holds that lock. */
  isHeld(session: SqlSession, name: string): Promise<boolean>;
  /** Everything of the server that decides what a revision does there: its version, the extensions that it offers. */
  version(session: SqlSession): Promise<string>;
  /** How a copy of a database is kept on the server; absent where it is kept as {@link dump}. */
  readonly templates?: ScratchTemplates;
  /**
   * The statements that make the session's own database again in a marked and otherwise empty one; `undefined` where
   * they could not make all of it. Absent where copies are kept on the server.
   */
  dump?(session: SqlSession): Promise<readonly string[] | undefined>;
  /** Whether an error says that the role may not create a database. */
  isForbidden(error: unknown): boolean;
  /** The statement that lets the session's role do so. */
  grant(session: SqlSession, prefix: string): Promise<string>;
}

/** Copies of databases that stay on the server. No session can connect to them, since one that does keeps them from being copied. */
export interface ScratchTemplates {
  /** Creates a marked database that is a copy of another one, to which no session is connected. */
  copy(session: SqlSession, from: string, to: string): Promise<void>;
  /** Makes a marked database a copy that stays, under another name. Fails where there is one of that name. */
  seal(session: SqlSession, draft: string, name: string): Promise<void>;
  /** Notes that a copy was used. */
  touch(session: SqlSession, name: string): Promise<void>;
  /** The copies whose names begin so. */
  list(session: SqlSession, prefix: string): Promise<readonly FoundTemplate[]>;
  /** Drops a copy, unless it is being copied. */
  drop(session: SqlSession, name: string): Promise<void>;
}

/** A copy that is kept on a server. */
export interface FoundTemplate {
  readonly name: string;
  readonly size: number;
  /** When it was used last. */
  readonly modifiedMs: number;
}

/** A database whose name looks like that of a scratch database. */
export interface FoundDatabase {
  readonly name: string;
  readonly isMarked: boolean;
}

/** What a scratch database and its sessions have in common with those of the application. */
export interface ScratchTraits {
  /** What is written behind `create database <name>`. */
  readonly options: string;
  /** What is sent in the new database before anything else. */
  readonly first: readonly string[];
  /** What each session is told when it begins. */
  readonly session: readonly string[];
}

/** What a marked database says about itself. */
export const MARK = 'a scratch database of nest-migrate, to be dropped';
