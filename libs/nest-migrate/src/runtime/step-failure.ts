import {
  AppliedStatementEditedError,
  BackfillMovedError,
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
import { type RevisionRun } from './revision-run.js';
import { type RunTransactions, type TransactionFate } from './run-transactions.js';
import { causeOf, StatementFailure } from './statement-failure.js';

/** The facts about a step that failed. */
export interface FailedStep {
  readonly step: ExecutableStep;
  /** Absent where its revision was not begun. */
  readonly run: RevisionRun | undefined;
  /** The state of its transaction after the failure. */
  readonly fate: TransactionFate;
  /** Whether a commit has been sent whose end is not known. */
  readonly isCommitting: boolean;
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
  BackfillMovedError,
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
  const left = async (): Promise<Left> => {
    const rows = await tables.version.read(session).catch(() => null);
    return { ...leftOf(failed, rows === null), rows };
  };
  if (error instanceof RunAbortedError) {
    // counted by the journal, which includes earlier runs
    const statements = await earlier.leftNow(failed.step);
    const begun = failed.run !== undefined;
    const committedStatements = Math.max(statements, failed.run?.committedStatements ?? 0);
    const run = { committedStatements, mayHaveCommitted: false };
    const stopped = { ...(await left()), aftermath: aftermathOf(run, failed.fate) };
    return new RunAbortedError(error.reason, { ...stopped, begun, statements });
  }
  return new RevisionFailedError({
    ...(await left()),
    ...(failed.run?.kept !== undefined && { kept: failed.run.kept }),
    statement: error instanceof StatementFailure ? error.statement : undefined,
    cause: causeOf(error),
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

/**
 * @param run Absent where its revision was not begun.
 * @param isLost Whether the server can't be asked any more. What it was doing it may have done.
 */
export function aftermathOf(
  run: (Pick<RevisionRun, 'committedStatements' | 'mayHaveCommitted'> & Partial<Pick<RevisionRun, 'kept'>>) | undefined,
  fate: TransactionFate,
  isLost = false,
): FailureAftermath {
  if (run !== undefined && run.committedStatements > 0) return 'partly applied';
  if (run?.kept !== undefined) return run.kept;
  if (isLost && run?.mayHaveCommitted === true) return 'unknown';
  if (fate === 'committed' || fate === 'unknown') return fate;
  return fate === 'none' ? 'untouched' : 'rolled back';
}

/** The state in which an unfinished step leaves the database. */
type Left = Pick<RevisionFailure, 'direction' | 'revision' | 'message' | 'aftermath' | 'rows' | 'finished'>;

function leftOf({ step, run, fate, isCommitting, finished }: FailedStep, isLost: boolean): Omit<Left, 'rows'> {
  const aftermath = isLost && isCommitting ? 'unknown' : aftermathOf(run, fate, isLost);
  return {
    direction: step.direction,
    revision: step.revision ?? 'base',
    message: step.message,
    aftermath,
    finished: finished.map(({ revision }) => revision ?? 'base'),
  };
}
