import { type Blocked, type Work } from '../engines/impact/impact.js';
import { type Operation } from '../operations/operation.js';
import { type Magnitude, type TableSize } from './magnitude.js';

/** What a statement does to one table of the live database. */
export interface PlannedTable extends TableSize {
  /** Absent for the connection's own schema, and on an engine without schemas. */
  readonly schema?: string;
  /** The name of the table, as the statement finds it. */
  readonly table: string;
  /** The lock in the words of the engine: `AccessExclusiveLock`, `SHARED`; `null` where it has none. */
  readonly lock: string | null;
  /** What other sessions cannot do with the table meanwhile. */
  readonly blocks: Blocked;
  /** How the time of the statement grows with the table. */
  readonly work: Work;
  /** The indexes that are built or written again while the lock is held. */
  readonly indexes: readonly string[];
  /**
   * The rows that no other session can change until the transaction ends, where the statement changes rows: `some`, those
   * that its condition finds; `null`: it locks none.
   */
  readonly lockedRows: 'all' | 'some' | null;
  /** How long that takes there; `null` where the size of the table decides it and is not known. */
  readonly magnitude: Magnitude | null;
  /** The entities whose queries use the table: `Book`, or `Book.tags` for the table between two entities. */
  readonly entities: readonly string[];
}

/** A program that a statement is handed to. */
export interface HandedStatement {
  /** The name of the program. */
  readonly program: string;
  /** Why the program cannot change the table, so that the run is refused, as the end of a sentence; `null` where it can. */
  readonly obstacle: string | null;
}

/** A statement that an upgrade will send, and what it does to the live database. */
export interface PlannedStatement {
  /** The id of its revision. */
  readonly revision: string;
  /** The place of the statement in its revision, from 0. */
  readonly ordinal: number;
  /** The statement; `op.transaction` for code of a revision that works on rows. */
  readonly sql: string;
  /** The line of the revision's file that it comes from, from 1; `null` where it is not known. */
  readonly line: number | null;
  /** The operations that the statement is made of; several where the engine takes them together. */
  readonly operations: readonly Operation[];
  /** Whether it runs outside of the transaction of its revision. */
  readonly outsideTransaction: boolean;
  /** The tables that are there before the run; what the run itself creates is used by no request. */
  readonly tables: readonly PlannedTable[];
  /** MySQL and MariaDB: the cheapest algorithm that the server accepts; `null` for others, and for other statements. */
  readonly algorithm: 'INSTANT' | 'NOCOPY' | 'INPLACE' | 'COPY' | null;
  /**
   * How it is known: `measured` while it ran; `table`: from a table that tests keep true; `unknown`: it is not known, and
   * `reason` says why.
   */
  readonly source: 'measured' | 'table' | 'unknown';
  /** Why it is not known; `null` where it is. */
  readonly reason: string | null;
  /** The program that changes the table in place of the server, by the option `onlineSchemaChange`; `null` where none does. */
  readonly handedTo: HandedStatement | null;
  /** How long the statement takes; `null` where the size of a table decides it and is not known. */
  readonly magnitude: Magnitude | null;
  /** What happens to the requests of the application meanwhile, in a sentence. */
  readonly consequence: string;
}

/** A statement that failed where it was measured. */
export interface FailedStatement {
  /** The statement; `null` where the revision's own code failed. */
  readonly sql: string | null;
  /** What the engine said. */
  readonly message: string;
}

/** A revision of a run, with its statements. */
export interface PlannedRevision {
  /** The id of the revision. */
  readonly revision: string;
  /** What it does, in its author's words; may be empty. */
  readonly message: string;
  /** The absolute path of its script. */
  readonly path: string;
  /** What its upgrade sends, in order; empty where it was not measured. */
  readonly statements: readonly PlannedStatement[];
  /** How its upgrade failed; `null` where it did not. */
  readonly failure: FailedStatement | null;
  /** Why it was not measured; `null` where it was. */
  readonly unmeasured: string | null;
}
