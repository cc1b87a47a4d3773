import { type Options } from '@mikro-orm/sql';

/** A database that one test file has for itself. */
export interface DatabaseAtHead {
  /** What the ORM's options need to be on it. */
  readonly coordinates: Partial<Options>;
  close(): Promise<void>;
}

/** How long what was kept for other runs stays after something newer took its place. */
export const WEEK_MS = 7 * 24 * 3_600_000;
