import { type StatementLimits } from '../engines/session/limits.js';
import { type OperationsContext } from '../operations/operations-builder.js';
import { type Emit } from './events.js';
import { type BegunRevisions, type ExecutableStep } from './executable-step.js';
import { type SchemaChangeProgram } from './handed-change.js';
import { type Guard } from './limited-session.js';
import { type HeldLock } from './held-lock.js';
import { type StatementObserver } from './statement-observer.js';
import { type Telemetry } from './telemetry.js';
import { type OnVersionApply } from './version-apply.js';

/** The steps of a run, and the state that they were planned from. */
export interface ExecutionPlan {
  readonly steps: readonly ExecutableStep[];
  /** The version table's rows that the steps were planned from. */
  readonly rows: readonly string[];
  /** Whether all rows are deleted before the first step. */
  readonly purge: boolean;
  /**
   * Plans the steps from other rows: what is left to do where another run moved the rows before this run got the lock.
   */
  readonly replan: (rows: readonly string[]) => Promise<readonly ExecutableStep[]>;
  /**
   * Loads what a step needs, where that was put off. Called before the step begins, and for the one behind it while the
   * database works. Returns the same each time. Absent: nothing was put off.
   */
  readonly loaded?: (step: ExecutableStep) => Promise<ExecutableStep>;
}

/** How the steps of a run are executed. */
export interface ExecutionOptions {
  /** What `op` tells a revision about the run. */
  readonly about: OperationsContext;
  /** False: one transaction for all steps, where the engine has transactional DDL. */
  readonly transactionPerMigration: boolean;
  /** Called in the transaction of each step, after the version rows have moved. Default: none. */
  readonly onVersionApply?: readonly OnVersionApply[];
  /** How long to wait for a transaction that serves as the migration lock, in milliseconds. */
  readonly lockWaitTimeout: number;
  /** The migration lock, where another connection holds it. */
  readonly held?: HeldLock;
  readonly limits: StatementLimits;
  /** Sends each statement of a revision. */
  readonly guard: Guard;
  readonly begun: BegunRevisions;
  /** Sends the statements of revisions where a run is observed, which is on a scratch database. */
  readonly observe?: StatementObserver;
  /** Tells of revisions and statements. Default: no one listens. */
  readonly telemetry?: Telemetry;
  /** Changes tables that are large, where the options name a program for that. */
  readonly schemaChange?: SchemaChangeProgram;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}
