import { type AlterationsTogether } from '../engines/ddl/ddl.js';
import { type Statement } from '../engines/ddl/statement.js';
import { type Kept } from '../engines/session/settings.js';
import { OutsideTransactionError, TransactionNeededError, WrongRowError } from '../errors/runtime.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { type TableAlteration } from '../operations/all.js';
import { type Operation } from '../operations/operation.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
import { type Backfill, backfillText } from '../operations/backfill.js';
import { type EncodedValue } from '../operations/value.js';
import { type OperationSink } from '../operations/verbs.js';
import { BackfillRun } from './backfill-run.js';
import { ConcurrentRun } from './concurrent-run.js';
import { type ExecutableStep, type RevisionBody } from './executable-step.js';
import { type ExecutionOptions } from './execution-options.js';
import { HandedChange } from './handed-change.js';
import { OperationDigest } from './operation-digest.js';
import { operationsText } from './operations-text.js';
import { type RunPorts, type Underway } from './ports.js';
import { refuseControl, refuseControlIn } from './refused-control.js';
import { type RevisionData } from './revision-data.js';
import { type JournalUnit, type RevisionJournal } from './revision-journal.js';
import { Retries } from './retries.js';
import { type RunTransactions } from './run-transactions.js';
import { StatementFailure } from './statement-failure.js';
import { WaitWatch } from './wait-watch.js';

/** The parts that a revision runs with. */
export interface RevisionRunParts {
  readonly ports: RunPorts;
  readonly options: ExecutionOptions;
  readonly transactions: RunTransactions;
  readonly step: ExecutableStep;
  /** Absent where everything belongs to one transaction that nothing commits early. */
  readonly journal?: RevisionJournal;
  /** Called with SQL that is about to run. */
  readonly beforeSql?: (sql: string) => Promise<void>;
  /** What SQL is sure to leave as it is in the session, as far as its text tells. */
  readonly keptBy?: (sql: string) => Kept;
}

/**
 * What one step does beside moving the version rows: verbs become operations, and operations become statements, which
 * are executed on one session, one after the other. What a rollback could not undo is noted in the journal. What an
 * earlier run has done is skipped.
 */
export class RevisionRun {
  /** Statements that are committed although the revision is not finished. */
  committedStatements = 0;
  /**
   * Set where the statement or the data work that failed may have done something that stays: `committed` where it has,
   * `unknown` where nothing tells.
   */
  kept: 'committed' | 'unknown' | undefined;
  /** What all that it has sent is sure to leave as it is in the session. */
  keepsOfSession: Kept = 'settings';
  /** What was thrown, by other than the database, when the revision was applied already. */
  thrownBehind: { readonly error: unknown } | undefined;
  #executedStatements = 0;
  /** Whether an `autocommitBlock` is open. */
  #isInBlock = false;
  /** The last statement that has been sent. */
  #underway: Underway | undefined;
  #mayBeAhead = false;
  readonly #revision: string;

  constructor(private readonly parts: RevisionRunParts) {
    this.#revision = parts.step.revision ?? '';
  }

  /** Returns the digest of what the revision did; `null` where that depends on more than the revision. */
  async run({ run, service, isPlain = false }: RevisionBody): Promise<string | null> {
    this.parts.ports.session.spend();
    this.#mayBeAhead = isPlain;
    const digest = new OperationDigest();
    await runOperations<RevisionData>(digest.around(this.sink(service)), digest.watching(this.about), run);
    this.parts.journal?.end();
    return digest.value;
  }

  /**
   * Waits for the last statement, which may still be under way when {@link run} has returned.
   *
   * @throws what {@link run} would have thrown.
   */
  async ended(): Promise<void> {
    await this.#underway?.ended;
  }

  /** Whether a statement is under way when {@link run} has returned. */
  get isUnderway(): boolean {
    return this.#underway !== undefined;
  }

  /**
   * Waits for the last statement, and for the commit that has been sent behind it and fails where it fails.
   *
   * @throws what {@link run} would have thrown, else what the commit throws.
   */
  async endedWith<T>(commit: Promise<T>): Promise<T> {
    const [statement, behind] = await Promise.allSettled([this.ended(), commit]);
    if (behind.status === 'fulfilled') {
      // what listens to the run has thrown, and the revision is applied
      if (statement.status === 'rejected') this.thrownBehind = { error: statement.reason };
      return behind.value;
    }
    const failed = statement.status === 'rejected';
    // the server may have committed, and was not heard; its refusal of the statement was
    const isRefused = failed && isOfServer(statement.reason);
    if (this.parts.ports.session.isLost === true && !isRefused) this.kept = 'unknown';
    throw failed ? statement.reason : behind.reason;
  }

  /** What `op` tells the revision about the run. */
  get about(): OperationsContext {
    return this.parts.options.about;
  }

  sink(service: RevisionBody['service']): OperationSink<RevisionData> {
    return {
      apply: (operation) => this.#apply([operation]),
      ...this.#applyingTogether,
      query: (sql, params) => this.#query(sql, params),
      transaction: (work) => this.#dataTransaction(work, service),
      backfill: (backfill) => this.#backfill(backfill, service),
      autocommitBlock: (block) => this.#autocommitBlock(block),
    };
  }

  get #applyingTogether(): Pick<OperationSink<RevisionData>, 'applyTogether'> {
    const { ddl } = this.parts.ports.engine;
    const { together } = ddl;
    if (ddl.statementsOn !== undefined) return { applyTogether: (operations) => this.#apply(operations) };
    return together === undefined
      ? {}
      : { applyTogether: (operations) => this.#applyGroups(operations as readonly TableAlteration[], together) };
  }

  /** Runs changes of one table, those that the engine takes together as one statement. Each statement has its own note. */
  async #applyGroups(operations: readonly TableAlteration[], together: AlterationsTogether): Promise<void> {
    let first = 0;
    // an earlier version of the library ran, and noted, each operation of a batch by itself
    for (; first < operations.length && this.#wasNoted(operations[first]); first += 1) {
      await this.#apply([operations[first]]);
    }
    for (const group of together.groups(operations.slice(first))) await this.#apply(group);
  }

  #wasNoted(operation: Operation | undefined): boolean {
    return operation !== undefined && this.parts.journal?.isNext(operationsText([operation])) === true;
  }

  async #apply(operations: readonly Operation[]): Promise<void> {
    const { engine, session } = this.parts.ports;
    refuseControlIn(engine, operations, session);
    const unit = this.parts.journal?.next(operationsText(operations));
    if (unit?.finished !== undefined) return this.#skip(unit.finished);
    if (engine.ddl.statementsOn === undefined) {
      const whole = (await engine.ddl.restated?.(session, operations)) ?? operations;
      const [operation] = whole;
      const statements =
        whole.length === 1 && operation !== undefined
          ? engine.ddl.statements(operation)
          : (engine.ddl.together?.statements(whole) ?? []);
      for (const statement of statements) await this.#sendAhead(statement, whole, unit);
      return;
    }
    // such statements are made from the tables as they are; made again now, they would describe tables that are changed
    // already
    if (unit?.finishedWhole !== undefined) return this.#skip(unit.finishedWhole);
    const statements = engine.ddl.statementsOn(session, operations);
    // a table that is rebuilt outside of a transaction would be lost if the process died
    if (!this.parts.transactions.isOpen && operations.some(({ kind }) => kind !== 'execute')) {
      return this.#asWhole(unit, describe(operations), async () => {
        for await (const statement of statements) await this.#execute(statement, operations);
      });
    }
    for await (const statement of statements) await this.#execute(statement, operations, unit);
  }

  /** Does something in a transaction of its own, and notes it as a whole. */
  async #asWhole(unit: JournalUnit | undefined, name: string, work: () => Promise<void>): Promise<void> {
    if (unit?.finishedWhole !== undefined) return this.#skip(unit.finishedWhole);
    await this.parts.journal?.prepare();
    await this.parts.transactions.within(async () => {
      await this.parts.journal?.confirmRows();
      await work();
      await unit?.addDone(name);
    });
  }

  /** Executes a statement, and does not wait for its end where nothing in the revision could see it. */
  async #sendAhead(statement: Statement, operations: readonly Operation[], unit?: JournalUnit): Promise<void> {
    const execute = (): Promise<void> => this.#execute(statement, operations, unit);
    await this.ended();
    const { session } = this.parts.ports;
    this.#underway = this.#isSentLast(statement) ? await session.sendAhead?.(statement.sql, execute) : undefined;
    if (this.#underway === undefined) await execute();
  }

  /** Whether a statement is the last thing that is sent when it is executed, and can be undone with its transaction. */
  #isSentLast({ portable, cleanup, unchecked, wrongRow, outsideTransaction }: Statement): boolean {
    const { options, transactions } = this.parts;
    const isAlone = ![portable, cleanup, unchecked, wrongRow, outsideTransaction].some(Boolean);
    return this.#mayBeAhead && isAlone && options.observe === undefined && transactions.isOpenPlainly;
  }

  async #execute(statement: Statement, operations: readonly Operation[], unit?: JournalUnit): Promise<void> {
    const { session } = this.parts.ports;
    await this.#mayGoOn();
    if (statement.outsideTransaction === true && session.inTransaction)
      throw new OutsideTransactionError(statement.sql);
    if (statement.needsTransaction === true && !session.inTransaction) throw new TransactionNeededError(statement.sql);
    // a later run makes it again, where it is still needed
    const noted = statement.fromDatabase === true ? undefined : unit;
    if (statement.fromDatabase === true) await this.parts.journal?.confirmRows();
    const handed = await this.#handed(statement, noted);
    const isSent = await this.#tried(statement, () =>
      handed === undefined
        ? this.#noted(statement, noted, () => this.#send(statement, operations))
        : this.#noted(
            handed.statement,
            noted,
            handed.send === undefined
              ? () => this.#send(statement, operations)
              : () => this.#told(statement.sql, operations, handed.send!),
            handed.wasDone,
          ),
    );
    if (!isSent) return this.#skip([statement.sql]);
    this.#executedStatements += 1;
    if (!session.inTransaction) this.committedStatements += 1;
  }

  /** What is to be known of a statement that a program makes, or was making in an earlier run. */
  async #handed(statement: Statement, unit: JournalUnit | undefined): Promise<HandedStatement | undefined> {
    const { ports, options } = this.parts;
    const isBegun = unit?.isBegun === true;
    if (unit === undefined || (options.schemaChange === undefined && !isBegun)) return undefined;
    const changes = await ports.engine.schemaChanges?.();
    if (changes === undefined) return undefined;
    // what checks no foreign key is done in place
    const change = statement.unchecked === true ? undefined : changes.changeIn(statement.sql);
    if (change === undefined) return undefined;
    const { emit, signal } = options;
    const mayGoOn = (): Promise<void> => this.#mayGoOn();
    const handed = new HandedChange({ ports, changes, change, revision: this.#revision, mayGoOn, signal, emit });
    const wasDone = isBegun ? await handed.settle() : undefined;
    const program = options.schemaChange;
    if (program === undefined || wasDone === true) return { statement, wasDone };
    try {
      const table = await handed.table(program, isBegun);
      if (table === undefined) return { statement, wasDone };
      // the program's sessions see the note of the journal, and the next run does, only once that is committed
      const noted = { ...statement, outsideTransaction: true };
      return {
        statement: noted,
        wasDone,
        send: () =>
          this.#change(statement, changes.instant(change), async (error) => {
            if (!changes.isRefused(error)) throw error;
            await handed.make(program, table);
          }),
      };
    } catch (cause) {
      throw new StatementFailure({ ordinal: this.#executedStatements, sql: statement.sql }, cause);
    }
  }

  /** Changes a large table: the server itself does what it does in its catalogue alone, and a program all else. */
  async #change({ sql }: Statement, instant: string, refused: (error: unknown) => Promise<void>): Promise<void> {
    const { ports, options } = this.parts;
    const ordinal = this.#executedStatements;
    const about = { revision: this.#revision, ordinal, sql };
    options.emit({ type: 'statementStarted', ...about });
    const started = ports.clock.now();
    try {
      await this.#sent(instant, this.#watch).catch(refused);
    } catch (cause) {
      // the statement did not fail: its program was stopped
      if (cause instanceof RunAbortedError) throw cause;
      throw new StatementFailure({ ordinal, sql }, cause);
    }
    options.emit({ type: 'statementFinished', ...about, durationMs: ports.clock.now() - started });
  }

  /** Sends a statement, noted in the journal where there is one. Returns `false` where an earlier run has done it. */
  async #noted(
    statement: Statement,
    unit: JournalUnit | undefined,
    send: () => Promise<void>,
    wasDone?: boolean,
  ): Promise<boolean> {
    if (unit !== undefined) {
      try {
        return await unit.run(statement, send, () => this.kept !== undefined, wasDone);
      } catch (error) {
        this.kept ??= unit.kept;
        throw error;
      }
    }
    await send();
    return true;
  }

  /**
   * Tries again where something waited too long for a lock and is not part of a transaction. (A transaction is begun
   * again as a whole.) Where the failure left something that could not be cleaned up, the next run deals with it, by
   * the journal.
   */
  async #tried<T>({ cleanup }: Pick<Statement, 'cleanup'>, work: () => Promise<T>): Promise<T> {
    const { ports, options } = this.parts;
    const { engine, session, clock } = ports;
    const retries = new Retries(this.#revision, { ...options, engine: engine.session.limits, clock });
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isClean = cleanup === undefined || (error instanceof StatementFailure && error.isCleanedUp);
        if (session.inTransaction || !isClean || this.kept !== undefined) throw error;
        if (!(await retries.again(error))) throw error;
      }
    }
  }

  async #send(statement: Statement, operations: readonly Operation[]): Promise<void> {
    return this.#told(statement.sql, operations, () => this.#sendUntold(statement, operations));
  }

  /** Tells OpenTelemetry of a statement, where the application listens. */
  async #told<T>(sql: string, operations: readonly Operation[], work: () => Promise<T>): Promise<T> {
    const { telemetry } = this.parts.options;
    return telemetry === undefined ? work() : telemetry.statement(sql, operations, work);
  }

  /** The same of work whose statements are not known. */
  async #toldWork<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { telemetry } = this.parts.options;
    return telemetry === undefined ? work() : telemetry.work(name, work);
  }

  async #sendUntold(statement: Statement, operations: readonly Operation[]): Promise<void> {
    const { sql } = statement;
    const ordinal = this.#executedStatements;
    const about = { revision: this.#revision, ordinal, sql };
    const { ports, options } = this.parts;
    const { emit } = options;
    emit({ type: 'statementStarted', ...about });
    const started = ports.clock.now();
    const concurrently = ConcurrentRun.of({ ...ports, emit }, sql);
    await concurrently?.prepare();
    const watch = this.#watch;
    const cleaning = (drop: string): Promise<void> => this.#tried({}, () => this.#sent(drop, watch));
    try {
      const { escaping, unchecked } = ports.engine.session;
      const { wrongRow } = statement;
      const sent = (text: string): Promise<void> =>
        this.#observed(text, operations, (other) =>
          wrongRow === undefined ? this.#sent(other, watch) : this.#sentForNoRow(other, wrongRow),
        );
      const escaped = async (): Promise<void> =>
        statement.portable === undefined || escaping === undefined
          ? sent(sql)
          : escaping(ports.session, statement, sent);
      await (statement.unchecked === true && unchecked !== undefined ? unchecked(ports.session, escaped) : escaped());
    } catch (cause) {
      const isCleanedUp = (await concurrently?.cleanUp(cause, cleaning)) === true;
      const isWait = ports.engine.session.limits?.isLockTimeout(cause) === true;
      const awaited = isWait ? watch?.lastAwaited : undefined;
      throw new StatementFailure({ ordinal, sql, awaited }, cause, isCleanedUp);
    }
    emit({ type: 'statementFinished', ...about, durationMs: ports.clock.now() - started });
  }

  /** Lets the observer send a statement where the run has one. */
  async #observed(
    sql: string | null,
    operations: readonly Operation[],
    send: (sql: string) => Promise<void>,
  ): Promise<void> {
    const { options, step, ports, transactions } = this.parts;
    const { direction } = step;
    if (options.observe === undefined || direction === 'stamp') return send(sql ?? '');
    const revision = this.#revision;
    const isAlone = this.#isInBlock;
    await options.observe(
      { revision, direction, sql, operations, isAlone, session: ports.session, transactions },
      send,
    );
  }

  /** What looks which session a statement waits for; `undefined` where nothing can look. */
  get #watch(): WaitWatch | undefined {
    const { ports, options } = this.parts;
    const { beside, engine } = ports;
    const { blockerOf } = engine.session;
    // a run that is observed holds statements on purpose
    if (beside === undefined || blockerOf === undefined || options.observe !== undefined) return undefined;
    const { lockTimeout } = options.limits;
    return new WaitWatch({
      look: (sql) => beside((session) => blockerOf(session, sql)),
      lockTimeout,
      emit: options.emit,
    });
  }

  async #sent(sql: string, watch: WaitWatch | undefined): Promise<void> {
    const { ports, options } = this.parts;
    const send = (): Promise<number> =>
      options.guard(() => this.#sending(sql, () => ports.session.execute(sql, [], 'revision')), sql);
    await (watch === undefined ? send() : watch.watched(sql, send));
  }

  /** @throws WrongRowError where the query returns a row. */
  async #sentForNoRow(sql: string, wrongRow: string): Promise<void> {
    const { ports, options } = this.parts;
    this.keepsOfSession = 'nothing';
    const [row] = await options.guard(() => ports.session.query(sql, [], 'revision'), sql);
    if (row !== undefined) throw new WrongRowError(wrongRow, row);
  }

  /** Sends SQL of the revision. Where that fails outside of a transaction, finds out whether some of it is committed. */
  async #sending<T>(sql: string, send: () => Promise<T>): Promise<T> {
    const kept = this.parts.keptBy?.(sql) ?? 'nothing';
    if (kept !== 'settings' && this.keepsOfSession !== 'nothing') this.keepsOfSession = kept;
    // a failed transaction refuses every query, and the statement says why
    await this.parts.beforeSql?.(sql).catch(() => undefined);
    const { session, engine } = this.parts.ports;
    if (session.inTransaction || engine.session.partial?.kindOf(sql) === undefined) return send();
    const { transactions } = engine.session.partial;
    const count = async (): Promise<number> =>
      transactions === undefined ? Number.NaN : Number(await session.value(transactions));
    const before = await count();
    try {
      return await send();
    } catch (error) {
      const now = await count().catch(() => Number.NaN);
      if (now - before !== 2) this.kept = 'unknown';
      throw error;
    }
  }

  /** Reports statements that are skipped because an earlier run has done them. */
  #skip(statements: readonly string[]): void {
    for (const sql of statements) {
      const ordinal = this.#executedStatements++;
      this.parts.options.emit({ type: 'statementSkipped', revision: this.#revision, ordinal, sql });
    }
  }

  async #query(sql: string, params: readonly EncodedValue[]): Promise<Record<string, unknown>[]> {
    await this.#mayGoOn();
    const { engine, session } = this.parts.ports;
    refuseControl(engine, sql, session);
    const text = engine.ddl.format(sql, params);
    try {
      let rows: Record<string, unknown>[] = [];
      await this.#observed(text, [], async () => {
        rows = await this.#told(text, [], () =>
          this.parts.options.guard(() => this.#sending(text, () => session.query(text, [], 'revision'))),
        );
      });
      return rows;
    } catch (cause) {
      throw new StatementFailure({ ordinal: this.#executedStatements, sql: text }, cause);
    }
  }

  /** Data work: a savepoint of the revision's transaction where there is one, else a transaction of its own. */
  async #dataTransaction(work: (data: RevisionData) => Promise<void>, service: RevisionBody['service']): Promise<void> {
    const { session, withData } = this.parts.ports;
    this.keepsOfSession = 'nothing';
    await this.#mayGoOn();
    const unit = this.parts.journal?.next(DATA_WORK);
    const worked = (): Promise<void> =>
      this.#toldWork(DATA_WORK, () => withData((data) => work(withServices(data, service))));
    if (!session.inTransaction) {
      await this.#tried({}, () =>
        this.#asWhole(unit, DATA_WORK, () => this.#observed(null, [], () => this.#ownTransaction(worked))),
      );
      this.committedStatements += 1;
    } else {
      if (unit?.finishedWhole !== undefined) return this.#skip(unit.finishedWhole);
      await this.#observed(null, [], () => this.#asSavepoint(worked));
      unit?.noteDone(DATA_WORK);
    }
    this.#executedStatements += 1;
  }

  async #asSavepoint(work: () => Promise<void>): Promise<void> {
    const { session } = this.parts.ports;
    await session.execute('savepoint nest_migrate_data');
    try {
      await work();
    } catch (error) {
      // where this fails, the transaction has ended or the connection is lost: the first error says more
      await session.execute('rollback to savepoint nest_migrate_data').catch(() => undefined);
      throw error;
    }
    await session.execute('release savepoint nest_migrate_data');
  }

  /** Finds out whether data work that fails has committed some of what it did. */
  async #ownTransaction(work: () => Promise<void>): Promise<void> {
    const { transactions, ports } = this.parts;
    try {
      await work();
    } catch (error) {
      const fate = await transactions.fate();
      if (fate === 'committed') this.kept = 'committed';
      if (fate === 'unknown' && ports.engine.session.partial?.rollsBack(error) !== true) this.kept = 'unknown';
      throw error;
    }
  }

  /** Fills rows batch by batch, each in a transaction of its own. */
  async #backfill(backfill: Backfill<RevisionData>, service: RevisionBody['service']): Promise<void> {
    const { ports, options, transactions, journal } = this.parts;
    const { batches } = ports.engine.session;
    const unit = journal?.next(backfillText(backfill));
    const name = `op.backfill of ${backfill.table}`;
    if (unit === undefined || batches === undefined) throw new TypeError(`${name} needs a journal and an engine`);
    if ((unit.finishedWhole ?? unit.finished) !== undefined) return this.#skip([name]);
    let batchesDone = 0;
    const run = new BackfillRun(
      {
        ...{ ports, batches, options, transactions, unit, revision: this.#revision },
        ordinal: this.#executedStatements,
        mayGoOn: () => this.#mayGoOn(),
        withData: (work) => ports.withData((data) => work(withServices(data, service))),
        committed: () => {
          batchesDone += 1;
          if (batchesDone === 1) this.committedStatements += 1;
        },
      },
      backfill,
    );
    await run.findKey();
    await this.#autocommitBlock(() => this.#toldWork(name, () => run.run()));
    this.#executedStatements += 1;
  }

  /**
   * Commits what the run has done so far (earlier revisions together with their rows), runs the block, then continues.
   */
  async #autocommitBlock(block: () => Promise<void>): Promise<void> {
    const { transactions, journal } = this.parts;
    this.keepsOfSession = 'nothing';
    await this.ended();
    const reopen = transactions.isOpen;
    if (reopen) {
      await journal?.commitEarly();
      await transactions.commit();
      this.committedStatements = this.#executedStatements;
    }
    const isNested = this.#isInBlock;
    this.#isInBlock = true;
    try {
      await block();
    } finally {
      this.#isInBlock = isNested;
    }
    if (!reopen) return;
    await transactions.begin();
    // another run may have finished the revision meanwhile
    if (transactions.areShared) await journal?.checkRows();
  }

  async #mayGoOn(): Promise<void> {
    await this.ended();
    const { session } = this.parts.ports;
    const { signal, held } = this.parts.options;
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
    await held?.check();
    await session.fence?.check(session);
  }
}

/** A statement that a program makes, or was making. */
interface HandedStatement {
  /** As the journal notes it. */
  readonly statement: Statement;
  /** Whether an earlier run has done it, where what its program has left tells. */
  readonly wasDone: boolean | undefined;
  /** Absent where the session sends it. */
  readonly send?: () => Promise<void>;
}

/** Whether the server has told an error, or a cause of it. */
function isOfServer(error: unknown): boolean {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as { cause?: unknown }).cause)
    if ('severity' in cause) return true;
  return false;
}

function withServices(data: Omit<RevisionData, 'get'>, service: RevisionBody['service']): RevisionData {
  return { ...data, get: <T>(name: string) => service(name) as T };
}

/** The name of a data transaction in a list of statements. */
const DATA_WORK = 'op.transaction';

function describe(operations: readonly Operation[]): string {
  return operations.map(({ kind }) => `op.${kind}`).join(', ');
}
