import { type SqlSession } from './dialect.js';

/** What a session is set to, by the names of the settings, in the order in which they are put back. */
export type Settings = ReadonlyMap<string, string | null>;

/** How a session's settings are read and put back. The engine says which there are. */
export interface SessionSettings {
  /** All that a session can be set to. */
  read(session: SqlSession): Promise<Settings>;
  /** A query of one row and one value that changes with each of these settings; absent where {@link read} costs nothing. */
  look?(settings: Settings): string;
  /** Statements that put a setting back which is another one `now`: the first that the engine takes. */
  restore(name: string, value: string | null, now: string | null): readonly string[];
  /** Names of {@link read} that decide what a session sees and may set: put back before the others are looked at. */
  readonly identity: readonly string[];
  /** Whether a statement of {@link restore} failed since no session can set that, so that no revision has. */
  isNoSetting(error: unknown): boolean;
  /** Whether a transaction begins with settings of its own, and leaves them behind when it ends. */
  readonly differInside: boolean;
  /** What stays in the session without being a setting, in words, such as `the temporary table a`; absent: nothing is looked for. */
  leftovers?(session: SqlSession): Promise<readonly string[]>;
}
