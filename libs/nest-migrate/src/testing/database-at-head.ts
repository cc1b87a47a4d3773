import { type Options } from '@mikro-orm/sql';

/** A database that one test file has for itself. */
export interface DatabaseAtHead {
  /** The options with which an ORM uses it. */
  readonly coordinates: Partial<Options>;
  close(): Promise<void>;
}

/** How long a copy for other runs is kept after a newer one has replaced it. */
export const WEEK_MS = 7 * 24 * 3_600_000;
