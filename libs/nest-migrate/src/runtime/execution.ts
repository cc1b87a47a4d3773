import { TransactionContext } from '@mikro-orm/core';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { type LockingTransaction } from '../dialects/dialect.js';
import { type Statement } from '../dialects/statement.js';
import { MisplacedOperationError } from '../errors/operation.errors.js';
import {
  type FailureAftermath,
  LockTimeoutError,
  OutsideTransactionError,
  RevisionFailedError,
  RunAbortedError,
} from '../errors/runtime.errors.js';
import { type Operation } from '../operations/operation.js';
import { type OperationRegistry } from '../operations/operation-registry.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
import { type EncodedValue } from '../operations/value.js';
import { type OperationSink } from '../operations/verbs.js';
import { type PlannedStep } from '../revision/planned-step.js';
import { type Emit, type Step } from './events.js';
import { type HistoryEntry } from './history-table.js';
import { type MigrationDatabase } from './migration-database.js';
import { acquire } from './migration-lock.js';
import { type PinnedSession } from './pinned-session.js';
import { type RevisionData, type RevisionFunction } from './revision-data.js';
import { type OnVersionApply, versionApplied } from './version-apply.js';

/** A planned step with what it runs; a stamp runs nothing. */
export interface ExecutableStep extends PlannedStep {
  readonly message: string;
  /** What the history says of the step. */
  readonly entries: readonly HistoryEntry[];
  readonly body?: RevisionBody;
}

/** What a step of a revision runs, and what it may ask for meanwhile. */
export interface RevisionBody {
  readonly run: RevisionFunction;
  /** A service that the revision named; throws for any other. */
  readonly service: (name: string) => unknown;
}

/** What a run of steps depends on beside the steps. */
export interface ExecutionOptions {
  readonly connection: string;
  readonly xArguments: Readonly<Record<string, string>>;
  readonly tag: string | null;
  /** The operations that the application registered. */
  readonly registry: OperationRegistry;
  /** False: one transaction for all steps, where the engine has transactional DDL. */
  readonly transactionPerMigration: boolean;
  /** Called in the transaction of each step, behind its rows. Default: none. */
  readonly onVersionApply?: readonly OnVersionApply[];
  /** How long to wait for a transaction that is the migration lock, in milliseconds. */
  readonly lockWaitTimeout: number;
  /** The version table's rows that the steps were planned from. */
  readonly rows: readonly string[];
  /** The steps from other rows: what is left to do where somebody else moved them before the lock was had. */
  readonly replan: (rows: readonly string[]) => Promise<readonly ExecutableStep[]>;
  /** Whether all rows are deleted before the first step. */
  readonly purge: boolean;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}

/** A statement that failed, with the error underneath: internal, a RevisionFailedError carries both outwards. */
class StatementFailure extends Error {
  constructor(
    readonly statement: { readonly ordinal: number; readonly sql: string },
    override readonly cause: unknown,
  ) {
    super('statement failed');
  }
}

/**
 * Runs steps on one session, in order, moving the version rows with each: inside the revision's transaction where the
 * engine's DDL is transactional, behind its last statement elsewhere.
 *
 * @throws RevisionFailedError saying which revision and statement failed, and what that leaves.
 */
export class Execution {
  readonly #capabilities;
  /** Set where a transaction is the only lock there is. */
  readonly #locking: LockingTransaction | undefined;
  #rows: readonly string[];
  #purged = false;
  /** Statements that are committed although their revision is not finished. */
  #committedStatements = 0;
  #executedStatements = 0;

  constructor(
    private readonly database: MigrationDatabase,
    private readonly session: PinnedSession,
    private readonly options: ExecutionOptions,
  ) {
    this.#capabilities = database.dialect.capabilities;
    this.#locking = database.dialect.lockingTransaction;
    this.#rows = options.rows;
  }

  async run(planned: readonly ExecutableStep[]): Promise<readonly Step[]> {
    this.options.emit({ type: 'planned', steps: planned.length });
    const oneTransaction = this.#capabilities.transactionalDdl && !this.options.transactionPerMigration;
    const finished: Step[] = [];
    let steps = planned;
    if (!(await this.database.hasTables(this.session))) {
      await this.#inTransaction(() => this.database.ensureTables(this.session));
    }
    if (oneTransaction) {
      await this.#begin();
      steps = await this.#orRollback(() => this.#stillToDo(steps));
    } else if (this.options.purge && (this.#locking === undefined || steps.length === 0)) {
      await this.#inTransaction(() => this.#purgeOnce());
    }
    for (let index = 0; index < steps.length; index++) {
      const started = performance.now();
      const { emit } = this.options;
      let step = steps[index];
      this.#committedStatements = this.#executedStatements = 0;
      try {
        this.#checkSignal();
        if (this.#capabilities.transactionalDdl && !oneTransaction) {
          await this.#begin();
          steps = [...steps.slice(0, index), ...(await this.#stillToDo(steps.slice(index)))];
          step = steps[index];
        }
        if (step === undefined) break;
        emit({ type: 'stepStarted', step: toStep(step, 0), index });
        if (step.body !== undefined) await this.#runRevision(step, step.body);
        await this.#moveRows(step, started);
        this.#rows = step.rows;
        if (!oneTransaction && this.session.inTransaction) await this.#commit();
      } catch (error) {
        await this.#rollback().catch(() => undefined);
        throw step === undefined ? error : await this.#failure(step, error, oneTransaction ? [] : finished);
      }
      const done = toStep(step, performance.now() - started);
      finished.push(done);
      emit({ type: 'stepFinished', step: done, index });
    }
    if (this.session.inTransaction) await this.#orRollback(() => this.#commit());
    return finished;
  }

  /** What is left of the steps, where others could have taken some before this transaction was the only one. */
  async #stillToDo(steps: readonly ExecutableStep[]): Promise<readonly ExecutableStep[]> {
    if (this.#locking === undefined) {
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

  /** Work with the version table beside the steps. */
  async #inTransaction(work: () => Promise<void>): Promise<void> {
    await this.#begin();
    await this.#orRollback(async () => {
      await work();
      await this.#commit();
    });
  }

  async #orRollback<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#rollback().catch(() => undefined);
      throw error;
    }
  }

  async #runRevision(step: ExecutableStep, body: RevisionBody): Promise<void> {
    await runOperations<RevisionData>(this.#sink(step.revision ?? '', body.service), this.#about(), body.run);
  }

  /** What `op` tells about the run. */
  #about(): OperationsContext {
    const { connection, xArguments, tag, registry } = this.options;
    return { dialect: this.database.dialect.name, offline: false, connection, xArguments, tag, registry };
  }

  #sink(revision: string, service: RevisionBody['service']): OperationSink<RevisionData> {
    return {
      apply: (operation) => this.#apply(revision, [operation]),
      ...(this.database.dialect.statementsOn !== undefined && {
        applyTogether: (operations: readonly Operation[]) => this.#apply(revision, operations),
      }),
      query: (sql, params) => this.#query(sql, params),
      transaction: (work) => this.#dataTransaction(work, service),
      autocommitBlock: (block) => this.#autocommitBlock(block),
    };
  }

  async #apply(revision: string, operations: readonly Operation[]): Promise<void> {
    const { dialect } = this.database;
    if (dialect.statementsOn === undefined) {
      for (const operation of operations) {
        for (const statement of dialect.statements(operation)) await this.#execute(revision, statement);
      }
      return;
    }
    // a table that is made anew outside of a transaction would be lost with the process
    const ownTransaction = !this.session.inTransaction && operations.some(({ kind }) => kind !== 'execute');
    if (ownTransaction) await this.#begin();
    try {
      for await (const statement of dialect.statementsOn(this.session, operations)) {
        await this.#execute(revision, statement);
      }
      if (ownTransaction) await this.#commit();
    } catch (error) {
      if (ownTransaction) await this.#rollback();
      throw error;
    }
  }

  async #execute(revision: string, { sql, outsideTransaction }: Statement): Promise<void> {
    const ordinal = this.#executedStatements;
    this.#checkSignal();
    if (outsideTransaction === true && this.session.inTransaction) throw new OutsideTransactionError(sql);
    this.options.emit({ type: 'statementStarted', revision, ordinal, sql });
    const started = performance.now();
    try {
      await this.session.execute(sql);
    } catch (cause) {
      throw new StatementFailure({ ordinal, sql }, cause);
    }
    this.#executedStatements += 1;
    if (!this.session.inTransaction) this.#committedStatements += 1;
    this.options.emit({
      type: 'statementFinished',
      revision,
      ordinal,
      sql,
      durationMs: performance.now() - started,
    });
  }

  async #query(sql: string, params: readonly EncodedValue[]): Promise<Record<string, unknown>[]> {
    this.#checkSignal();
    const text = this.database.dialect.format(sql, params);
    try {
      return await this.session.query(text);
    } catch (cause) {
      throw new StatementFailure({ ordinal: this.#executedStatements, sql: text }, cause);
    }
  }

  /** Data work: a savepoint of the revision's transaction where there is one, else a transaction of its own. */
  async #dataTransaction(work: (data: RevisionData) => Promise<void>, service: RevisionBody['service']): Promise<void> {
    this.#checkSignal();
    const nested = this.session.inTransaction;
    if (nested) await this.session.execute('savepoint nest_migrate_data');
    else await this.#begin();
    try {
      const em = this.database.orm.em.fork() as SqlEntityManager;
      em.setTransactionContext(this.session.context);
      await TransactionContext.create(em, async () => {
        await work({ em, kysely: em.getKysely(), get: <T>(name: string) => service(name) as T });
        await em.flush();
      });
    } catch (error) {
      if (nested) await this.session.execute('rollback to savepoint nest_migrate_data');
      else await this.#rollback();
      throw error;
    }
    if (nested) await this.session.execute('release savepoint nest_migrate_data');
    else await this.#commit();
    this.#executedStatements += 1;
    if (!nested) this.#committedStatements += 1;
  }

  /** Commits what the run has done so far (earlier revisions together with their rows), runs the block, goes on. */
  async #autocommitBlock(block: () => Promise<void>): Promise<void> {
    const reopen = this.session.inTransaction;
    if (reopen) {
      await this.#commit();
      this.#committedStatements = this.#executedStatements;
    }
    await block();
    if (reopen) await this.#begin();
  }

  async #moveRows(step: ExecutableStep, started: number): Promise<void> {
    const ownTransaction = !this.session.inTransaction;
    // several rows move at a merge: together or not at all
    if (ownTransaction) await this.#begin();
    await this.database.versionTable.apply(this.session, step.changes);
    await this.database.history?.record(this.session, step, performance.now() - started);
    const { onVersionApply = [] } = this.options;
    await versionApplied(onVersionApply, this.#sink(step.revision ?? '', noService), this.#about(), toStep(step, 0));
    if (ownTransaction) await this.#commit();
  }

  async #begin(): Promise<void> {
    const locking = this.#locking;
    if (locking === undefined) return this.session.begin();
    await locking.prepare(this.session);
    try {
      const { lockWaitTimeout: timeout, signal, emit } = this.options;
      const lock = { tryAcquire: () => this.#tryBegin(locking), holder: async () => null };
      await acquire(lock, this.session, { timeout, signal, emit });
      await locking.begun(this.session);
    } catch (error) {
      await this.#rollback();
      throw error;
    }
  }

  async #tryBegin({ begin, isBusy }: LockingTransaction): Promise<boolean> {
    try {
      await this.session.begin(begin);
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  }

  async #commit(): Promise<void> {
    await this.#locking?.beforeCommit(this.session);
    await this.session.commit();
    await this.#locking?.ended(this.session);
  }

  async #rollback(): Promise<void> {
    try {
      await this.session.rollback();
    } finally {
      await this.#locking?.ended(this.session);
    }
  }

  #checkSignal(): void {
    const { signal } = this.options;
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
  }

  async #failure(step: ExecutableStep, error: unknown, finished: readonly Step[]): Promise<unknown> {
    if (error instanceof RunAbortedError || error instanceof LockTimeoutError) return error;
    const statement = error instanceof StatementFailure ? error.statement : undefined;
    const aftermath: FailureAftermath =
      this.#committedStatements > 0
        ? 'partly applied'
        : this.#capabilities.transactionalDdl
          ? 'rolled back'
          : 'untouched';
    return new RevisionFailedError({
      direction: step.direction,
      revision: step.revision ?? 'base',
      message: step.message,
      statement,
      aftermath,
      rows: await this.database.versionTable.read(this.session).catch(() => null),
      finished: finished.map(({ revision }) => revision ?? 'base'),
      cause: error instanceof StatementFailure ? error.cause : error,
    });
  }
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
