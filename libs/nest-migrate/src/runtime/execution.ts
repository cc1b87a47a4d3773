import { MisplacedOperationError } from '../errors/operation.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { RowsMovedError } from '../errors/version-table.errors.js';
import { EarlierRuns } from './earlier-runs.js';
import { type Step } from './events.js';
import { type ExecutableStep } from './executable-step.js';
import { type ExecutionOptions, type ExecutionPlan } from './execution-options.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { ensureTables, hasTables } from './own-tables.js';
import { type Kept } from '../engines/session/settings.js';
import { type KnownLines, type RunPorts, type TakenStep, type WrittenWith } from './ports.js';
import { RevisionJournal } from './revision-journal.js';
import { RevisionRun } from './revision-run.js';
import { Retries } from './retries.js';
import { RunTransactions } from './run-transactions.js';
import { type Glance, SessionBaseline } from './session-baseline.js';
import { aftermathOf, failureOf, fateBehind } from './step-failure.js';
import { versionApplied } from './version-apply.js';

/**
 * Runs steps on one session, in order, and moves the version rows with each step: inside the revision's transaction
 * where the engine's DDL is transactional, else after the revision's last statement. Continues a revision that an
 * earlier run has begun.
 *
 * @throws RevisionFailedError saying which revision and statement failed, and what state that leaves.
 * @throws InterruptedRevisionError | InterruptedStatementError | AppliedStatementEditedError where an earlier run has
 * left a revision unfinished that can't be continued.
 */
export class Execution {
  readonly #transactions: RunTransactions;
  readonly #earlier: EarlierRuns;
  #steps: readonly ExecutableStep[];
  /** The version table's rows that the steps are planned from. */
  #rows: readonly string[];
  /** The session's settings before the first step. */
  #baseline: SessionBaseline | undefined;
  /** What the last step is sure to have left as it was in the session. */
  #kept: Kept = 'settings';
  #purged = false;
  /** What was thrown when the last step was applied already. */
  #thrownBehind: RevisionRun['thrownBehind'];
  /** The last step that has been loaded. */
  #loadedUpTo = -1;
  /** What later lines of the history need to know of those that this run has written. */
  readonly #known: KnownLines = new Map();

  constructor(
    private readonly ports: RunPorts,
    private readonly plan: ExecutionPlan,
    private readonly options: ExecutionOptions,
  ) {
    const { engine, session, clock } = ports;
    const { lockWaitTimeout: timeout, signal, emit, held } = options;
    const isOwn = held !== undefined || engine.session.settings?.differInside === true;
    this.#transactions = new RunTransactions(
      session,
      { timeout, signal, emit, clock },
      {
        locking: engine.session.lockingTransaction,
        held,
        // behind a pooler a session does not keep its settings, so each transaction sets the limits
        first: held === undefined ? [] : engine.session.limits?.setInTransaction?.(options.limits),
        mark: engine.session.transactionMark,
        savepoint: engine.session.transactionMark === undefined && engine.session.partial !== undefined,
        settings: isOwn ? engine.session.settings : undefined,
      },
    );
    this.#earlier = new EarlierRuns(ports, this.#transactions, options);
    this.#steps = plan.steps;
    this.#rows = plan.rows;
  }

  async run(): Promise<readonly Step[]> {
    const { emit } = this.options;
    const { capabilities, session: rules } = this.ports.engine;
    const transactions = this.#transactions;
    emit({ type: 'planned', steps: this.#steps.length });
    await this.#prepare();
    const finished: Step[] = [];
    for (let index = 0; index < this.#steps.length; index++) {
      const done = await this.#take(index, finished);
      if (done === undefined) break;
      finished.push(done);
      emit({ type: 'stepFinished', step: done, index });
      if (this.#thrownBehind !== undefined) throw this.#thrownBehind.error;
      if (rules.settings?.differInside === true && !transactions.isOpen && this.#kept !== 'settings')
        await this.#putBack();
    }
    if (transactions.isOpen) await transactions.orRollback(() => transactions.commit());
    await this.#putBack();
    if (capabilities.singleConnection) await this.#tellLeftovers();
    return finished;
  }

  /** Whether all steps share one transaction. */
  get #isOneTransaction(): boolean {
    return this.ports.engine.capabilities.transactionalDdl && !this.options.transactionPerMigration;
  }

  async #prepare(): Promise<void> {
    const { engine, session, tables, clock } = this.ports;
    const { held, lockWaitTimeout: timeout, signal, emit } = this.options;
    const transactions = this.#transactions;
    const steps = this.#steps;
    if (held !== undefined) await this.#earlier.statementsEnded(steps, held, { timeout, signal, emit, clock });
    if (steps.length === 0) await this.#earlier.withoutSteps(this.#rows);
    // behind a pooler each transaction may be on another session
    if (engine.session.settings !== undefined && held === undefined && steps.some(isRunning))
      this.#baseline = await SessionBaseline.of(session, engine.session.settings);
    if (!(await hasTables(tables, session))) await transactions.within(() => ensureTables(tables, session));
    if (this.#isOneTransaction) {
      await transactions.begin();
      await transactions.orRollback(() => this.#planAgain(0));
    } else if (this.plan.purge && (!transactions.decidesInside || steps.length === 0)) {
      await transactions.within(() => this.#purgeOnce());
    }
  }

  /**
   * Runs a step, and runs it again where a retry is allowed. Returns `undefined` where nothing is left to do, since
   * another run has done it.
   */
  async #take(index: number, finished: readonly Step[]): Promise<Step | undefined> {
    const { engine, session, tables, clock } = this.ports;
    let retries: Retries | undefined;
    for (let number = 1; index < this.#steps.length; number++) {
      const isRetry = retries !== undefined;
      const attempt: Attempt = { step: this.#steps[index], isRetry, number, started: clock.now() };
      try {
        return await this.#attempt(index, attempt);
      } catch (error) {
        const { step, run } = attempt;
        this.#known.clear();
        const fate = await fateBehind(this.#transactions, error);
        await this.#transactions.rollback().catch(() => undefined);
        // the original error is the one to report, and a connection where this fails is not used again
        await this.#putBack().catch(() => undefined);
        if (step === undefined) throw error;
        if (error instanceof RowsMovedError && this.#transactions.areShared) {
          await this.#planAgainInside(index);
          continue;
        }
        retries ??= new Retries(step.revision ?? 'base', { ...this.options, engine: engine.session.limits, clock });
        // where more or less than this revision was undone, a retry would do some of it twice
        const aftermath = aftermathOf(run, fate);
        const isUndone =
          engine.capabilities.transactionalDdl &&
          !this.#isOneTransaction &&
          (aftermath === 'rolled back' || aftermath === 'untouched');
        if (isUndone && (await retries.again(error))) continue;
        const failed = { step, run, fate, finished: this.#isOneTransaction ? [] : finished };
        throw await failureOf(error, failed, { session, tables, earlier: this.#earlier });
      }
    }
    return undefined;
  }

  async #attempt(index: number, attempt: Attempt): Promise<Step | undefined> {
    const { options } = this;
    const transactions = this.#transactions;
    if (options.signal?.aborted === true) throw new RunAbortedError(options.signal.reason);
    // not in the transaction, which others may wait for
    await this.#loaded(index);
    // another run may write lines between two transactions
    if (transactions.decidesInside) this.#known.clear();
    if (this.ports.engine.capabilities.transactionalDdl && !this.#isOneTransaction) {
      await transactions.begin();
      await this.#planAgain(index);
    }
    const step = (attempt.step = await this.#loaded(index));
    if (step === undefined) return undefined;
    const work = (): Promise<Step> => this.#run(index, step, attempt);
    const { telemetry } = options;
    return telemetry === undefined ? work() : telemetry.revision(step, attempt.number, work);
  }

  async #run(index: number, step: ExecutableStep, attempt: Attempt): Promise<Step> {
    const { options } = this;
    const transactions = this.#transactions;
    const at = { steps: this.#steps, index, rows: this.#rows, isRetry: attempt.isRetry };
    const journal = this.#journalOf(step, await this.#earlier.leftOf(step, at));
    const run = (attempt.run = this.#runOf(step, journal));
    options.emit({ type: 'stepStarted', step: toStep(step, 0), index });
    this.#loadAhead(index + 1);
    const operationsDigest = step.body === undefined ? undefined : await run.run(step.body);
    this.#kept = run.keepsOfSession;
    // what is sent now is to see what the revision has done
    if (this.#kept !== 'settings') await run.ended();
    // a transaction that has settings of its own has no glance
    const mayGlance = transactions.baseline === undefined && this.#canWriteAtOnce(step);
    const glance = this.#kept === 'rights' && mayGlance ? await this.#baseline?.glance() : undefined;
    if (this.#kept !== 'settings' && glance === undefined) await this.#putBack();
    const { started } = attempt;
    const moved = { started, run, journal, operationsDigest, glance, next: this.#nextBegin(index + 1) };
    const isKnownOpen = await this.#moveRows(step, moved);
    this.#rows = step.rows;
    if (!this.#isOneTransaction && transactions.isOpen) await transactions.commit(isKnownOpen);
    return toStep(step, this.ports.clock.now() - attempt.started);
  }

  async #loaded(index: number): Promise<ExecutableStep | undefined> {
    const step = this.#steps[index];
    return step === undefined ? undefined : (this.plan.loaded?.(step) ?? step);
  }

  /** What the transaction of the next step asks first, where nothing is left to wait for until it begins. */
  #nextBegin(index: number): string | undefined {
    const isReady = index < this.#steps.length && (this.plan.loaded === undefined || this.#loadedUpTo >= index);
    return isReady ? this.#transactions.plainBegin : undefined;
  }

  /**
   * Loads the next steps. Begins once the first statement of the present one is sent, which the database works on
   * meanwhile: two of them, since the next one has to be there when the present one is committed.
   */
  #loadAhead(index: number): void {
    if (this.plan.loaded === undefined) return;
    const load = async (): Promise<void> => {
      for (const next of [index, index + 1]) {
        await this.#loaded(next);
        this.#loadedUpTo = next;
      }
    };
    setImmediate(() => void load().catch(() => undefined));
  }

  /** Warns of what revisions have left in a connection that the application continues to use. */
  async #tellLeftovers(): Promise<void> {
    for (const leftover of (await this.#baseline?.leftovers()) ?? []) {
      const message = `A revision has left ${leftover} in the connection, which the application continues to use.`;
      this.options.emit({ type: 'warning', message });
    }
  }

  get #presentBaseline(): SessionBaseline | undefined {
    return this.#transactions.baseline ?? this.#baseline;
  }

  /**
   * Restores the settings that revisions have changed. They would affect later revisions, and the application where it
   * shares the connection.
   */
  async #putBack(): Promise<void> {
    await this.#presentBaseline?.putBack();
  }

  /**
   * Plans the remaining steps again, where another run may have applied some before this transaction became the lock.
   */
  async #planAgain(index: number): Promise<void> {
    if (!this.#transactions.decidesInside) return this.#purgeOnce();
    const rows = await this.ports.tables.version.read(this.ports.session);
    const isSame = JSON.stringify([...rows].sort()) === JSON.stringify([...this.#rows].sort());
    this.#rows = rows;
    await this.#purgeOnce();
    if (!isSame) this.#steps = [...this.#steps.slice(0, index), ...(await this.plan.replan(rows))];
  }

  /** Goes on after another run has moved the rows between two transactions of this one. */
  async #planAgainInside(index: number): Promise<void> {
    if (!this.#isOneTransaction) return;
    await this.#transactions.begin();
    await this.#transactions.orRollback(() => this.#planAgain(index));
  }

  async #purgeOnce(): Promise<void> {
    if (!this.plan.purge || this.#purged) return;
    await this.ports.tables.version.clear(this.ports.session);
    this.#purged = true;
  }

  #journalOf(step: ExecutableStep, earlier: InterruptedRevision | undefined): RevisionJournal | undefined {
    const { revision, direction, message } = step;
    if (revision === null || direction === 'stamp') return undefined;
    const { begun, emit } = this.options;
    return new RevisionJournal({
      ports: this.ports,
      transactions: this.#transactions,
      step: { revision, direction, message },
      rows: this.#rows,
      earlier,
      begun,
      warn: (text) => emit({ type: 'warning', message: text }),
    });
  }

  #runOf(step: ExecutableStep, journal?: RevisionJournal): RevisionRun {
    const { ports, options } = this;
    const beforeSql = async (sql: string): Promise<void> => this.#presentBaseline?.before(sql);
    const keptBy = (sql: string): Kept => this.#presentBaseline?.keptBy(sql) ?? 'nothing';
    return new RevisionRun({ ports, options, transactions: this.#transactions, step, journal, beforeSql, keptBy });
  }

  /** A stamp may have a line for each of thousands of revisions. */
  #canWriteAtOnce({ direction }: ExecutableStep): boolean {
    return this.ports.tables.stepWriter !== undefined && direction !== 'stamp' && this.#transactions.isOpen;
  }

  /** Returns whether the last statement has told that the transaction is still the one that was begun. */
  async #moveRows(
    step: ExecutableStep,
    { started, run, journal, operationsDigest, glance, next }: RanStep,
  ): Promise<boolean> {
    const { session, tables, clock } = this.ports;
    const { onVersionApply: hooks = [] } = this.options;
    const isNoted = journal?.isUsed === true || this.#earlier.includes(step.revision);
    let isKnownOpen = false;
    const move = async (): Promise<void> => {
      const taken = (): TakenStep => ({ durationMs: clock.now() - started, operationsDigest });
      const isLast = !this.#isOneTransaction && !isNoted && hooks.length === 0 && glance === undefined;
      const commit = isLast && this.#transactions.endsPlainly ? { next } : undefined;
      if (!this.#canWriteAtOnce(step)) {
        await run.ended();
        await tables.version.apply(session, step.changes);
        await tables.history?.record(session, step, taken(), this.#known);
      } else if (commit === undefined) {
        await run.ended();
        isKnownOpen = await this.#writeAtOnce(step, taken(), { glance, commit });
      } else {
        const measured = run.isUnderway ? ({ operationsDigest, durationMs: 'since begin' } as const) : taken();
        isKnownOpen = await run.endedWith(this.#writeAtOnce(step, measured, { commit }));
        this.#thrownBehind = run.thrownBehind;
      }
      if (step.direction === 'stamp' && step.isRelabelling !== true) await tables.journal.clear(session);
      else if (isNoted) {
        // notes of the other direction too: the version rows now contradict them
        await tables.journal.forget(session, step.revision ?? '');
      }
      if (hooks.length > 0) {
        isKnownOpen = false;
        this.#kept = 'nothing';
      }
      const own = this.#runOf(step);
      await versionApplied(hooks, own.sink(noService), own.about, toStep(step, 0));
    };
    // a merge moves several rows, and the journal must be cleared with them: all in one transaction
    await (this.#transactions.isOpen ? move() : this.#transactions.within(move));
    return isKnownOpen;
  }

  async #writeAtOnce(
    step: ExecutableStep,
    taken: TakenStep,
    { glance, commit }: Partial<Pick<RanStep, 'glance'>> & Pick<WrittenWith, 'commit'>,
  ): Promise<boolean> {
    const { session, tables } = this.ports;
    const isOpen = this.#transactions.isOpenCondition;
    const written = { taken, known: this.#known, isOpen, asked: glance?.expression, commit };
    const seen = await tables.stepWriter?.write(session, step, written);
    if (glance !== undefined && seen !== glance.expected) await this.#putBack();
    return isOpen !== undefined;
  }
}

/** One try to run a step. */
interface Attempt {
  /** The step as it was last planned. */
  step: ExecutableStep | undefined;
  /** Set once the revision of the step begins. */
  run?: RevisionRun;
  /** Whether an earlier try has failed. */
  readonly isRetry: boolean;
  /** Counted from 1. */
  readonly number: number;
  readonly started: number;
}

/** A step and the outcome of its revision, if it has one. */
interface RanStep {
  readonly started: number;
  readonly run: RevisionRun;
  readonly journal: RevisionJournal | undefined;
  readonly operationsDigest: string | null | undefined;
  /** What is to be asked beside the writes, where the settings of the session were not looked at before. */
  readonly glance: Glance | undefined;
  /** What the next transaction asks first, where it may be begun at once. */
  readonly next: string | undefined;
}

/** Whether a step runs something. The functions of later steps may not be loaded yet. */
function isRunning({ body, direction }: ExecutableStep): boolean {
  return body !== undefined || direction !== 'stamp';
}

function noService(name: string): never {
  throw new MisplacedOperationError(
    'get',
    'insideTransaction',
    `asks for the service '${name}' in onVersionApply.`,
    'Only revisions have services; an option gets what it needs from the factory that makes the options.',
  );
}

function toStep(step: ExecutableStep, durationMs: number): Step {
  const { direction, revision, message, from, to, rows } = step;
  return { direction, revision, message, from, to, rows, durationMs };
}
