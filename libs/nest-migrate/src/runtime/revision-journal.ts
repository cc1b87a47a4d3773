import { type JournalKey, type JournalRow } from '../engines/tables/journal-table.js';
import { changesRows, type Statement } from '../engines/ddl/statement.js';
import { AppliedStatementEditedError, InterruptedStatementError } from '../errors/interrupted.errors.js';
import { oneLine } from '../errors/runtime.errors.js';
import { RowsMovedError } from '../errors/version-table.errors.js';
import { type BegunRevisions, type Interrupted } from './executable-step.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type RunPorts } from './ports.js';
import { type RunTransactions } from './run-transactions.js';
import { causeOf, StatementFailure } from './statement-failure.js';

/** The parts that a revision's journal works with. */
export interface RevisionJournalParts {
  readonly ports: Pick<RunPorts, 'engine' | 'session' | 'tables'>;
  readonly transactions: RunTransactions;
  readonly step: {
    readonly revision: string;
    readonly direction: 'upgrade' | 'downgrade';
    readonly message: string;
  };
  /** The version table's rows that the revision was planned from. */
  readonly rows: readonly string[];
  /** What an earlier run has left of this revision. */
  readonly earlier: InterruptedRevision | undefined;
  readonly begun: Pick<BegunRevisions, 'interrupted' | 'exits'>;
  readonly warn: (message: string) => void;
}

/**
 * The notes on one revision while it runs, wherever a rollback would not undo its statements. If the run dies, the next
 * run continues after the last statement that took effect. The note of a statement first says that it runs, and then
 * that it is done. Where both notes can share one transaction with the statement, they do. An engine whose DDL commits
 * does so before the statement runs, so that a note that says `running` stays behind exactly when the statement was
 * begun.
 */
export class RevisionJournal {
  /** Whether there are notes to delete when the revision is finished. */
  isUsed: boolean;
  #isConfirmed = false;
  #ordinal = 0;
  readonly #earlier: readonly JournalRow[];
  readonly #seen = new Set<JournalRow>();
  /** What the open transaction has done, kept in case it is committed before the revision ends. */
  #uncommitted: JournalRow[] = [];

  constructor(private readonly parts: RevisionJournalParts) {
    this.#earlier = parts.earlier?.rows ?? [];
    this.isUsed = this.#earlier.length > 0;
  }

  /** The next operation of the revision, or several that change a table together; `text` is their text. */
  next(text: string): JournalUnit {
    const ordinal = this.#ordinal++;
    const rows = this.#earlier.filter((row) => row.ordinal === ordinal);
    for (const row of rows) this.#seen.add(row);
    // a later operation was begun, so this one was finished, however many statements it consists of today
    const isComplete = rows.length > 0 && this.#earlier.some((row) => row.ordinal > ordinal);
    const isKept = ({ state }: JournalRow): boolean => state === 'done' || state === 'partial' || isComplete;
    const edited = rows.find((row) => row.operation !== text && isKept(row));
    if (edited !== undefined) throw this.edited(edited, text);
    return new JournalUnit(this, this.parts, { ordinal, text, rows, isComplete });
  }

  /** Whether an earlier run has begun an operation with that text at this point of the revision. */
  isNext(text: string): boolean {
    return this.#earlier.some((row) => row.ordinal === this.#ordinal && row.operation === text);
  }

  /** Creates the journal where it is missing. */
  async prepare(): Promise<void> {
    this.isUsed = true;
    const { tables, session } = this.parts.ports;
    await tables.journal.ensure(session);
  }

  /**
   * Checks that the version rows are those that the revision was planned from. The check runs in the transaction of the
   * first note, where that is committed before the rows move: the run may have lost a lock that it still believed to
   * hold.
   *
   * @throws RowsMovedError
   */
  async confirmRows(): Promise<void> {
    if (this.#isConfirmed || this.parts.ports.engine.capabilities.transactionalDdl) return;
    await this.checkRows();
    this.#isConfirmed = true;
  }

  /**
   * Checks that the version rows are those that the revision was planned from, at this moment.
   *
   * @throws RowsMovedError
   */
  async checkRows(): Promise<void> {
    const { ports, rows, step } = this.parts;
    const { session, tables } = ports;
    const now = await tables.version.read(session);
    if (JSON.stringify(now) !== JSON.stringify([...rows].sort())) {
      throw new RowsMovedError(step.revision, tables.version.name, rows, now);
    }
  }

  /** Notes what the open transaction has done, since it is about to be committed before the revision ends. */
  async commitEarly(): Promise<void> {
    const rows = this.#uncommitted;
    if (rows.length === 0) return;
    this.#uncommitted = [];
    await this.prepare();
    const { tables, session } = this.parts.ports;
    for (const row of rows) await tables.journal.add(session, row);
  }

  noteUncommitted(row: JournalRow): void {
    this.#uncommitted.push(row);
  }

  /**
   * Checks the notes that no operation of the revision has met.
   *
   * @throws AppliedStatementEditedError where a statement that an earlier run has done is no longer in the revision.
   * @throws InterruptedStatementError where such a statement was running, so that it may have taken effect.
   */
  end(): void {
    for (const row of this.#earlier.filter((earlier) => !this.#seen.has(earlier))) {
      if (
        row.state === 'done' ||
        row.state === 'partial' ||
        (row.state === 'running' && this.saidOf(row, null) === 'skip')
      ) {
        throw this.edited(row, null);
      }
      if (row.state === 'failed') this.left(row);
    }
  }

  /**
   * The caller's decision on a statement that was running.
   *
   * @param now The operation that the revision has in its place, as JSON; `null`: none.
   * @throws InterruptedStatementError where the caller has not decided.
   */
  saidOf(row: JournalRow, now: string | null): Interrupted {
    const { step, rows, begun } = this.parts;
    if (begun.interrupted !== undefined) return begun.interrupted;
    const isEdited = row.operation !== now;
    throw new InterruptedStatementError(step, row, { isEdited, exits: begun.exits(step, rows) });
  }

  /** Warns of a statement that failed and is no longer in the revision: its text does not tell what it left behind. */
  left({ ordinal, sql }: JournalRow): void {
    const { step, warn } = this.parts;
    const { revision, direction } = step;
    const statement = `Statement ${ordinal + 1} of the ${direction} of ${revision} had failed before it was edited`;
    warn(`${statement}: what it may have left behind, such as an invalid index, stays [${oneLine(sql, 200)}].`);
  }

  edited(row: JournalRow, now: string | null): AppliedStatementEditedError {
    const { step, rows, begun } = this.parts;
    return new AppliedStatementEditedError(step, row, { now, exits: begun.exits(step, rows) });
  }
}

const KEY = ['revision', 'direction', 'ordinal', 'part'] as const;

interface UnitParts {
  readonly ordinal: number;
  readonly text: string;
  readonly rows: readonly JournalRow[];
  readonly isComplete: boolean;
}

/** One operation of a revision and the journal's notes on it. */
export class JournalUnit {
  /** Set where the statement that failed may have done something that stays, as {@link RevisionRun.kept}. */
  kept: 'committed' | 'unknown' | undefined;
  #part = 0;

  constructor(
    private readonly owner: RevisionJournal,
    private readonly parts: RevisionJournalParts,
    private readonly unit: UnitParts,
  ) {}

  /** The statements that an earlier run has finished, where the whole operation is finished. */
  get finished(): readonly string[] | undefined {
    return this.unit.isComplete ? this.unit.rows.map(({ sql }) => sql) : undefined;
  }

  /** As {@link finished}, for an operation that is noted as a whole. */
  get finishedWhole(): readonly string[] | undefined {
    const isDone = this.unit.rows.some(({ state }) => state === 'done');
    return isDone ? this.unit.rows.map(({ sql }) => sql) : undefined;
  }

  /**
   * Sends a statement and notes it before and after, unless an earlier run has done it. Returns whether it was sent.
   *
   * @param hasKept Whether a statement that failed outside of a transaction may have done something that stays.
   * @param wasDone Whether an earlier run has done it, where that is known by other means than the journal's.
   * @throws InterruptedStatementError where the statement was running when an earlier run died, and nothing tells
   * whether it took effect.
   */
  async run(
    statement: Statement,
    send: () => Promise<void>,
    hasKept: () => boolean,
    wasDone?: boolean,
  ): Promise<boolean> {
    const { ports, transactions } = this.parts;
    const { engine, session, tables } = ports;
    const { journal } = tables;
    const part = this.#part++;
    const key = this.#key(part);
    const earlier = this.unit.rows.find((row) => row.part === part);
    if (earlier !== undefined) {
      if (earlier.state === 'done') return false;
      if (wasDone ?? (await this.#tookEffect(earlier, statement))) {
        await journal.mark(session, key, 'done');
        if (earlier.operation !== this.unit.text) throw this.owner.edited(earlier, this.unit.text);
        return false;
      }
      // what was left half done may have been ended, and not undone
      if ((await this.#cleanUp(statement)) && !earlier.heldBefore && (await this.#holds(statement))) {
        await journal.mark(session, key, 'done');
        return false;
      }
      await journal.remove(session, key);
    }
    if (session.inTransaction) {
      await send();
      this.owner.noteUncommitted(this.#row(part, statement, { state: 'done' }));
      return true;
    }
    await this.owner.prepare();
    const row = this.#row(part, statement, { state: 'running', heldBefore: await this.#holds(statement) });
    const isBare =
      statement.outsideTransaction === true ||
      (engine.capabilities.transactionalDdl && statement.effect === 'unknown' && !changesRows(statement.sql));
    let isNoted = false;
    let isSent = false;
    let hasEnded = false;
    const noting = async (): Promise<void> => {
      await this.owner.confirmRows();
      await journal.add(session, row);
      isNoted = true;
      try {
        await send();
      } catch (error) {
        hasEnded = (await transactions.fate()) === 'unknown';
        throw error;
      }
      isSent = true;
      await journal.mark(session, key, 'done');
    };
    try {
      await (isBare ? noting() : transactions.within(noting));
    } catch (error) {
      this.#part = part;
      // the statement failed: that leaves nothing behind, unless the statement names what to clean up. Where only the
      // note failed, the statement may have taken effect, and the next run has only the notes that exist so far
      if (isNoted && !isSent) {
        if (hasEnded) this.kept = await this.#keptOf(statement, key, causeOf(error)).catch(() => 'unknown');
        const isClean = statement.cleanup === undefined || (error instanceof StatementFailure && error.isCleanedUp);
        const noteFailed = async (): Promise<void> => {
          await journal.remove(session, key);
          if (!isClean || this.kept !== undefined || hasKept()) await journal.add(session, { ...row, state: 'failed' });
        };
        await noteFailed().catch(() => undefined);
      }
      throw error;
    }
    return true;
  }

  /** Whether an earlier run has begun the statement that is next, and did not finish it. */
  get isBegun(): boolean {
    return this.unit.rows.some(({ part, state }) => part === this.#part && state !== 'done');
  }

  /** How far an earlier run has come with a backfill; absent where it has not begun. */
  get progress(): string | undefined {
    return this.unit.rows.find(({ state }) => state === 'partial')?.sql;
  }

  /** The revision that the operation belongs to. */
  get step(): RevisionJournalParts['step'] {
    return this.parts.step;
  }

  /** Creates the journal where it is missing. */
  prepare(): Promise<void> {
    return this.owner.prepare();
  }

  /** @throws RowsMovedError */
  checkRows(): Promise<void> {
    return this.owner.checkRows();
  }

  /** How far a backfill is by its note at this moment; absent where there is none. */
  async readProgress(): Promise<Pick<JournalRow, 'sql' | 'state'> | undefined> {
    const { session, tables } = this.parts.ports;
    const key = this.#key(0);
    const notes = (await tables.journal.interrupted(session)).flatMap(({ rows }) => rows);
    return notes.find((row) => KEY.every((name) => row[name] === key[name]));
  }

  /** Notes for the first time how far a backfill is, in the transaction of its first batch. */
  async addProgress(sql: string, state: 'partial' | 'done'): Promise<void> {
    const { tables, session } = this.parts.ports;
    await tables.journal.add(session, this.#row(0, { sql }, { state }));
  }

  /**
   * Notes how far a backfill is, in the transaction of a batch. Returns `false` where another run has moved it from where
   * the caller believes it to be.
   */
  async advance(from: string, sql: string, state: 'partial' | 'done'): Promise<boolean> {
    const { tables, session } = this.parts.ports;
    return tables.journal.advance(session, this.#key(0), from, { sql, state });
  }

  /** Notes the operation as done, in the transaction that did it. */
  async addDone(sql: string): Promise<void> {
    const { tables, session } = this.parts.ports;
    await tables.journal.add(session, this.#row(0, { sql }, { state: 'done' }));
  }

  /** As {@link addDone}, where that transaction may yet be rolled back together with the revision. */
  noteDone(sql: string): void {
    this.owner.noteUncommitted(this.#row(0, { sql }, { state: 'done' }));
  }

  /**
   * Whether the statement that an earlier run was executing took effect. The check uses the statement that the revision
   * has now. Text from the table is never executed, since another program may have written it.
   */
  async #tookEffect(row: JournalRow, statement: Statement): Promise<boolean> {
    const isSame = row.operation === this.unit.text;
    if (isSame && statement.postcondition !== undefined && !row.heldBefore) return this.#holds(statement);
    if (row.state === 'failed') {
      if (!isSame) this.owner.left(row);
      return false;
    }
    if (isSame && statement.repeatable === true) return false;
    return this.owner.saidOf(row, this.unit.text) === 'skip';
  }

  /**
   * Removes, or ends, what the statement has left half done, and returns whether there was something to do. An object that
   * is complete is not removed: it is not this statement's.
   */
  async #cleanUp(statement: Statement): Promise<boolean> {
    if (statement.cleanup === undefined || (await this.#holds(statement))) return false;
    await this.parts.ports.session.execute(statement.cleanup);
    return true;
  }

  /** What stays of a statement that ended its transaction and failed. Its note was in that transaction. */
  async #keptOf({ sql }: Statement, key: JournalKey, cause: unknown): Promise<'committed' | 'unknown' | undefined> {
    const { engine, session, tables } = this.parts.ports;
    const kind = engine.session.partial?.kindOf(sql);
    if (kind !== 'body') return kind && 'unknown';
    const notes = (await tables.journal.interrupted(session)).flatMap(({ rows }) => rows);
    const isCommitted = notes.some(
      (row) => row.revision === key.revision && row.ordinal === key.ordinal && row.part === key.part,
    );
    if (isCommitted) return 'committed';
    return engine.session.partial?.rollsBack(cause) === true ? undefined : 'unknown';
  }

  async #holds({ postcondition }: Statement): Promise<boolean> {
    if (postcondition === undefined) return false;
    const { engine, session } = this.parts.ports;
    const [row] = await session.query(engine.ddl.holds(postcondition));
    const [value] = Object.values(row ?? {});
    return value === true || Number(value) === 1;
  }

  #key(part: number): JournalKey {
    const { revision, direction } = this.parts.step;
    return { revision, direction, ordinal: this.unit.ordinal, part };
  }

  #row(
    part: number,
    { sql, repeatable = false }: Pick<Statement, 'sql' | 'repeatable'>,
    { state, heldBefore = false }: Pick<JournalRow, 'state'> & { readonly heldBefore?: boolean },
  ): JournalRow {
    return { ...this.#key(part), operation: this.unit.text, sql, state, heldBefore, repeatable };
  }
}
