import { type Options } from '@mikro-orm/sql';

/**
 * Where scratch databases are created: `'same server'`, the server of the application's own database; the URL of
 * another one; or options of MikroORM that say how to connect to it. Of those options, the ones that say where and how
 * to connect are used.
 */
export type ScratchPlace = 'same server' | (string & {}) | Partial<Options>;

/** Sends one statement to a scratch database. */
export type SendToScratch = (sql: string) => Promise<void>;

/**
 * What is kept of rehearsals between runs, for the next one to begin with.
 *
 * @example
 * MigrationModule.forRoot({ scratch: { snapshots: { count: 3, megabytes: 200 } } });
 */
export interface SnapshotOptions {
  /** The number of snapshots. The one that has not been used for the longest time goes first. Default 12. 0: none. */
  count?: number;
  /** Their size altogether, in megabytes. Default 1,000. */
  megabytes?: number;
  /**
   * The folder for snapshots, where they are files: on every engine but PostgreSQL, on whose server they are databases.
   * Default: one of this user in the temporary folder.
   */
  folder?: string;
  /**
   * What else revisions and `prepare` read, beside the files in the script directory and the text of `prepare`. Where it
   * changes, they run again. Default: nothing.
   */
  key?: string;
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
  snapshots?: SnapshotOptions;
}

/** The same options, checked and with every default filled in. */
export interface ScratchSettings {
  /** Absent: the engine decides. */
  readonly on: ScratchPlace | undefined;
  readonly prepare: ((sql: SendToScratch) => Promise<unknown>) | undefined;
  readonly snapshots: Readonly<Required<Omit<SnapshotOptions, 'folder'>>> & Pick<SnapshotOptions, 'folder'>;
}
