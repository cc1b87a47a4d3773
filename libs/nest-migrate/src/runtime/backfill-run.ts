import { type RowBatches } from '../engines/session/row-batches.js';
import { BackfillMovedError } from '../errors/interrupted.errors.js';
import { TransactionEndedError } from '../errors/runtime.errors.js';
import { type Backfill, type BackfillProgress } from '../operations/backfill.js';
import { keyOfBackfill } from './backfill-key.js';
import { type BackfillState, beginningOf, readState, stateText } from './backfill-state.js';
import { BackfillStatements, type KeyRange } from './backfill-statements.js';
import { BatchSize } from './batch-size.js';
import { type ExecutionOptions } from './execution-options.js';
import { type RunPorts } from './ports.js';
import { refuseControl } from './refused-control.js';
import { type RevisionData } from './revision-data.js';
import { type JournalUnit } from './revision-journal.js';
import { Retries } from './retries.js';
import { type RunTransactions } from './run-transactions.js';
import { causeOf, StatementFailure } from './statement-failure.js';

/** The parts that a backfill runs with. */
export interface BackfillRunParts {
  readonly ports: RunPorts;
  readonly batches: RowBatches;
  readonly options: ExecutionOptions;
  readonly transactions: RunTransactions;
  readonly unit: JournalUnit;
  readonly revision: string;
  /** The position of the backfill among the statements of the revision. */
  readonly ordinal: number;
  /** Throws where the run has to stop before its next batch. */
  readonly mayGoOn: () => Promise<void>;
  /** Does the function of a revision in the open transaction. */
  readonly withData: (work: (data: RevisionData) => Promise<void>) => Promise<void>;
  /** Called when a batch is committed. */
  readonly committed: () => void;
}

/** How many tables' rows are counted exactly; of a larger table the engine's statistics have to do. */
const COUNTED_UP_TO = 100_000;
/** How often rows are looked for at most that came behind the cursor. */
export const MOST_PASSES = 6;
/** A batch that waited too long for a lock is smaller the next time, so it is tried again whatever the options say. */
const LEAST_RETRIES = 8;
/** How often progress is worth a line of a log, in milliseconds. */
const LOG_EVERY_MS = 30_000;

/**
 * Works through the rows of a table, batch by batch. The cursor is kept in the note of the journal, which the transaction
 * of each batch moves from where this run believes it to be: a batch takes effect together with its cursor or not at all,
 * and a run that was overtaken by another can commit nothing.
 */
export class BackfillRun {
  readonly #size: BatchSize;
  readonly #backfill: Backfill<RevisionData>;
  #statements!: BackfillStatements;
  /** The note as this run believes it to be; `undefined` where there is none yet. */
  #note: string | undefined;
  #state: BackfillState;
  #isConfirmed = false;
  #total: number | null = null;
  /** When this run began, and how many rows were behind the cursor then. */
  #began = { at: 0, done: 0 };
  #logged = 0;

  constructor(
    private readonly parts: BackfillRunParts,
    backfill: Backfill<RevisionData>,
  ) {
    this.#backfill = backfill;
    this.#size = new BatchSize(backfill.batch, backfill.batchTime);
    this.#note = parts.unit.progress;
    this.#state = this.#note === undefined ? beginningOf(backfill.table) : this.#read(this.#note);
  }

  /** Finds the key. To be called first, while what the revision did before can still be rolled back. */
  async findKey(): Promise<void> {
    const { ports, batches } = this.parts;
    const { session, engine } = ports;
    const { schema, table, key, where, work } = this.#backfill;
    const columns = await keyOfBackfill(batches, session, { schema, table }, { key, ...('set' in work && work) });
    this.#statements = new BackfillStatements(engine, batches, { schema, table, columns, where });
  }

  async run(): Promise<void> {
    await this.#prepare();
    const { clock } = this.parts.ports;
    const { signal } = this.parts.options;
    this.#began = { at: clock.now(), done: this.#state.done };
    this.#logged = clock.now();
    this.#tell('backfillStarted');
    for (;;) {
      await this.#throttled();
      const isFinished = await this.#batchAndRetries();
      this.#tell(isFinished ? 'backfillFinished' : 'backfillProgress');
      if (isFinished) break;
      if (this.#backfill.pause > 0) await clock.pause(this.#backfill.pause, signal);
    }
    this.#tellEnd();
  }

  /** How far the backfill is. */
  get progress(): BackfillProgress {
    const { table, done, changed, pass } = this.#state;
    const seconds = (this.parts.ports.clock.now() - this.#began.at) / 1000;
    const worked = done - this.#began.done;
    const rate = worked > 0 && seconds > 0 && pass === 1 ? worked / seconds : null;
    const total = pass === 1 && this.#total !== null ? Math.max(this.#total, done) : null;
    const leftMs = rate === null || total === null ? null : Math.round(((total - done) / rate) * 1000);
    return { table, done, total, changed, pass, rate: rate === null ? null : Math.round(rate), leftMs };
  }

  async #prepare(): Promise<void> {
    const { ports, batches, unit } = this.parts;
    const { schema, table } = this.#backfill;
    await unit.prepare();
    const [row] = await ports.session.query<{ counted: number | string }>(this.#statements.counted(COUNTED_UP_TO + 1));
    this.#total = Number(row?.counted);
    if (this.#total <= COUNTED_UP_TO) return;
    const supposed = Number((await ports.session.value(batches.supposedRows({ schema, table }))) ?? 0);
    this.#total = supposed > COUNTED_UP_TO ? supposed : null;
  }

  async #throttled(): Promise<void> {
    const { mayGoOn, ports, options } = this.parts;
    for (;;) {
      await mayGoOn();
      const wait = (await this.#backfill.throttle?.(this.progress)) ?? 0;
      if (!(wait > 0)) return;
      await ports.clock.pause(wait, options.signal);
    }
  }

  async #batchAndRetries(): Promise<boolean> {
    const { ports, options, revision, transactions, committed } = this.parts;
    const { clock, engine } = ports;
    const limits = { ...options.limits, retries: Math.max(options.limits.retries, LEAST_RETRIES) };
    const isLockTimeout = (error: unknown): boolean =>
      engine.session.limits?.isLockTimeout(error) === true || engine.session.lockingTransaction?.isBusy(error) === true;
    const retries = new Retries(revision, { ...options, limits, engine: { isLockTimeout }, clock });
    for (;;) {
      const started = clock.now();
      const rows = this.#size.rows;
      try {
        const { state, note, isFinished, found } = await transactions.withinRows(this.parts.batches.isolation, () =>
          this.#batch(rows),
        );
        this.#state = state;
        this.#note = note;
        this.#size.took(clock.now() - started, found);
        committed();
        return isFinished;
      } catch (error) {
        if (!(await retries.again(causeOf(error)))) throw error;
        this.#size.halve();
      }
    }
  }

  /** One batch, in the open transaction. */
  async #batch(limit: number): Promise<Batch> {
    const { ports } = this.parts;
    const { note, state: before, isFinished: isDone } = await this.#agreed();
    if (isDone) return { state: before, note, isFinished: true, found: 0 };
    const { pass, cursor, done, changed } = before;
    const after = cursor ?? undefined;
    const [bound] = await ports.session.query(this.#statements.bound(after, limit, pass > 1));
    const found = Number(bound?.['nest_migrate_rows'] ?? 0);
    let state = before;
    if (bound !== undefined) {
      const last = this.#statements.keyIn(bound);
      const did = await this.#work({ after, last }, !before.isLeft);
      const isLeft = before.isLeft || did.isLeft;
      state = { ...before, cursor: last, done: done + found, changed: changed + did.changed, isLeft };
    }
    // what is inserted behind the end from now on is as what is inserted after the backfill
    const isEnd = found < limit;
    const isFinished = isEnd && !this.#needsPassAfter(state);
    if (isEnd && !isFinished) state = { ...state, pass: pass + 1, cursor: null, done: 0 };
    const text = stateText(state);
    await this.#move(note, text, isFinished ? 'done' : 'partial');
    return { state, note: text, isFinished, found };
  }

  #needsPassAfter({ isLeft, pass, done }: BackfillState): boolean {
    if (this.#backfill.where === undefined || isLeft || pass >= MOST_PASSES) return false;
    return pass === 1 || done > 0;
  }

  /**
   * Where the backfill is, which has to be where this run believes it to be. Where runs share the work, since no lock lasts
   * longer than a transaction, it is where the other run has brought it.
   *
   * @throws BackfillMovedError | RowsMovedError
   */
  async #agreed(): Promise<Omit<Batch, 'found'>> {
    const { unit, transactions } = this.parts;
    if (!this.#isConfirmed) await unit.checkRows();
    this.#isConfirmed = true;
    const found = await unit.readProgress();
    const mine = { note: this.#note, state: this.#state, isFinished: false };
    if (found?.sql === this.#note && found?.state !== 'done') return mine;
    if (!transactions.areShared) throw this.#moved();
    // the notes of a revision that another run has finished are gone
    await unit.checkRows();
    if (found === undefined) throw this.#moved();
    return { note: found.sql, state: this.#read(found.sql), isFinished: found.state === 'done' };
  }

  async #move(from: string | undefined, text: string, to: 'partial' | 'done'): Promise<void> {
    const { unit } = this.parts;
    if (from === undefined) await unit.addProgress(text, to);
    else if (!(await unit.advance(from, text, to))) throw this.#moved();
  }

  #moved(): BackfillMovedError {
    return new BackfillMovedError(this.#backfill.table, this.parts.unit.step, 'moved');
  }

  /** @param looks Whether to find out if rows still need the work when it is done, where the revision says which do. */
  async #work(range: KeyRange, looks: boolean): Promise<Done> {
    const { work, where } = this.#backfill;
    const isLooking = looks && where !== undefined;
    return 'set' in work ? this.#set(work.set, range, isLooking) : this.#rows(work.rows, range, isLooking);
  }

  async #set(set: Readonly<Record<string, string>>, range: KeyRange, looks: boolean): Promise<Done> {
    const { ports, batches } = this.parts;
    if (looks && !batches.isSteady) {
      const sql = this.#statements.updateAndCount(set, range);
      const [row] = await this.#sent(sql, () => ports.session.query(sql, [], 'revision'));
      return { changed: Number(row?.['changed']), isLeft: Number(row?.['still']) > 0 };
    }
    const sql = this.#statements.update(set, range);
    const changed = await this.#sent(sql, () => ports.session.execute(sql, [], 'revision'));
    return { changed, isLeft: looks && (await this.#isLeft(this.#statements.count(range))) };
  }

  async #rows(
    work: (rows: readonly Record<string, unknown>[], data: RevisionData) => unknown,
    range: KeyRange,
    looks: boolean,
  ): Promise<Done> {
    const { ports, batches, withData, transactions } = this.parts;
    const sql = this.#statements.rows(range);
    const found = await this.#sent(sql, () => ports.session.query(sql, [], 'revision'));
    if (found.length === 0) return { changed: 0, isLeft: false };
    const rows = found.map((row) => this.#statements.withoutKey(row));
    await withData(async (data) => void (await work(rows, data)));
    // an update of the cursor behind it would be committed without the work
    if ((await transactions.fate()) !== 'open') throw new TransactionEndedError();
    if (!looks || !(await this.#isLeft(this.#statements.count(range)))) return { changed: found.length, isLeft: false };
    if (batches.isSteady) return { changed: found.length, isLeft: true };
    // it may be rows that others have inserted since
    const keys = found.map((row) => this.#statements.keyIn(row));
    return { changed: found.length, isLeft: await this.#isLeft(this.#statements.countOf(keys, range)) };
  }

  async #isLeft(sql: string): Promise<boolean> {
    const [row] = await this.#sent(sql, () => this.parts.ports.session.query(sql, [], 'revision'));
    return Number(row?.['still']) > 0;
  }

  async #sent<T>(sql: string, send: () => Promise<T>): Promise<T> {
    const { ports, options, ordinal } = this.parts;
    refuseControl(ports.engine, sql, ports.session);
    try {
      return await options.guard(send);
    } catch (cause) {
      throw new StatementFailure({ ordinal, sql }, cause);
    }
  }

  #read(note: string): BackfillState {
    const state = readState(note);
    if (state === undefined) throw new BackfillMovedError(this.#backfill.table, this.parts.unit.step, 'unreadable');
    return state;
  }

  #tell(type: 'backfillStarted' | 'backfillProgress' | 'backfillFinished'): void {
    const now = this.parts.ports.clock.now();
    const isLogged = type !== 'backfillProgress' || now - this.#logged >= LOG_EVERY_MS;
    if (isLogged) this.#logged = now;
    this.parts.options.emit({ type, revision: this.parts.revision, progress: this.progress, isLogged });
  }

  /** Says where rows may have been left out. */
  #tellEnd(): void {
    const { table, where } = this.#backfill;
    const { isLeft, pass, done } = this.#state;
    const warn = (message: string): void => this.parts.options.emit({ type: 'warning', message });
    const behind = `rows that were inserted in '${table}' meanwhile with a key behind the cursor were not looked for`;
    if (where === undefined) warn(`The backfill has no 'where': ${behind}.`);
    else if (isLeft) warn(`The work of the backfill does not make its 'where' false: ${behind}.`);
    else if (pass >= MOST_PASSES && done > 0)
      warn(`Rows that need the work of the backfill are still inserted in '${table}': let the application write it.`);
  }
}

interface Done {
  readonly changed: number;
  readonly isLeft: boolean;
}

interface Batch {
  readonly state: BackfillState;
  readonly note: string | undefined;
  readonly isFinished: boolean;
  /** How many rows there were up to the limit. */
  readonly found: number;
}
