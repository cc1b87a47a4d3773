import { type JournalRow } from '../dialects/journal-table.js';
import { changesRows, type Statement } from '../dialects/statement.js';
import { AppliedStatementEditedError, InterruptedStatementError } from '../errors/interrupted.errors.js';
import { type InterruptedRevision } from './journal.js';
import { type MigrationDatabase } from './migration-database.js';
import { type PinnedSession } from './pinned-session.js';
import { type RunTransactions } from './run-transactions.js';

/** What is to be done about a statement that was running when a run died, where nothing tells whether it took effect. */
export type Interrupted = 'skip' | 'repeat';

/** What a revision's journal works with. */
export interface RevisionJournalParts {
  readonly database: MigrationDatabase;
  readonly session: PinnedSession;
  readonly transactions: RunTransactions;
  readonly revision: string;
  readonly direction: 'upgrade' | 'downgrade';
  readonly message: string;
  /** What an earlier run has left of this very revision. */
  readonly earlier: InterruptedRevision | undefined;
  readonly interrupted: Interrupted | undefined;
}

/**
 * What is noted of one revision while it runs, so that a run that dies can be gone on with behind the last statement that
 * took effect: wherever a rollback would not undo it. A statement's note says that it runs, and then that it is done; where
 * both can be one transaction with the statement, they are. The engines whose DDL commits do so before it runs, so that there
 * a note that says `running` stays behind exactly when the statement was begun.
 */
export class RevisionJournal {
  /** Whether there are notes to be cleared when the revision is finished. */
  isUsed: boolean;
  #ordinal = 0;
  readonly #earlier: readonly JournalRow[];
  readonly #seen = new Set<JournalRow>();
  /** What the open transaction has done, in case that it is committed before the revision ends. */
  #uncommitted: JournalRow[] = [];

  constructor(private readonly parts: RevisionJournalParts) {
    this.#earlier = parts.earlier?.rows ?? [];
    this.isUsed = this.#earlier.length > 0;
  }

  /** The next operation of the revision, or several that change a table together; `text` is what they say. */
  next(text: string): JournalUnit {
    const ordinal = this.#ordinal++;
    const rows = this.#earlier.filter((row) => row.ordinal === ordinal);
    for (const row of rows) this.#seen.add(row);
    const edited = rows.find((row) => row.operation !== text && row.state === 'done');
    if (edited !== undefined) throw this.edited(edited, text);
    // what comes after it has begun, so it was finished, however many statements it is made of today
    const isComplete = rows.length > 0 && this.#earlier.some((row) => row.ordinal > ordinal);
    return new JournalUnit(this, this.parts, { ordinal, text, rows, isComplete });
  }

  /** Makes sure that notes can be taken. */
  async prepare(): Promise<void> {
    this.isUsed = true;
    await this.parts.database.journal.ensure(this.parts.session);
  }

  /** Notes what the open transaction has done: it is about to be committed before the revision ends. */
  async commitEarly(): Promise<void> {
    const rows = this.#uncommitted;
    if (rows.length === 0) return;
    this.#uncommitted = [];
    await this.prepare();
    for (const row of rows) await this.parts.database.journal.add(this.parts.session, row);
  }

  noteUncommitted(row: JournalRow): void {
    this.#uncommitted.push(row);
  }

  /** @throws AppliedStatementEditedError where something that an earlier run has done is no longer in the revision. */
  end(): void {
    const gone = this.#earlier.find((row) => row.state === 'done' && !this.#seen.has(row));
    if (gone !== undefined) throw this.edited(gone, null);
  }

  edited(row: JournalRow, now: string | null): AppliedStatementEditedError {
    const { revision, direction, message } = this.parts;
    return new AppliedStatementEditedError({ revision, direction, message }, row, now);
  }
}

interface UnitParts {
  readonly ordinal: number;
  readonly text: string;
  readonly rows: readonly JournalRow[];
  readonly isComplete: boolean;
}

/** One operation of a revision as the journal has it. */
export class JournalUnit {
  #part = 0;

  constructor(
    private readonly owner: RevisionJournal,
    private readonly parts: RevisionJournalParts,
    private readonly unit: UnitParts,
  ) {}

  /** The statements that an earlier run has finished, where that is all of the operation. */
  get finished(): readonly string[] | undefined {
    return this.unit.isComplete ? this.unit.rows.map(({ sql }) => sql) : undefined;
  }

  /** As {@link finished}, of an operation that is noted as a whole. */
  get finishedWhole(): readonly string[] | undefined {
    const isDone = this.unit.rows.some(({ state }) => state === 'done');
    return isDone ? this.unit.rows.map(({ sql }) => sql) : undefined;
  }

  /**
   * Sends a statement, with a note around it, unless an earlier run has done so. Answers whether it was sent.
   *
   * @throws InterruptedStatementError where it was running when that run died, and nothing tells whether it took effect.
   */
  async run(statement: Statement, send: () => Promise<void>): Promise<boolean> {
    const { session, database, transactions } = this.parts;
    const { journal, dialect } = database;
    const part = this.#part++;
    const earlier = this.unit.rows.find((row) => row.part === part);
    if (earlier !== undefined) {
      if (await this.#tookEffect(earlier)) {
        if (earlier.operation !== this.unit.text) throw this.owner.edited(earlier, this.unit.text);
        return false;
      }
      await journal.remove(session, earlier);
    }
    if (session.inTransaction) {
      await send();
      this.owner.noteUncommitted(this.#row(part, statement, { state: 'done' }));
      return true;
    }
    await this.owner.prepare();
    const heldBefore =
      statement.postcondition !== undefined && (await this.#holds(dialect.holds(statement.postcondition)));
    const row = this.#row(part, statement, { state: 'running', heldBefore });
    const isBare =
      dialect.capabilities.transactionalDdl &&
      (statement.outsideTransaction === true || (statement.effect === 'unknown' && !changesRows(statement.sql)));
    let isSent = false;
    const noted = async (): Promise<void> => {
      await journal.add(session, row);
      await send();
      isSent = true;
      await journal.finish(session, row);
    };
    try {
      await (isBare ? noted() : transactions.within(noted));
    } catch (error) {
      this.#part = part;
      // it failed, and what fails leaves nothing behind, except where it says what to clean up; where only the note failed, the
      // statement may have taken effect, and what is noted of it so far is all that the next run has to go by
      const isClean =
        statement.cleanup === undefined || (error as { isCleanedUp?: unknown } | null)?.isCleanedUp === true;
      if (!isSent && isClean) await journal.remove(session, row).catch(() => undefined);
      throw error;
    }
    return true;
  }

  /** Notes the operation as done, in the transaction that did it. */
  async addDone(sql: string): Promise<void> {
    await this.parts.database.journal.add(this.parts.session, this.#row(0, { sql }, { state: 'done' }));
  }

  /** The same where that transaction may yet be rolled back together with the revision. */
  noteDone(sql: string): void {
    this.owner.noteUncommitted(this.#row(0, { sql }, { state: 'done' }));
  }

  async #tookEffect(row: JournalRow): Promise<boolean> {
    const { session, database, interrupted, revision, direction, message } = this.parts;
    if (row.state === 'done') return true;
    const isDecidable = row.postcondition !== null && !row.heldBefore;
    const isKnown = isDecidable || row.repeatable;
    if (!isKnown && interrupted === undefined)
      throw new InterruptedStatementError({ revision, direction, message }, row);
    const tookEffect = isDecidable ? await this.#holds(row.postcondition) : !row.repeatable && interrupted === 'skip';
    if (tookEffect) await database.journal.finish(session, row);
    else if (row.cleanup !== null) await session.execute(row.cleanup);
    return tookEffect;
  }

  async #holds(query: string): Promise<boolean> {
    const [row] = await this.parts.session.query(query);
    const [value] = Object.values(row ?? {});
    return value === true || Number(value) === 1;
  }

  #row(
    part: number,
    { sql, postcondition, repeatable = false, cleanup }: Pick<Statement, 'sql'> & Partial<Statement>,
    { state, heldBefore = false }: Pick<JournalRow, 'state'> & { readonly heldBefore?: boolean },
  ): JournalRow {
    const { revision, direction, database } = this.parts;
    return {
      ...{
        revision,
        direction,
        ordinal: this.unit.ordinal,
        part,
        operation: this.unit.text,
        sql,
        state,
        heldBefore,
        repeatable,
      },
      postcondition: postcondition === undefined ? null : database.dialect.holds(postcondition),
      cleanup: cleanup ?? null,
    };
  }
}
