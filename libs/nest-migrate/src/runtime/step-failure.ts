import {
  AppliedStatementEditedError,
  InterruptedRevisionError,
  InterruptedStatementError,
} from '../errors/interrupted.errors.js';
import {
  type FailureAftermath,
  LockLostError,
  LockTimeoutError,
  RevisionFailedError,
  type RevisionFailure,
} from '../errors/runtime.errors.js';
import { RunAbortedError } from '../errors/stopped.errors.js';
import { RowsMovedError } from '../errors/version-table.errors.js';
import { type EarlierRuns } from './earlier-runs.js';
import { type Step } from './events.js';
import { type ExecutableStep } from './executable-step.js';
import { type RunPorts } from './ports.js';
import { type RevisionRun, StatementFailure } from './revision-run.js';
import { type RunTransactions, type TransactionFate } from './run-transactions.js';

/** The facts about a step that failed. */
export interface FailedStep {
  readonly step: ExecutableStep;
  /** Absent where its revision was not begun. */
  readonly run: RevisionRun | undefined;
  /** The state of its transaction after the failure. */
  readonly fate: TransactionFate;
  /** The earlier steps that stay applied. */
  readonly finished: readonly Step[];
}

/** Errors that need no wrapper: they say everything themselves. */
const toldAsTheyAre = [
  RowsMovedError,
  LockLostError,
  LockTimeoutError,
  InterruptedRevisionError,
  InterruptedStatementError,
  AppliedStatementEditedError,
] as const;

/** The error that the caller gets for a step that failed with `error`. */
export async function failureOf(
  error: unknown,
  failed: FailedStep,
  { session, tables, earlier }: Pick<RunPorts, 'session' | 'tables'> & { readonly earlier: EarlierRuns },
): Promise<unknown> {
  const lost = await session.fence?.lossBehind(session, error).catch(() => undefined);
  if (lost !== undefined) return lost;
  if (toldAsTheyAre.some((type) => error instanceof type)) return error;
  const left = async (statements: number): Promise<Left> => ({
    ...leftOf(failed, statements),
    rows: await tables.version.read(session).catch(() => null),
  });
  if (error instanceof RunAbortedError) {
    // counted by the journal, which includes earlier runs
    const statements = await earlier.leftNow(failed.step);
    const begun = failed.run !== undefined;
    return new RunAbortedError(error.reason, { ...(await left(statements)), begun, statements });
  }
  return new RevisionFailedError({
    ...(await left(failed.run?.committedStatements ?? 0)),
    statement: error instanceof StatementFailure ? error.statement : undefined,
    cause: error instanceof StatementFailure ? error.cause : error,
  });
}

/**
 * The state of the transaction after a failure. An engine that ends the transaction with the failing statement has
 * rolled it back.
 */
export async function fateBehind(transactions: RunTransactions, error: unknown): Promise<TransactionFate> {
  const fate = await transactions.fate();
  return fate === 'unknown' && error instanceof StatementFailure ? 'rolled back' : fate;
}

export function aftermathOf(committedStatements: number, fate: TransactionFate): FailureAftermath {
  if (committedStatements > 0) return 'partly applied';
  if (fate === 'committed' || fate === 'unknown') return fate;
  return fate === 'none' ? 'untouched' : 'rolled back';
}

/** The state in which an unfinished step leaves the database. */
type Left = Pick<RevisionFailure, 'direction' | 'revision' | 'message' | 'aftermath' | 'rows' | 'finished'>;

function leftOf({ step, fate, finished }: FailedStep, statements: number): Omit<Left, 'rows'> {
  return {
    direction: step.direction,
    revision: step.revision ?? 'base',
    message: step.message,
    aftermath: aftermathOf(statements, fate),
    finished: finished.map(({ revision }) => revision ?? 'base'),
  };
}
