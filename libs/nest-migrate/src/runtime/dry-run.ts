import { type Statement } from '../engines/ddl/statement.js';
import { type Engine } from '../engines/engine.js';
import { MigrationError } from '../errors/migration.error.js';
import { ReadOnlyUndoneError } from '../errors/plan.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { describeOperation } from '../operations/all.js';
import { type ExistingTable, type Operation } from '../operations/operation.js';
import { type OperationsContext, runOperations } from '../operations/operations-builder.js';
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
  for (const { revision, direction, body } of steps) {
    const statements: string[] = [];
    shown.push({ revision, direction, statements });
    if (body === undefined || direction === 'stamp') continue;
    const sink = sinkOf(parts, {
      note: (sql) => {
        isUnsent = true;
        statements.push(sql);
      },
      checkQuery: (sql) => {
        if (UNDOING.test(sql)) throw new ReadOnlyUndoneError(sql);
        if (isUnsent) throw new DependsOnUnsent(sql);
      },
    });
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

function sinkOf({ engine, session, signal }: DryRunParts, { note, checkQuery }: Notes): OperationSink<RevisionData> {
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
          add(statementsOf(engine, operations, existing, note)))
      : async (operations: readonly Operation[]) =>
          add(together.groups(operations).flatMap((group) => together.statements(group)));
  return {
    apply: async (operation) => {
      refuseControlIn(engine, [operation], place);
      add(statementsOf(engine, [operation], undefined, note));
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

/**
 * The statements of operations. Where an engine makes them of the table as it is after the statement before, which was not
 * sent, words stand in their place.
 */
function statementsOf(
  { ddl }: Engine,
  operations: readonly Operation[],
  existing: ExistingTable | undefined,
  note: Notes['note'],
): readonly Statement[] {
  if (ddl.statementsFrom === undefined) return operations.flatMap((operation) => ddl.statements(operation));
  try {
    return ddl.statementsFrom(existing, operations);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    for (const words of operations.flatMap(describeOperation)) note(`-- ${words}: the table is rebuilt`);
    return [];
  }
}
