import { type SqlSession } from './sql-session.js';

/** The settings of a session by name, in the order in which they are restored. */
export type Settings = ReadonlyMap<string, string | null>;

/** What stays as it is. */
export type Kept = 'settings' | 'rights' | 'nothing';

/** How a session's settings are read and restored. The engine defines which settings there are. */
export interface SessionSettings {
  /** Reads everything that can be set in a session, and the settings of these names, which no list of the engine has. */
  read(session: SqlSession, unlisted?: readonly string[]): Promise<Settings>;
  /** The names of settings that SQL sets and {@link read} does not find; absent where it finds all. */
  unlistedIn?(sql: string): readonly string[];
  /** A query of one value that changes with each of these settings; absent where {@link read} is cheap. */
  look?(settings: Settings, unlisted: readonly string[]): string;
  /**
   * An expression that changes with each of these settings, to ride along with a statement of the tool. It may need the
   * rights that the session had when they were read. Absent where there is none.
   */
  glance?(settings: Settings, unlisted: readonly string[]): string;
  /**
   * What SQL is sure to leave as it is, as far as its text tells: all settings, or the rights and the language of the
   * session, so that a glance behind it is enough. Absent where no text tells.
   */
  keptBy?(sql: string): Kept;
  /**
   * Statements that restore a setting whose present value is `now`. The first one that the engine accepts is enough.
   */
  restore(name: string, value: string | null, now: string | null): readonly string[];
  /**
   * Names of {@link read} that decide what a session sees and may set. They are restored before the others are read.
   */
  readonly identity: readonly string[];
  /** Whether a statement of {@link restore} failed because no session can set this, so that no revision has set it. */
  isNoSetting(error: unknown): boolean;
  /** Whether a transaction begins with its own settings, and leaves them behind when it ends. */
  readonly differInside: boolean;
  /**
   * Describes what stays in the session other than settings, such as `the temporary table a`; absent where that is not
   * checked.
   */
  leftovers?(session: SqlSession): Promise<readonly string[]>;
}
