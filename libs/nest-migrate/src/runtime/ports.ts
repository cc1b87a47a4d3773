import { type Dialect, type SqlSession } from '../engines/dialect.js';
import { type HistoryRow } from '../engines/tables/history-table.js';
import { type JournalKey, type JournalRow } from '../engines/tables/journal-table.js';
import { type RowChange } from '../revision/row-changes.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type RevisionData } from './revision-data.js';

/** Whose statement it is. With `debug` MikroORM logs those of revisions; a dozen of the tool's own would hide them. */
export type Author = 'revision' | 'tool';

/** The one connection of a run. Lock, statements and version rows all go through it. */
export interface Session extends SqlSession {
  /** Set while the session holds the lock of a cluster. */
  fence: Fence | undefined;
  readonly inTransaction: boolean;
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[], author?: Author): Promise<T[]>;
  execute(sql: string, params?: readonly unknown[], author?: Author): Promise<number>;
  /** The first value of a query's first row, as a text. */
  value(sql: string): Promise<string | null>;
  /** @param statement What to begin with where the engine's plain `begin` will not do. */
  begin(statement?: string): Promise<void>;
  /** Commits the open transaction, which stays open where that fails. */
  commit(): Promise<void>;
  /** Rolls the open transaction back. Does nothing where there is none. */
  rollback(): Promise<void>;
  /** Says that a revision runs on the session: the connection is closed when the run is over. */
  spend(): void;
}

/** What each transaction of a session moves, so that it can't be committed once another run has taken the lock over. */
export interface Fence {
  /**
   * Asks for the lock where there is a doubt that it is still held.
   *
   * @throws LeaseLostError
   */
  check(session: SqlSession): Promise<void>;
  /**
   * Moves the lock, first of all in a transaction.
   *
   * @throws LeaseLostError
   */
  move(session: SqlSession): Promise<void>;
  /** The loss of the lock where that is what made something fail. */
  lossBehind(session: SqlSession, error: unknown): Promise<Error | undefined>;
}

/** The rows that say where a database is: its current heads. */
export interface VersionRows {
  /** What they are called in messages. */
  readonly name: string;
  /** Whether there is a place for them. */
  exists(session: Session): Promise<boolean>;
  /** Makes sure that there is. To be called while holding the migration lock. Returns whether there was none. */
  ensure(session: Session): Promise<boolean>;
  /** The rows, sorted; none where there is no place for them yet. Never writes. */
  read(session: Session): Promise<readonly string[]>;
  /** Deletes all rows. */
  clear(session: Session): Promise<void>;
  /**
   * Moves rows by compare-and-swap: each deletion and update must match exactly the rows that the plan was made from.
   *
   * @throws VersionConflictError where a row is gone.
   */
  apply(session: Session, changes: readonly RowChange[]): Promise<void>;
}

/** The statements of revisions that are begun and not finished. Empty whenever no revision is under way. */
export interface Journal {
  /** The revisions that were begun and not finished: one, unless others write here. Never writes. */
  interrupted(session: Session): Promise<readonly InterruptedRevision[]>;
  /** Makes sure that notes can be taken. Not inside a transaction, where the engine's DDL would commit it. */
  ensure(session: Session): Promise<void>;
  add(session: Session, row: JournalRow): Promise<void>;
  mark(session: Session, key: JournalKey, state: JournalRow['state']): Promise<void>;
  remove(session: Session, key: JournalKey): Promise<void>;
  /** Forgets a revision, in both directions. */
  forget(session: Session, revision: string): Promise<void>;
  /** Forgets all of it. */
  clear(session: Session): Promise<void>;
}

/** What was done to a database. Nothing in it is needed to go on from there. */
export interface History {
  /** Whether there is a place for all that this version writes. */
  isReady(session: Session): Promise<boolean>;
  /** Makes sure that there is. To be called while holding the migration lock. */
  ensure(session: Session): Promise<void>;
  /** Adds the lines of a step. To be called in the transaction that moves the rows. */
  record(session: Session, step: RecordedStep, taken: TakenStep): Promise<void>;
}

/** What a step leaves in the history: one line for each revision that it applied, undid or marked as applied. */
export interface HistoryEntry extends Pick<HistoryRow, 'revision' | 'parents'> {
  /** What the revision's file was; absent where it has none, or none counts any more. */
  readonly source?: {
    readonly kind: 'ts' | 'js';
    readonly digest: string;
    /** Of its program; `null` where its text says nothing of that. */
    readonly program: string | null;
  };
  /** What the revision does, where that was recorded. */
  readonly operationsDigest?: string | null;
}

/** A step as the history needs it. */
export interface RecordedStep extends Pick<HistoryRow, 'direction' | 'message'> {
  readonly entries: readonly HistoryEntry[];
}

/** What a step was, once it was taken. */
export interface TakenStep {
  readonly durationMs: number | null;
  /** What its revision did; `null` where that depends on more than the revision. Absent: nothing was run. */
  readonly operationsDigest?: string | null;
}

/** What a run keeps beside the application's tables. */
export interface RunTables {
  readonly version: VersionRows;
  readonly journal: Journal;
  /** Absent where the options switch it off. */
  readonly history: History | undefined;
}

/** Time, as far as a run depends on it. */
export interface Clock {
  /** Milliseconds since some moment; it never goes back. */
  now(): number;
  /** Waits, and no longer than until the signal fires. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What a run asks of its engine. */
export type RunEngine = Pick<
  Dialect,
  | 'name'
  | 'concurrent'
  | 'format'
  | 'holds'
  | 'limits'
  | 'lockingTransaction'
  | 'settings'
  | 'statements'
  | 'statementsOn'
  | 'transactionControl'
  | 'transactionMark'
> & { readonly capabilities: Pick<Dialect['capabilities'], 'transactionalDdl' | 'singleConnection'> };

/** All that a run reaches of the world outside: databases in real runs, memory in unit tests. */
export interface RunPorts {
  readonly engine: RunEngine;
  readonly session: Session;
  readonly tables: RunTables;
  readonly clock: Clock;
  /** Does data work inside the session's open transaction, with an entity manager of its own that is flushed at the end. */
  readonly withData: (work: (data: Omit<RevisionData, 'get'>) => Promise<void>) => Promise<void>;
  /** Another connection of the pool, for a look at what the session waits for; rejects where there is none. */
  readonly beside: Pick<SqlSession, 'query'>;
}
