import { TransactionContext } from '@mikro-orm/core';
import { type SqlEntityManager } from '@mikro-orm/sql';
import { type Statement } from '../engines/ddl/statement.js';
import { OutsideTransactionError } from '../errors/runtime.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { type Operation } from '../operations/operation.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
import { type EncodedValue } from '../operations/value.js';
import { type OperationSink } from '../operations/verbs.js';
import { type ExecutableStep, type ExecutionOptions, type RevisionBody } from './executable-step.js';
import { ConcurrentRun } from './concurrent-run.js';
import { operationsText } from './journal.js';
import { OperationDigest } from './operation-digest.js';
import { refuseControlIn, refuseTransactionControl } from './refused-control.js';
import { type MigrationDatabase } from './migration-database.js';
import { type PinnedSession } from './pinned-session.js';
import { type RevisionData } from './revision-data.js';
import { type JournalUnit, type RevisionJournal } from './revision-journal.js';
import { Retries } from './retries.js';
import { type RunTransactions } from './run-transactions.js';

/** Which statement of its revision failed. */
export interface FailedStatement {
  readonly ordinal: number;
  readonly sql: string;
  /** Whom it waited for when it was looked at last, in words. */
  readonly awaited?: string;
}

/** A statement that failed, with the error underneath: internal, a RevisionFailedError carries both outwards. */
export class StatementFailure extends Error {
  constructor(
    readonly statement: FailedStatement,
    override readonly cause: unknown,
    /** Whether what it has left behind is taken away. */
    readonly isCleanedUp = false,
  ) {
    super('statement failed');
  }
}

/** What runs a revision, and where. */
export interface RevisionRunParts {
  readonly database: MigrationDatabase;
  readonly session: PinnedSession;
  readonly transactions: RunTransactions;
  readonly options: ExecutionOptions;
  readonly step: ExecutableStep;
  /** Absent where all that is done belongs to one transaction, which nothing commits in between. */
  readonly journal?: RevisionJournal;
}

/**
 * What one step does beside moving the version rows: verbs become operations, operations statements, and those are executed
 * on one session, one after the other. What a rollback could not undo is journaled, and what an earlier run has done is left
 * out.
 */
export class RevisionRun {
  /** Statements that are committed although the revision is not finished. */
  committedStatements = 0;
  #executedStatements = 0;
  readonly #revision: string;

  constructor(private readonly parts: RevisionRunParts) {
    this.#revision = parts.step.revision ?? '';
  }

  /** Answers the digest of what the revision did; `null` where that depends on more than the revision. */
  async run({ run, service }: RevisionBody): Promise<string | null> {
    this.parts.session.spend();
    const digest = new OperationDigest();
    await runOperations<RevisionData>(digest.around(this.sink(service)), digest.watching(this.about), run);
    this.parts.journal?.end();
    return digest.value;
  }

  /** What `op` tells about the run. */
  get about(): OperationsContext {
    const { connection, xArguments, tag, registry } = this.parts.options;
    return { dialect: this.parts.database.dialect.name, offline: false, connection, xArguments, tag, registry };
  }

  sink(service: RevisionBody['service']): OperationSink<RevisionData> {
    return {
      apply: (operation) => this.#apply([operation]),
      ...(this.parts.database.dialect.statementsOn !== undefined && {
        applyTogether: (operations: readonly Operation[]) => this.#apply(operations),
      }),
      query: (sql, params) => this.#query(sql, params),
      transaction: (work) => this.#dataTransaction(work, service),
      autocommitBlock: (block) => this.#autocommitBlock(block),
    };
  }

  async #apply(operations: readonly Operation[]): Promise<void> {
    const { dialect } = this.parts.database;
    refuseControlIn(dialect, operations);
    const unit = this.parts.journal?.next(operationsText(operations));
    if (unit?.finished !== undefined) return this.#skip(unit.finished);
    if (dialect.statementsOn === undefined) {
      for (const operation of operations) {
        for (const statement of dialect.statements(operation)) await this.#execute(statement, unit);
      }
      return;
    }
    // made from the tables as they are: asked once more, they would be those of tables that are changed already
    if (unit?.finishedWhole !== undefined) return this.#skip(unit.finishedWhole);
    const statements = dialect.statementsOn(this.parts.session, operations);
    // a table that is made anew outside of a transaction would be lost with the process
    if (!this.parts.transactions.isOpen && operations.some(({ kind }) => kind !== 'execute')) {
      return this.#asWhole(unit, describe(operations), async () => {
        for await (const statement of statements) await this.#execute(statement);
      });
    }
    for await (const statement of statements) await this.#execute(statement, unit);
  }

  /** Does something in a transaction of its own, noted as one. */
  async #asWhole(unit: JournalUnit | undefined, name: string, work: () => Promise<void>): Promise<void> {
    if (unit?.finishedWhole !== undefined) return this.#skip(unit.finishedWhole);
    await this.parts.journal?.prepare();
    await this.parts.transactions.within(async () => {
      await this.parts.journal?.confirmRows();
      await work();
      await unit?.addDone(name);
    });
  }

  async #execute(statement: Statement, unit?: JournalUnit): Promise<void> {
    const { session } = this.parts;
    await this.#mayGoOn();
    if (statement.outsideTransaction === true && session.inTransaction)
      throw new OutsideTransactionError(statement.sql);
    const isSent = await this.#tried(statement, () => this.#noted(statement, unit));
    if (!isSent) return this.#skip([statement.sql]);
    this.#executedStatements += 1;
    if (!session.inTransaction) this.committedStatements += 1;
  }

  /** Sends a statement, noted in the journal where there is one; `false`: an earlier run has done it. */
  async #noted(statement: Statement, unit: JournalUnit | undefined): Promise<boolean> {
    if (unit !== undefined) return unit.run(statement, () => this.#send(statement));
    await this.#send(statement);
    return true;
  }

  /**
   * Tries again what waited too long for a lock, where it is not part of a transaction: that is begun again as a whole. What has
   * left something that could not be cleaned up is left to the next run, which finds that in the journal.
   */
  async #tried<T>({ cleanup }: Pick<Statement, 'cleanup'>, work: () => Promise<T>): Promise<T> {
    const { database, options, session } = this.parts;
    const retries = new Retries(this.#revision, { ...options, engine: database.dialect.limits });
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const cause = error instanceof StatementFailure ? error.cause : error;
        const isClean = cleanup === undefined || (error instanceof StatementFailure && error.isCleanedUp);
        if (session.inTransaction || !isClean || !(await retries.again(cause))) throw error;
      }
    }
  }

  async #send({ sql }: Statement): Promise<void> {
    const ordinal = this.#executedStatements;
    const about = { revision: this.#revision, ordinal, sql };
    const { emit } = this.parts.options;
    emit({ type: 'statementStarted', ...about });
    const started = performance.now();
    const concurrently = ConcurrentRun.of({ database: this.parts.database, session: this.parts.session, emit }, sql);
    await concurrently?.prepare();
    const cleaning = (drop: string): Promise<void> => this.#tried({}, () => this.#sent(drop, concurrently));
    try {
      await this.#sent(sql, concurrently);
    } catch (cause) {
      const isCleanedUp = (await concurrently?.cleanUp(cause, cleaning)) === true;
      const isWait = this.parts.database.dialect.limits?.isLockTimeout(cause) === true;
      const awaited = isWait ? concurrently?.lastAwaited : undefined;
      throw new StatementFailure({ ordinal, sql, awaited }, cause, isCleanedUp);
    }
    emit({ type: 'statementFinished', ...about, durationMs: performance.now() - started });
  }

  async #sent(sql: string, concurrently: ConcurrentRun | undefined): Promise<void> {
    const { options, session } = this.parts;
    const send = (): Promise<number> => options.guard(() => session.execute(sql, [], 'revision'), sql);
    await (concurrently === undefined ? send() : concurrently.watched(sql, send));
  }

  /** Tells of what an earlier run has done. */
  #skip(statements: readonly string[]): void {
    for (const sql of statements) {
      const ordinal = this.#executedStatements++;
      this.parts.options.emit({ type: 'statementSkipped', revision: this.#revision, ordinal, sql });
    }
  }

  async #query(sql: string, params: readonly EncodedValue[]): Promise<Record<string, unknown>[]> {
    await this.#mayGoOn();
    const { dialect } = this.parts.database;
    refuseTransactionControl(dialect, sql);
    const text = dialect.format(sql, params);
    try {
      return await this.parts.options.guard(() => this.parts.session.query(text, [], 'revision'));
    } catch (cause) {
      throw new StatementFailure({ ordinal: this.#executedStatements, sql: text }, cause);
    }
  }

  /** Data work: a savepoint of the revision's transaction where there is one, else a transaction of its own. */
  async #dataTransaction(work: (data: RevisionData) => Promise<void>, service: RevisionBody['service']): Promise<void> {
    const { session, database } = this.parts;
    await this.#mayGoOn();
    const unit = this.parts.journal?.next(DATA_WORK);
    const withData = async (): Promise<void> => {
      const em = database.orm.em.fork() as SqlEntityManager;
      em.setTransactionContext(session.context);
      await TransactionContext.create(em, async () => {
        await work({ em, kysely: em.getKysely(), get: <T>(name: string) => service(name) as T });
        await em.flush();
      });
    };
    if (!session.inTransaction) {
      await this.#tried({}, () => this.#asWhole(unit, DATA_WORK, withData));
      this.committedStatements += 1;
    } else {
      if (unit?.finishedWhole !== undefined) return this.#skip(unit.finishedWhole);
      await session.execute('savepoint nest_migrate_data');
      try {
        await withData();
      } catch (error) {
        // where that fails, the transaction has ended, or the connection is lost: what failed first says more
        await session.execute('rollback to savepoint nest_migrate_data').catch(() => undefined);
        throw error;
      }
      await session.execute('release savepoint nest_migrate_data');
      unit?.noteDone(DATA_WORK);
    }
    this.#executedStatements += 1;
  }

  /** Commits what the run has done so far (earlier revisions together with their rows), runs the block, goes on. */
  async #autocommitBlock(block: () => Promise<void>): Promise<void> {
    const { transactions, journal } = this.parts;
    const reopen = transactions.isOpen;
    if (reopen) {
      await journal?.commitEarly();
      await transactions.commit();
      this.committedStatements = this.#executedStatements;
    }
    await block();
    if (reopen) await transactions.begin();
  }

  async #mayGoOn(): Promise<void> {
    const { session, options } = this.parts;
    const { signal, held } = options;
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
    await held?.check();
    await session.fence?.check(session);
  }
}

/** What a data transaction is called where statements are listed. */
const DATA_WORK = 'op.transaction';

function describe(operations: readonly Operation[]): string {
  return operations.map(({ kind }) => `op.${kind}`).join(', ');
}
