import { type Statement } from '../engines/ddl/statement.js';
import { type Engine } from '../engines/engine.js';
import { MigrationError } from '../errors/migration.error.js';
import { type SqlSession } from '../engines/session/sql-session.js';
import { ReadOnlyUndoneError } from '../errors/plan.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { describeOperation } from '../operations/all.js';
import { type ExistingTable, type Operation } from '../operations/operation.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
import { touchedTables } from '../operations/touched-tables.js';
import { type OperationSink } from '../operations/verbs.js';
import { type ExecutableStep } from './executable-step.js';
import { type Session } from './ports.js';
import { refuseControl, refuseControlIn } from './refused-control.js';
import { type RevisionData } from './revision-data.js';

/** What a step would send. */
export interface PreviewedStep {
  /** The id of the revision; `null` for a step that runs none. */
  readonly revision: string | null;
  /** What the step does. */
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The statements, in order. Where code works on rows, a comment stands in its place. */
  readonly statements: readonly string[];
}

/** The steps of a run that is only shown. */
export interface Preview {
  /** The steps, in order; the last one is not whole where the preview ends early. */
  readonly steps: readonly PreviewedStep[];
  /** Why the preview ends before the run would; `null` where it is whole. */
  readonly endedBecause: string | null;
}

/** What a dry run works with. */
export interface DryRunParts {
  readonly engine: Engine;
  /** A session that the server keeps from writing. */
  readonly session: Pick<Session, 'query'>;
  readonly about: OperationsContext;
  readonly signal?: AbortSignal;
}

/** Thrown to end a preview: the database does not have what the query asks for. */
class DependsOnUnsent extends Error {}

/** Settings by which a session would be able to write again. */
const UNDOING =
  /\b(?:read\s+write|(?:default_)?transaction_read_only|tx_read_only|query_only|discard\s+all|reset\s+all)\b/i;

/**
 * Runs the functions of revisions and sends nothing but their queries, on a session that cannot write. What they would
 * send is noted. A query behind a statement that was not sent ends the preview.
 */
export async function preview(steps: readonly ExecutableStep[], parts: DryRunParts): Promise<Preview> {
  const shown: PreviewedStep[] = [];
  let isUnsent = false;
  const tables = new UnsentStatements(parts);
  for (const { revision, direction, body } of steps) {
    const statements: string[] = [];
    shown.push({ revision, direction, statements });
    if (body === undefined || direction === 'stamp') continue;
    const notes: Notes = {
      note: (sql) => {
        isUnsent = true;
        statements.push(sql);
      },
      checkQuery: (sql) => {
        if (UNDOING.test(sql)) throw new ReadOnlyUndoneError(sql);
        if (isUnsent) throw new DependsOnUnsent(sql);
      },
    };
    const sink = sinkOf(parts, notes, tables);
    try {
      await runOperations<RevisionData>(sink, parts.about, body.run);
    } catch (error) {
      if (!(error instanceof DependsOnUnsent)) throw error;
      const query = error.message.replace(/\s+/g, ' ').trim();
      return {
        steps: shown,
        endedBecause: `The query [${query}] of ${revision ?? 'base'} depends on what was not run.`,
      };
    }
  }
  return { steps: shown, endedBecause: null };
}

interface Notes {
  readonly note: (sql: string) => void;
  /** @throws where the query can't be sent. */
  readonly checkQuery: (sql: string) => void;
}

function sinkOf(
  { engine, session, signal }: DryRunParts,
  { note, checkQuery }: Notes,
  tables: UnsentStatements,
): OperationSink<RevisionData> {
  const { ddl } = engine;
  const place = { inTransaction: true };
  const add = (statements: readonly Statement[]): void => {
    if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
    for (const { sql } of statements) note(sql);
  };
  const together = ddl.together;
  const applyTogether =
    together === undefined
      ? ddl.statementsFrom &&
        (async (operations: readonly Operation[], existing: ExistingTable | undefined) =>
          add(await tables.statements(operations, existing, note)))
      : async (operations: readonly Operation[]) =>
          add(together.groups(operations).flatMap((group) => together.statements(group)));
  return {
    apply: async (operation) => {
      refuseControlIn(engine, [operation], place);
      add(await tables.statements([operation], undefined, note));
    },
    ...(applyTogether !== undefined && { applyTogether }),
    query: async (sql, params) => {
      if (signal?.aborted === true) throw new RunAbortedError(signal.reason);
      const text = ddl.format(sql, params);
      refuseControl(engine, text, place);
      checkQuery(text);
      return session.query(text, [], 'revision');
    },
    transaction: async () => note('-- op.transaction: code that works on rows, which is not run'),
    backfill: async ({ table, work }) =>
      note(
        'set' in work
          ? `-- op.backfill of ${table} sets ${Object.keys(work.set).join(', ')} in batches`
          : `-- op.backfill of ${table}: code that works on rows, which is not run`,
      ),
    autocommitBlock: (block) => block(),
  };
}

/** The statements of operations, which some engines make of the table as it is. */
class UnsentStatements {
  /** The tables that nothing unsent has changed are as the database has them. */
  readonly #changed = new Set<string>();
  #isUnknown = false;

  constructor(private readonly parts: Pick<DryRunParts, 'engine' | 'session'>) {}

  /** Where a table would have to be read that an unsent statement may have changed, words stand for its statements. */
  async statements(
    operations: readonly Operation[],
    existing: ExistingTable | undefined,
    note: Notes['note'],
  ): Promise<readonly Statement[]> {
    const { ddl } = this.parts.engine;
    if (ddl.statementsFrom === undefined) return operations.flatMap((operation) => ddl.statements(operation));
    try {
      return (await this.#ofLiveTable(operations)) ?? ddl.statementsFrom(existing, operations);
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error;
      for (const words of operations.flatMap(describeOperation)) note(`-- ${words}: the table is rebuilt`);
      return [];
    } finally {
      this.#noteChanges(operations);
    }
  }

  async #ofLiveTable(operations: readonly Operation[]): Promise<readonly Statement[] | undefined> {
    const { engine, session } = this.parts;
    const isChanged = operations.flatMap(touchedTables).some(({ table }) => this.#changed.has(table.toLowerCase()));
    if (engine.ddl.statementsOn === undefined || this.#isUnknown || isChanged) return undefined;
    const reading: SqlSession = {
      query: (sql, params) => session.query(sql, params),
      execute: () => Promise.reject(new Error('a dry run sends queries alone')),
    };
    const statements: Statement[] = [];
    for await (const statement of engine.ddl.statementsOn(reading, operations)) statements.push(statement);
    return statements;
  }

  #noteChanges(operations: readonly Operation[]): void {
    for (const operation of operations) {
      const tables = touchedTables(operation);
      // a statement by hand may change any table
      this.#isUnknown ||= tables.length === 0;
      for (const { table } of tables) this.#changed.add(table.toLowerCase());
    }
  }
}
