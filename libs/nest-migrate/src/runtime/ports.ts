import { type Engine } from '../engines/engine.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { type HistoryRow, type NewHistoryRow } from '../engines/tables/history-table.js';
import { type JournalKey, type JournalRow } from '../engines/tables/journal-table.js';
import { type RowChange } from '../revision/row-changes.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type RevisionData } from './revision-data.js';

/**
 * Who sends a statement. With `debug`, MikroORM logs the statements of revisions; a dozen of the tool's own would hide
 * them.
 */
export type Author = 'revision' | 'tool';

/** A session as readers of the tool's own tables use it. */
export interface ReadingSession extends SqlSession {
  readonly inTransaction: boolean;
}

/** The one connection of a run. Lock, statements and version rows all use it. */
export interface Session extends ReadingSession {
  /** Set while the session holds the lock of a cluster. */
  fence: Fence | undefined;
  /** Whether its connection is known to be gone. */
  readonly isLost?: boolean;
  query<T = Record<string, unknown>>(sql: string, params?: readonly unknown[], author?: Author): Promise<T[]>;
  execute(sql: string, params?: readonly unknown[], author?: Author): Promise<number>;
  /**
   * Does work that ends with sending `sql`, and does not wait for its end: resolves once the driver has sent `sql`, or once
   * the work is over where that is earlier. The server gets behind it what is sent from then on. Resolves to `undefined`,
   * with nothing done, where the driver sends one statement at a time. Absent where every driver does.
   */
  sendAhead?(sql: string, work: () => Promise<void>): Promise<Underway | undefined>;
  /** The first value of a query's first row, as text. */
  value(sql: string): Promise<string | null>;
  /** @param statement Begins the transaction where the engine's plain `begin` is not enough. */
  begin(statement?: string): Promise<void>;
  /** Begins a transaction, asks a query of one value in it, and returns that value: in one round trip where it can. */
  beginAsking(query: string): Promise<string | null>;
  /** Commits the open transaction. Where that fails, the transaction stays open. */
  commit(): Promise<void>;
  /**
   * Sends a statement and commits the open transaction, in one round trip. Where either fails, the transaction stays open,
   * and nothing of it is committed. Returns `false`, with nothing sent, where the driver can't send both at once.
   *
   * @param next What {@link beginAsking} is about to ask. The transaction is begun with it in the same round trip, and
   * taken back where anything else is sent first.
   */
  commitBehind(statement: string, next?: string): Promise<boolean>;
  /** Rolls the open transaction back. Does nothing where there is none. */
  rollback(): Promise<void>;
  /** Marks that a revision runs on the session, so that the connection is closed when the run is over. */
  spend(): void;
}

/** A statement that has been sent and may not have ended. */
export interface Underway {
  /** Resolves, or rejects, with the work that has sent it. Marked as handled. */
  readonly ended: Promise<void>;
}

/**
 * A lock that each transaction of a session moves. After another run has taken the lock over, no transaction can be
 * committed.
 */
export interface Fence {
  /**
   * Checks that the lock is still held, where that is in doubt.
   *
   * @throws LeaseLostError
   */
  check(session: SqlSession): Promise<void>;
  /**
   * Moves the lock. Must be the first action of a transaction.
   *
   * @throws LeaseLostError
   */
  move(session: SqlSession): Promise<void>;
  /** Returns the loss of the lock as an error, where that loss caused `error`. */
  lossBehind(session: SqlSession, error: unknown): Promise<Error | undefined>;
}

/** The rows that say where a database is: its current heads. */
export interface VersionRows {
  /** The name of the version table in messages. */
  readonly name: string;
  /** Whether the version table exists. */
  exists(session: Session): Promise<boolean>;
  /**
   * Creates the version table where it is missing. To be called while holding the migration lock. Returns whether it
   * was missing.
   */
  ensure(session: Session): Promise<boolean>;
  /** The rows, sorted; none where the table does not exist yet. Never writes. */
  read(session: SqlSession): Promise<readonly string[]>;
  /** Deletes all rows. */
  clear(session: Session): Promise<void>;
  /**
   * Moves rows by compare-and-swap: each deletion and update must match exactly the rows that the plan was made from.
   *
   * @throws VersionConflictError where a row is gone.
   */
  apply(session: Session, changes: readonly RowChange[]): Promise<void>;
}

/** The statements of revisions that are begun and not finished. Empty whenever no revision is being run. */
export interface Journal {
  /**
   * The revisions that were begun and not finished: at most one, unless another program writes to the journal. Never
   * writes.
   */
  interrupted(session: ReadingSession): Promise<readonly InterruptedRevision[]>;
  /** Creates the journal where it is missing. Not inside a transaction, which the engine's DDL would commit. */
  ensure(session: Session): Promise<void>;
  add(session: Session, row: JournalRow): Promise<void>;
  mark(session: Session, key: JournalKey, state: JournalRow['state']): Promise<void>;
  /**
   * Writes how far a backfill is. Returns `false`, and writes nothing, where another run has moved it from where the
   * caller believes it to be.
   */
  advance(session: Session, key: JournalKey, from: string, to: Pick<JournalRow, 'sql' | 'state'>): Promise<boolean>;
  remove(session: Session, key: JournalKey): Promise<void>;
  /** Deletes the notes of a revision, in both directions. */
  forget(session: Session, revision: string): Promise<void>;
  /** Deletes all notes. */
  clear(session: Session): Promise<void>;
}

/** The record of what was done to a database. No run needs it to continue. */
export interface History {
  /** Whether the history exists, with everything that this version writes. */
  isReady(session: Session): Promise<boolean>;
  /** Creates the history, or what is missing of it. To be called while holding the migration lock. */
  ensure(session: Session): Promise<void>;
  /**
   * Adds the lines of a step. To be called in the transaction that moves the rows.
   *
   * @param known What the run knows of its own lines.
   */
  record(session: Session, step: RecordedStep, taken: TakenStep, known?: KnownLines): Promise<void>;
}

/**
 * By what the lines that a run has written are referred to by later ones, by revision: what the run has written itself,
 * and nothing else writes meanwhile, need not be read.
 */
export type KnownLines = Map<string, string>;

/** Moves the rows and adds the lines of a step in one statement. */
export interface StepWriter {
  /**
   * To be called in the transaction of the step. Where another transaction is open, or none, nothing is written.
   *
   * @returns the value of `asked`.
   * @throws TransactionEndedError where the condition `isOpen` is not true.
   * @throws VersionConflictError where a row is gone.
   */
  write(session: Session, step: WrittenStep, also: WrittenWith): Promise<string | null>;
}

/** A step as it is written down. */
export interface WrittenStep extends RecordedStep {
  readonly changes: readonly RowChange[];
}

/** The commit behind the writes of a step. */
export interface WrittenCommit {
  /** What the next transaction asks when it begins; absent where none is about to begin. */
  readonly next: string | undefined;
}

/** What goes with the writes of a step. */
export interface WrittenWith {
  readonly taken: TakenStep;
  readonly known: KnownLines;
  /** The condition without which nothing is written. */
  readonly isOpen: string | undefined;
  /** An expression to ask beside the writes. */
  readonly asked: string | undefined;
  /** Set where the transaction may be committed with them, which saves a round trip. */
  readonly commit: WrittenCommit | undefined;
}

/**
 * One line that a step adds to the history. There is one for each revision that the step applied, undid or marked as
 * applied.
 */
export interface HistoryEntry extends Pick<HistoryRow, 'revision' | 'parents'> {
  /** Digests of the revision's file; absent where the revision has no file, or where its file no longer counts. */
  readonly source?: {
    readonly kind: 'ts' | 'js';
    readonly digest: string;
    /** The digest of its program; `null` where none can be made from its text. */
    readonly program: string | null;
  };
  /** The digest of what the revision does, where that was recorded. */
  readonly operationsDigest?: string | null;
}

/** The parts of a step that the history records. */
export interface RecordedStep extends Pick<HistoryRow, 'direction' | 'message'> {
  readonly entries: readonly HistoryEntry[];
}

/** The outcome of a step that was run. */
export interface TakenStep {
  /** In milliseconds; `since begin` where a statement of the step may not have ended yet. */
  readonly durationMs: NewHistoryRow['durationMs'];
  /**
   * The digest of what its revision did; `null` where that depends on more than the revision. Absent: nothing was run.
   */
  readonly operationsDigest?: string | null;
}

/** The tables that a run keeps beside those of the application. */
export interface RunTables {
  readonly version: VersionRows;
  readonly journal: Journal;
  /** Absent where the options switch it off. */
  readonly history: History | undefined;
  /** Absent where the engine writes with one statement after the other. */
  readonly stepWriter?: StepWriter;
}

/** The time functions that a run uses. */
export interface Clock {
  /** Milliseconds since some fixed moment; never decreases. */
  now(): number;
  /** Waits that long, or until the signal fires if that is earlier. */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The parts of its engine that a run uses. */
export interface RunEngine {
  readonly name: Engine['name'];
  readonly capabilities: Pick<Engine['capabilities'], 'transactionalDdl' | 'singleConnection'>;
  readonly schemaChanges?: Engine['schemaChanges'];
  readonly sql: Pick<Engine['sql'], 'lockRelease' | 'quote' | 'transactionControl'>;
  readonly ddl: Pick<Engine['ddl'], 'format' | 'holds' | 'restated' | 'statements' | 'statementsOn' | 'together'>;
  readonly session: Pick<
    Engine['session'],
    | 'concurrent'
    | 'escaping'
    | 'limits'
    | 'lockingTransaction'
    | 'partial'
    | 'settings'
    | 'transactionMark'
    | 'unchecked'
  > &
    Partial<Pick<Engine['session'], 'batches' | 'blockerOf'>>;
}

/** Everything outside of a run that it uses: databases in real runs, memory in unit tests. */
export interface RunPorts {
  readonly engine: RunEngine;
  readonly session: Session;
  readonly tables: RunTables;
  readonly clock: Clock;
  /** Does data work inside the session's open transaction, with its own entity manager, which is flushed at the end. */
  readonly withData: (work: (data: Omit<RevisionData, 'get'>) => Promise<void>) => Promise<void>;
  /**
   * Looks from another connection of the pool, to see what the session waits for; absent where there is none. The run
   * need not wait for a look: it has ended before the database of the run is let go of.
   */
  readonly beside: (<T>(look: (session: Pick<SqlSession, 'query'>) => Promise<T>) => Promise<T>) | undefined;
}
