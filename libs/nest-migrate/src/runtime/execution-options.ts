import { type StatementLimits } from '../engines/session-limits.js';
import { type OperationsContext } from '../operations/operations-builder.js';
import { type Emit } from './events.js';
import { type BegunRevisions, type ExecutableStep } from './executable-step.js';
import { type Guard } from './limited-session.js';
import { type HeldLock } from './transaction-lock.js';
import { type OnVersionApply } from './version-apply.js';

/** The steps of a run, and what they were planned from. */
export interface ExecutionPlan {
  readonly steps: readonly ExecutableStep[];
  /** The version table's rows that the steps were planned from. */
  readonly rows: readonly string[];
  /** Whether all rows are deleted before the first step. */
  readonly purge: boolean;
  /** The steps from other rows: what is left to do where another run moved them before this one had the lock. */
  readonly replan: (rows: readonly string[]) => Promise<readonly ExecutableStep[]>;
}

/** How the steps of a run are taken. */
export interface ExecutionOptions {
  /** What `op` tells about the run. */
  readonly about: OperationsContext;
  /** False: one transaction for all steps, where the engine has transactional DDL. */
  readonly transactionPerMigration: boolean;
  /** Called in the transaction of each step, behind its rows. Default: none. */
  readonly onVersionApply?: readonly OnVersionApply[];
  /** How long to wait for a transaction that is the migration lock, in milliseconds. */
  readonly lockWaitTimeout: number;
  /** The migration lock, where another connection holds it. */
  readonly held?: HeldLock;
  readonly limits: StatementLimits;
  /** Sends each statement of a revision. */
  readonly guard: Guard;
  readonly begun: BegunRevisions;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}
