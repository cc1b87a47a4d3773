import { MigrationError } from './migration.error.js';
import { connectionLost, type FailureAftermath, nameOf } from './runtime.errors.js';
import { command, type Wording, worded } from './wording.js';

/** Where a run stands that was told to stop after it had begun. */
export interface StoppedRun {
  /** What the step of that revision does. */
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The id of the revision that was being applied or undone, or was the next one; `base` for a stamp to base. */
  readonly revision: string;
  /** That revision's message; may be empty. */
  readonly message: string;
  /** Whether that revision had begun. */
  readonly begun: boolean;
  /** What is left of that revision in the database. */
  readonly aftermath: FailureAftermath;
  /** How many statements of the revision are committed and stay. */
  readonly statements: number;
  /** The version table's rows; `null` where the connection is gone. */
  readonly rows: readonly string[] | null;
  /** The ids of the revisions that this run had finished and that stay, in order. */
  readonly finished: readonly string[];
}

/**
 * Thrown where a run is told to stop, by a signal or by the caller's `AbortSignal`. It says where that leaves the
 * database.
 *
 * @remarks Run the command again: it continues where the run stopped.
 */
export class RunAbortedError extends MigrationError {
  readonly code = 'RUN_ABORTED';

  constructor(
    /** The reason of the `AbortSignal`. */
    readonly reason: unknown,
    /** Where the run stands, as data; or, where that is all there is to say, the end of `The run was stopped …`. */
    readonly stopped: StoppedRun | string = 'before its next statement',
    /** What to do, where `stopped` is text. */
    cure?: Wording,
  ) {
    super(`The run was stopped ${typeof stopped === 'string' ? stopped : whereStopped(stopped)}.`, {
      cure: typeof stopped === 'string' ? cure : standingOf(stopped),
    });
  }
}

function whereStopped({ direction, revision, message, begun }: StoppedRun): string {
  const step = `the ${direction} of ${nameOf(revision, message)}`;
  return begun ? `before its next statement, in ${step}` : `before ${step}`;
}

function standingOf({ direction, begun, aftermath, statements, rows }: StoppedRun): string | Wording {
  if (rows === null) return connectionLost;
  const at = rows.length === 0 ? 'at base' : `at ${rows.join(', ')}`;
  if (!begun) return worded`The database is ${at}; ${command(direction)} continues from there.`;
  if (aftermath !== 'partly applied') {
    const what =
      aftermath === 'rolled back'
        ? 'Its transaction was rolled back'
        : aftermath === 'untouched'
          ? 'Nothing of it was applied'
          : 'Something in it has ended its transaction: check what it has left';
    return worded`${what}; the database is ${at}, and ${command(direction)} continues from there.`;
  }
  const [done, behind] =
    statements === 1
      ? ['One statement of it is done and stays', 'it']
      : [`${statements} statements of it are done and stay`, 'them'];
  return worded`${done}, the version table is still ${at}; ${command(direction)} continues after ${behind}.`;
}
