import { type ScriptSyntax } from '../engines/script-syntax.js';
import { type Statement } from '../engines/ddl/statement.js';
import { OfflineBackfillError, OfflineVerbError, SqlNotWrittenError } from '../errors/offline.errors.js';
import { OutsideTransactionError, TransactionNeededError } from '../errors/runtime.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { type ExistingTable, type Operation, type Postcondition } from '../operations/operation.js';
import { type Backfill } from '../operations/backfill.js';
import { runOperations } from '../operations/operations-builder.js';
import { type OperationSink } from '../operations/verbs.js';
import { describeStep, withoutControls } from './describe-step.js';
import { type Emit, type Step } from './events.js';
import { type ExecutableStep } from './executable-step.js';
import { type ExecutionOptions } from './execution-options.js';
import { type MigrationDatabase } from './migration-database.js';
import { OperationDigest } from './operation-digest.js';
import { refuseControlIn } from './refused-control.js';
import { type RevisionData } from './revision-data.js';
import { scriptStatements } from './script-backfill.js';
import { versionApplied } from './version-apply.js';

/** What a script depends on, apart from its steps. */
export interface SqlScriptOptions extends Pick<
  ExecutionOptions,
  'about' | 'transactionPerMigration' | 'onVersionApply' | 'signal' | 'emit'
> {
  /** What the script does, for its first line: `upgrade base:head`. */
  readonly title: string;
  /** The version table's rows that the script starts from. */
  readonly before: readonly string[];
}

/** The result of {@link SqlScript.write}. */
export interface WrittenSql {
  readonly steps: readonly Step[];
  readonly sql: string;
}

/** Where the statements of a step go: into a transaction, or each on its own. */
interface Place {
  inTransaction: boolean;
  /** What the statements of a block outside of the transaction must have achieved. */
  outside?: Postcondition[];
}

/**
 * The sink of a run without a database. It writes the steps that `Execution` would run as a script, which does the same
 * when the engine's client runs it. Where one step can't be written, there is no script at all.
 */
export class SqlScript {
  readonly #syntax: ScriptSyntax;
  readonly #emit: Emit;
  readonly #lines: string[] = [];
  /** The rows that are committed at this point of the script. */
  #committed: readonly string[];
  #leaves = 0;

  /** @param syntax How the engine's client reads a script. */
  constructor(
    private readonly database: Pick<MigrationDatabase, 'engine' | 'versionTable' | 'history'>,
    syntax: ScriptSyntax,
    private readonly options: SqlScriptOptions,
  ) {
    this.#syntax = syntax;
    this.#emit = options.emit;
    this.#committed = options.before;
  }

  /** @throws OfflineVerbError or SqlNotWrittenError naming the revision that needs a database. */
  async write(steps: readonly ExecutableStep[]): Promise<WrittenSql> {
    const { title, about, before } = this.options;
    const { connection } = about;
    this.#emit({ type: 'planned', steps: steps.length });
    const named = connection === 'default' ? title : `${title}, connection ${connection}`;
    this.#lines.push(`-- nest-migrate: ${withoutControls(named)}`);
    if (steps.length === 0) {
      this.#lines.push('-- There is nothing to do.');
      return { steps: [], sql: this.#text() };
    }
    this.#lines.push(`-- Run it with: ${this.#syntax.usage}`, '', ...this.#syntax.opening);
    // a script that starts from other rows needs an existing table: its first guard fails without one
    if (before.length === 0) this.#lines.push('', this.#syntax.statement(this.database.versionTable.creation));
    await this.#writeSteps(steps);
    const { closing = [] } = this.#syntax;
    if (closing.length > 0) this.#lines.push('', ...closing);
    return { steps: steps.map(toStep), sql: this.#text() };
  }

  async #writeSteps(steps: readonly ExecutableStep[]): Promise<void> {
    const { transactionalDdl } = this.database.engine.capabilities;
    const oneTransaction = transactionalDdl && !this.options.transactionPerMigration;
    const place: Place = { inTransaction: false };
    for (const [index, step] of steps.entries()) {
      this.#checkSignal();
      this.#emit({ type: 'stepStarted', step: toStep(step), index });
      this.#lines.push('', `-- ${describeStep(step)}`);
      if (transactionalDdl && !place.inTransaction) this.#begin(place, step);
      else if (!transactionalDdl) this.#guard(step);
      // after the first guard, since a database that the guard refuses must not be changed
      if (index === 0 && this.database.history !== undefined)
        this.#lines.push(...this.database.history.creation.map((sql) => this.#syntax.statement(sql)));
      const from = this.#lines.length;
      const operationsDigest = await this.#writeRevision(step, place);
      this.#leadBack(from);
      await this.#moveRows(step, place, operationsDigest);
      if (!oneTransaction && place.inTransaction) this.#commit(place);
      // where the run is one transaction, nothing is committed before a block leaves it
      this.#committed = step.rows;
      this.#emit({ type: 'stepFinished', step: toStep(step), index });
    }
    if (place.inTransaction) this.#commit(place);
  }

  /** Makes the script move the rows in the table's own place, whatever the statements since line `from` have set. */
  #leadBack(from: number): void {
    const { ownPlace } = this.#syntax;
    if (ownPlace === undefined || !this.#lines.slice(from).some((line) => ownPlace.isChangedBy(line))) return;
    this.#lines.splice(from, 0, ...ownPlace.remember);
    this.#lines.push(...ownPlace.restore);
  }

  /** Returns the digest of what the revision does, if the step has one. */
  async #writeRevision(step: ExecutableStep, place: Place): Promise<string | null | undefined> {
    const { revision, direction, body } = step;
    if (body === undefined || revision === null || direction === 'stamp') return undefined;
    const digest = new OperationDigest();
    const sink = digest.around(this.#sink(step, place));
    try {
      await runOperations<RevisionData>(sink, digest.watching(this.options.about), body.run);
      return digest.value;
    } catch (error) {
      if (toldAsTheyAre.some((type) => error instanceof type)) throw error;
      throw new SqlNotWrittenError(revision, direction, step.message, error);
    }
  }

  #sink(step: ExecutableStep, place: Place): OperationSink<RevisionData> {
    const refuse = (verb: string) => (): Promise<never> => {
      const direction = step.direction === 'downgrade' ? 'downgrade' : 'upgrade';
      return Promise.reject(new OfflineVerbError(step.revision ?? '', direction, verb));
    };
    return {
      apply: async (operation) => {
        refuseControlIn(this.database.engine, [operation], place);
        this.#writeStatements(this.database.engine.ddl.statements(operation), step, place);
      },
      ...(this.#statementsTogether !== undefined && {
        applyTogether: async (operations: readonly Operation[], existing: ExistingTable | undefined) =>
          this.#writeStatements(this.#statementsTogether?.(operations, existing) ?? [], step, place),
      }),
      query: refuse('query'),
      transaction: refuse('transaction'),
      backfill: (backfill) => this.#backfill(backfill, step, place),
      autocommitBlock: (block) => this.#autocommitBlock(block, step, place),
    };
  }

  get #statementsTogether():
    ((operations: readonly Operation[], existing: ExistingTable | undefined) => readonly Statement[]) | undefined {
    const { ddl } = this.database.engine;
    const { together } = ddl;
    if (together !== undefined)
      return (operations) => together.groups(operations).flatMap((group) => together.statements(group));
    return ddl.statementsFrom && ((operations, existing) => ddl.statementsFrom?.(existing, operations) ?? []);
  }

  #writeStatements(statements: readonly Statement[], step: ExecutableStep, place: Place): void {
    for (const statement of statements) {
      const { sql, outsideTransaction, needsTransaction, postcondition } = statement;
      this.#checkSignal();
      if (outsideTransaction === true && place.inTransaction) throw new OutsideTransactionError(sql);
      if (needsTransaction === true && !place.inTransaction) throw new TransactionNeededError(sql);
      this.#lines.push(...this.#linesOf(statement));
      if (place.outside === undefined) continue;
      if (postcondition !== undefined) place.outside.push(postcondition);
      else this.#emit({ type: 'warning', message: unchecked(step.revision ?? 'base', sql) });
    }
  }

  #linesOf({ sql, portable, unchecked, wrongRow }: Statement): readonly string[] {
    if (wrongRow !== undefined) return this.#syntax.refusal?.(sql, wrongRow) ?? [];
    const around = [portable === undefined ? undefined : this.#syntax.escaping, unchecked && this.#syntax.unchecked];
    const [inner = EMPTY, outer = EMPTY] = around.map((lines) => lines || EMPTY);
    return [...outer.before, ...inner.before, this.#syntax.statement(portable ?? sql), ...inner.after, ...outer.after];
  }

  /** Writes a loop, outside of any transaction. It does not save how far it is. */
  async #backfill(backfill: Backfill<RevisionData>, step: ExecutableStep, place: Place): Promise<void> {
    const { revision, direction } = step;
    const { table, key, work, throttle } = backfill;
    const refuse = (reason: OfflineBackfillError['reason']): never => {
      throw new OfflineBackfillError(
        revision ?? '',
        direction === 'downgrade' ? 'downgrade' : 'upgrade',
        table,
        reason,
      );
    };
    if ('rows' in work) return refuse('rows');
    const { loops } = this.#syntax;
    if (loops === undefined) return refuse('loops');
    if (key === undefined) return refuse('key');
    if (throttle !== undefined) {
      const message = `The script fills '${table}' without the 'throttle' of revision ${revision ?? ''}, which is a function.`;
      this.#emit({ type: 'warning', message });
    }
    const statements = scriptStatements(this.database.engine, loops, { ...backfill, key, work });
    await this.#autocommitBlock(
      async () => {
        this.#lines.push(
          `-- fills ${withoutControls(table)} in batches that each commit; a script does not save how far it is`,
        );
        for (const sql of statements) this.#lines.push(this.#syntax.statement(sql));
      },
      step,
      place,
    );
  }

  /** Commits what the script has done so far, and checks at the start of the block that it is there. */
  async #autocommitBlock(block: () => Promise<void>, step: ExecutableStep, place: Place): Promise<void> {
    const reopen = place.inTransaction;
    if (reopen) {
      const mark = `${step.revision ?? 'base'}/${(this.#leaves += 1)}`;
      const leave = this.#syntax.leave?.(mark);
      const { before = [], after = [] } = leave ?? {};
      this.#lines.push(...before);
      this.#commit(place);
      this.#lines.push('-- outside of any transaction', ...after);
      place.outside = leave && [];
    }
    await block();
    if (reopen) this.#begin(place, step);
  }

  async #moveRows(step: ExecutableStep, place: Place, operationsDigest: string | null | undefined): Promise<void> {
    const { onVersionApply = [] } = this.options;
    // a merge moves several rows, and hooks may add statements: all in one transaction
    const statements = [
      ...step.changes.map((change) => this.database.versionTable.statement(change)),
      ...(this.database.history?.statements(step, operationsDigest) ?? []),
    ];
    const own = !place.inTransaction && statements.length + onVersionApply.length > 1;
    if (own) this.#lines.push(...this.#syntax.begin);
    for (const sql of statements) this.#lines.push(this.#syntax.statement(sql));
    await versionApplied(onVersionApply, this.#sink(step, place), this.options.about, toStep(step));
    if (own) this.#lines.push(...this.#syntax.commit);
  }

  #begin(place: Place, step: ExecutableStep): void {
    place.inTransaction = true;
    this.#lines.push(...this.#syntax.begin);
    this.#guard(step, place.outside);
    place.outside = undefined;
  }

  #commit(place: Place): void {
    place.inTransaction = false;
    this.#lines.push(...this.#syntax.commit);
  }

  #guard({ direction, revision }: ExecutableStep, done: readonly Postcondition[] = []): void {
    const subject = `the ${direction} of ${revision ?? 'base'}`;
    this.#lines.push(...this.#syntax.guard({ rows: this.#committed, subject, done }));
  }

  #checkSignal(): void {
    const { signal } = this.options;
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
  }

  #text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

const EMPTY = { before: [], after: [] };

/** Errors that name the revision themselves. */
const toldAsTheyAre = [OfflineVerbError, OfflineBackfillError, RunAbortedError] as const;

function toStep({ direction, revision, message, from, to, rows }: ExecutableStep): Step {
  return { direction, revision, message, from, to, rows, durationMs: 0 };
}

function unchecked(revision: string, sql: string): string {
  const line = withoutControls(sql.replace(/\s+/g, ' ').trim());
  const shown = line.length <= 80 ? line : `${line.slice(0, 79)}…`;
  return (
    `Revision ${revision} runs [${shown}] outside of any transaction: a client that continues after an error would ` +
    `continue after this one. Give op.execute a postcondition, and run the script as its first lines say.`
  );
}
