import { type Options } from '@mikro-orm/sql';

/**
 * Where scratch databases are created: `'same server'`, the server of the application's own database; the URL of
 * another one; or options of MikroORM that say how to connect to it. Of those options, the ones that say where and how
 * to connect are used.
 */
export type ScratchPlace = 'same server' | (string & {}) | Partial<Options>;

/** Sends one statement to a scratch database. */
export type SendToScratch = (sql: string) => Promise<void>;

/** How many results of rehearsals are kept between runs, for the next one to begin with. */
export interface SnapshotLimits {
  /** The number of snapshots. Default 12. 0: none is kept. */
  count?: number;
  /** Their size altogether, in megabytes. Default 1,000. */
  megabytes?: number;
}

/**
 * Where and how revisions are rehearsed.
 *
 * @example
 * MigrationModule.forRoot({
 *   scratch: {
 *     on: 'postgresql://rehearsal:secret@localhost:5432',
 *     prepare: async (sql) => sql('create extension citext'),
 *   },
 * });
 */
export interface ScratchOptions {
  /** Where. Default: as with the option `scratch` itself. */
  on?: ScratchPlace;
  /**
   * Puts into the empty database what revisions expect to be there: extensions, schemas, roles, databases. It may reach
   * beyond the scratch database. Default: nothing.
   */
  prepare?: (sql: SendToScratch) => Promise<unknown>;
  /** What is kept between runs. */
  snapshots?: SnapshotLimits;
}

/** The same options, checked and with every default filled in. */
export interface ScratchSettings {
  /** Absent: the engine decides. */
  readonly on: ScratchPlace | undefined;
  readonly prepare: ((sql: SendToScratch) => Promise<unknown>) | undefined;
  readonly snapshots: Readonly<Required<SnapshotLimits>>;
}
