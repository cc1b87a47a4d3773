import { MisplacedOperationError } from '../errors/operation.errors.js';
import {
  AppliedStatementEditedError,
  InterruptedRevisionError,
  InterruptedStatementError,
} from '../errors/interrupted.errors.js';
import {
  LockLostError,
  LockTimeoutError,
  RevisionFailedError,
  type FailureAftermath,
  type RevisionFailure,
} from '../errors/runtime.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { RowsMovedError } from '../errors/version-table.errors.js';
import { type Step } from './events.js';
import { type ExecutableStep, type ExecutionOptions } from './executable-step.js';
import { type InterruptedRevision, statementsDone } from './journal.js';
import { type MigrationDatabase } from './migration-database.js';
import { type PinnedSession } from './pinned-session.js';
import { RevisionJournal } from './revision-journal.js';
import { RevisionRun, StatementFailure } from './revision-run.js';
import { Retries } from './retries.js';
import { RunTransactions, type TransactionFate } from './run-transactions.js';
import { SessionBaseline } from './session-baseline.js';
import { versionApplied } from './version-apply.js';

/**
 * Runs steps on one session, in order, moving the version rows with each: inside the revision's transaction where the
 * engine's DDL is transactional, behind its last statement elsewhere. A revision that an earlier run has begun is gone on
 * with.
 *
 * @throws RevisionFailedError saying which revision and statement failed, and what that leaves.
 * @throws InterruptedRevisionError | InterruptedStatementError | AppliedStatementEditedError where an earlier run has left
 * a revision unfinished that can't be gone on with.
 */
export class Execution {
  readonly #transactions: RunTransactions;
  #rows: readonly string[];
  /** The session's settings before the first step. */
  #baseline: SessionBaseline | undefined;
  #purged = false;
  /** What earlier runs have left. */
  #begun: readonly InterruptedRevision[] = [];

  constructor(
    private readonly database: MigrationDatabase,
    private readonly session: PinnedSession,
    private readonly options: ExecutionOptions,
  ) {
    const { lockWaitTimeout: timeout, signal, emit, held } = options;
    const { lockingTransaction } = database.dialect;
    // behind a pooler a session keeps nothing that it is told
    const first = held === undefined ? [] : (database.dialect.limits?.setInTransaction?.(options.limits) ?? []);
    const { transactionMark: mark, settings } = database.dialect;
    const isOwn = held !== undefined || settings?.differInside === true;
    this.#transactions = new RunTransactions(session, lockingTransaction, { timeout, signal, emit }, held, first, {
      mark,
      settings: isOwn ? settings : undefined,
    });
    this.#rows = options.rows;
  }

  async run(planned: readonly ExecutableStep[]): Promise<readonly Step[]> {
    const { emit, purge, transactionPerMigration } = this.options;
    const { capabilities } = this.database.dialect;
    const transactions = this.#transactions;
    emit({ type: 'planned', steps: planned.length });
    const oneTransaction = capabilities.transactionalDdl && !transactionPerMigration;
    const finished: Step[] = [];
    let steps = planned;
    await this.#earlierStatementsEnded(steps);
    if (steps.length === 0) await this.#withoutSteps();
    const { settings } = this.database.dialect;
    // behind a pooler each transaction may be on another session
    if (settings !== undefined && this.options.held === undefined && planned.some(({ body }) => body !== undefined))
      this.#baseline = await SessionBaseline.of(this.session, settings);
    if (!(await this.database.hasTables(this.session))) {
      await transactions.within(() => this.database.ensureTables(this.session));
    }
    if (oneTransaction) {
      await transactions.begin();
      steps = await transactions.orRollback(() => this.#stillToDo(steps));
    } else if (purge && (!transactions.decidesInside || steps.length === 0)) {
      await transactions.within(() => this.#purgeOnce());
    }
    let retries: Retries | undefined;
    for (let index = 0; index < steps.length; index++) {
      const started = performance.now();
      let step = steps[index];
      let run: RevisionRun | undefined;
      try {
        this.#checkSignal();
        if (capabilities.transactionalDdl && !oneTransaction) {
          await transactions.begin();
          steps = [...steps.slice(0, index), ...(await this.#stillToDo(steps.slice(index)))];
          step = steps[index];
        }
        if (step === undefined) break;
        const journal = this.#journalOf(step, await this.#interrupted(steps, index));
        run = this.#runOf(step, journal);
        emit({ type: 'stepStarted', step: toStep(step, 0), index });
        const operationsDigest = step.body === undefined ? undefined : await run.run(step.body);
        await this.#putBack();
        await this.#moveRows(step, { started, journal, operationsDigest });
        this.#rows = step.rows;
        if (!oneTransaction && transactions.isOpen) await transactions.commit();
      } catch (error) {
        const fate = await fateBehind(transactions, error);
        await transactions.rollback().catch(() => undefined);
        // what failed is told, and the connection that this is about is not used again
        await this.#putBack().catch(() => undefined);
        if (step === undefined) throw error;
        // where more than this revision is undone, or less, to begin it once more would do some of it twice
        const aftermath = aftermathOf(run?.committedStatements ?? 0, fate);
        const isUndone =
          capabilities.transactionalDdl &&
          !oneTransaction &&
          (aftermath === 'rolled back' || aftermath === 'untouched');
        retries ??= new Retries(step.revision ?? 'base', { ...this.options, engine: this.database.dialect.limits });
        if (isUndone && (await retries.again(error instanceof StatementFailure ? error.cause : error))) {
          index -= 1;
          continue;
        }
        throw await this.#failure(step, error, {
          run,
          fate,
          finished: oneTransaction ? [] : finished,
        });
      }
      const done = toStep(step, performance.now() - started);
      finished.push(done);
      retries = undefined;
      emit({ type: 'stepFinished', step: done, index });
      if (this.database.dialect.settings?.differInside === true && !transactions.isOpen) await this.#putBack();
    }
    if (transactions.isOpen) await transactions.orRollback(() => transactions.commit());
    await this.#putBack();
    if (capabilities.singleConnection) await this.#tellLeftovers();
    return finished;
  }

  /** What stays in a connection that the application goes on with. */
  async #tellLeftovers(): Promise<void> {
    for (const leftover of (await this.#baseline?.leftovers()) ?? []) {
      const message = `A revision has left ${leftover} in the connection, which the application goes on with.`;
      this.options.emit({ type: 'warning', message });
    }
  }

  /** What the revisions have set would count for those that follow, and for the application where that has the connection. */
  async #putBack(): Promise<void> {
    const { isOpen, baseline } = this.#transactions;
    await (isOpen ? (baseline ?? this.#baseline) : this.#baseline)?.putBack();
  }

  /** What is left of the steps, where others could have taken some before this transaction was the only one. */
  async #stillToDo(steps: readonly ExecutableStep[]): Promise<readonly ExecutableStep[]> {
    if (!this.#transactions.decidesInside) {
      await this.#purgeOnce();
      return steps;
    }
    const rows = await this.database.versionTable.read(this.session);
    const same = JSON.stringify([...rows].sort()) === JSON.stringify([...this.#rows].sort());
    this.#rows = rows;
    await this.#purgeOnce();
    return same ? steps : this.options.replan(rows);
  }

  async #purgeOnce(): Promise<void> {
    if (!this.options.purge || this.#purged) return;
    await this.database.versionTable.clear(this.session);
    this.#purged = true;
  }

  /** Where the lock does not belong to the session that executes: what a dead run was at may not be judged before it ends. */
  async #earlierStatementsEnded(steps: readonly ExecutableStep[]): Promise<void> {
    const { held, lockWaitTimeout: timeout, signal, emit, begun } = this.options;
    if (held === undefined) return;
    const found = await this.database.journal.interrupted(this.session);
    const concerned = found.filter((notes) => begun.areForgotten || steps.some((step) => isOf(notes, step)));
    for (const notes of concerned) await held.statementsEnded(this.session, notes, { timeout, signal, emit });
  }

  /** A run that has nothing to do may be the one that says that what earlier ones have left is dealt with. */
  async #withoutSteps(): Promise<void> {
    const { begun } = this.options;
    this.#begun = await this.database.journal.interrupted(this.session);
    if (!begun.areForgotten) return begun.admit(this.#begun, this.#rows, []);
    if (this.#begun.length === 0) return;
    this.#tellForgotten();
    await this.#transactions.within(() => this.database.journal.clear(this.session));
  }

  /**
   * What an earlier run has left of the revision of a step. It has to be among the steps, unless a stamp says that it is
   * dealt with.
   */
  async #interrupted(steps: readonly ExecutableStep[], index: number): Promise<InterruptedRevision | undefined> {
    const { begun, emit } = this.options;
    const step = steps[index];
    if (index === 0 || this.#transactions.decidesInside) {
      this.#begun = await this.database.journal.interrupted(this.session);
    }
    if (index === 0) {
      if (begun.areForgotten) this.#tellForgotten();
      else begun.admit(this.#begun, this.#rows, steps);
    }
    const notes = this.#begun.find((found) => step !== undefined && isOf(found, step));
    const done = notes === undefined ? 0 : statementsDone(notes);
    if (notes !== undefined && done > 0) {
      const first = done === 1 ? 'statement' : `${done} statements`;
      const message = `The ${notes.direction} of ${notes.revision} was interrupted: going on behind its first ${first}.`;
      emit({ type: 'warning', message });
    }
    return notes;
  }

  #tellForgotten(): void {
    for (const notes of this.#begun) {
      const message = `The ${notes.direction} of ${notes.revision} was interrupted, ${statementsDone(notes)} statements of it are done: forgotten, since the stamp says where the database is.`;
      this.options.emit({ type: 'warning', message });
    }
  }

  #journalOf(step: ExecutableStep, earlier: InterruptedRevision | undefined): RevisionJournal | undefined {
    const { revision, direction, message } = step;
    if (revision === null || direction === 'stamp') return undefined;
    return new RevisionJournal({
      database: this.database,
      session: this.session,
      transactions: this.#transactions,
      revision,
      direction,
      message,
      earlier,
      interrupted: this.options.interrupted,
      rows: this.#rows,
      warn: (message) => this.options.emit({ type: 'warning', message }),
      exits: () => this.options.begun.exits({ revision, direction }, this.#rows),
    });
  }

  #runOf(step: ExecutableStep, journal?: RevisionJournal): RevisionRun {
    const { database, session, options } = this;
    return new RevisionRun({ database, session, transactions: this.#transactions, options, step, journal });
  }

  async #moveRows(step: ExecutableStep, { started, journal, operationsDigest }: RanStep): Promise<void> {
    const move = async (): Promise<void> => {
      await this.database.versionTable.apply(this.session, step.changes);
      const durationMs = performance.now() - started;
      await this.database.history?.record(this.session, step, { durationMs, operationsDigest });
      if (step.direction === 'stamp') await this.database.journal.clear(this.session);
      else if (journal?.isUsed === true || this.#begun.some(({ revision }) => revision === step.revision)) {
        // of the other direction too: the rows say now that it is not so
        await this.database.journal.forget(this.session, step.revision ?? '');
      }
      const { onVersionApply = [] } = this.options;
      const run = this.#runOf(step);
      await versionApplied(onVersionApply, run.sink(noService), run.about, toStep(step, 0));
    };
    // several rows move at a merge, and with them what is noted of the revision: together or not at all
    await (this.#transactions.isOpen ? move() : this.#transactions.within(move));
  }

  #checkSignal(): void {
    const { signal } = this.options;
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
  }

  async #failure(step: ExecutableStep, error: unknown, { run, fate, finished }: Failed): Promise<unknown> {
    const lost = await this.session.fence?.lossBehind(this.session, error).catch(() => undefined);
    if (lost !== undefined) return lost;
    if (error instanceof RunAbortedError)
      return this.#stopped(step, error, { begun: run !== undefined, fate, finished });
    if (toldAsTheyAre.some((type) => error instanceof type)) return error;
    const statement = error instanceof StatementFailure ? error.statement : undefined;
    return new RevisionFailedError({
      ...(await this.#left(step, { statements: run?.committedStatements ?? 0, fate, finished })),
      statement,
      cause: error instanceof StatementFailure ? error.cause : error,
    });
  }

  /** As the journal has it, which knows of earlier runs too. */
  async #stopped(
    step: ExecutableStep,
    { reason }: RunAbortedError,
    { begun, fate, finished }: Pick<Failed, 'fate' | 'finished'> & { readonly begun: boolean },
  ): Promise<RunAbortedError> {
    const unfinished = await this.database.journal.interrupted(this.session).catch(() => []);
    const its = unfinished.find((notes) => isOf(notes, step));
    const statements = its === undefined ? 0 : statementsDone(its);
    return new RunAbortedError(reason, {
      ...(await this.#left(step, { statements, fate, finished })),
      begun,
      statements,
    });
  }

  async #left(
    step: ExecutableStep,
    { statements, fate, finished }: Pick<Failed, 'fate' | 'finished'> & { readonly statements: number },
  ): Promise<Left> {
    return {
      direction: step.direction,
      revision: step.revision ?? 'base',
      message: step.message,
      aftermath: aftermathOf(statements, fate),
      rows: await this.database.versionTable.read(this.session).catch(() => null),
      finished: finished.map(({ revision }) => revision ?? 'base'),
    };
  }
}

/** A step whose revision has run, if it has one. */
interface RanStep {
  readonly started: number;
  readonly journal: RevisionJournal | undefined;
  readonly operationsDigest: string | null | undefined;
}

/** What is known of a step that failed. */
interface Failed {
  readonly run: RevisionRun | undefined;
  /** What had become of its transaction by then. */
  readonly fate: TransactionFate;
  readonly finished: readonly Step[];
}

/** An engine that ends a transaction with a statement that fails has rolled it back. */
async function fateBehind(transactions: RunTransactions, error: unknown): Promise<TransactionFate> {
  const fate = await transactions.fate();
  return fate === 'unknown' && error instanceof StatementFailure ? 'rolled back' : fate;
}

function aftermathOf(committedStatements: number, fate: TransactionFate): FailureAftermath {
  if (committedStatements > 0) return 'partly applied';
  if (fate === 'committed' || fate === 'unknown') return fate;
  return fate === 'none' ? 'untouched' : 'rolled back';
}

/** Where a step that was not finished leaves the database. */
type Left = Pick<RevisionFailure, 'direction' | 'revision' | 'message' | 'aftermath' | 'rows' | 'finished'>;

/** Errors that say all by themselves. */
const toldAsTheyAre = [
  RowsMovedError,
  LockLostError,
  LockTimeoutError,
  InterruptedRevisionError,
  InterruptedStatementError,
  AppliedStatementEditedError,
] as const;

function isOf(
  { isReadable, revision, direction }: InterruptedRevision,
  step: Pick<ExecutableStep, 'revision' | 'direction'>,
): boolean {
  return isReadable && step.revision === revision && step.direction === direction;
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
