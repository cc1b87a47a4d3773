import { type OperationRegistry } from '../operations/operation-registry.js';
import { type StatementLimits } from '../engines/session-limits.js';
import { type PlannedStep } from '../revision/planned-step.js';
import { type BegunStep, type WaysOut } from '../revision/unfinished.js';
import { type Emit } from './events.js';
import { type HistoryEntry } from './history-table.js';
import { type InterruptedRevision } from './journal.js';
import { type RevisionFunction } from './revision-data.js';
import { type Guard } from './limited-session.js';
import { type Interrupted } from './revision-journal.js';
import { type HeldLock } from './transaction-lock.js';
import { type OnVersionApply } from './version-apply.js';

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

/** What a run makes of revisions that earlier runs have begun and not finished. */
export interface BegunRevisions {
  /** Whether the run itself says where the database is, so that they are forgotten. */
  readonly areForgotten: boolean;
  /**
   * Refuses steps that finish none of them where one has to be finished first.
   *
   * @throws InterruptedRevisionError
   */
  admit(
    found: readonly InterruptedRevision[],
    rows: readonly string[],
    steps: readonly Pick<PlannedStep, 'revision' | 'direction'>[],
  ): void;
  /** The commands that get out of a step that is begun. */
  exits(step: BegunStep, rows: readonly string[]): WaysOut;
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
  readonly limits: StatementLimits;
  /** Sends each statement of a revision. */
  readonly guard: Guard;
  /** The migration lock, where another connection holds it. */
  readonly held?: HeldLock;
  /** The version table's rows that the steps were planned from. */
  readonly rows: readonly string[];
  /** The steps from other rows: what is left to do where somebody else moved them before the lock was had. */
  readonly replan: (rows: readonly string[]) => Promise<readonly ExecutableStep[]>;
  /** Whether all rows are deleted before the first step. */
  readonly purge: boolean;
  /** What to do about a statement that was running when an earlier run died, where nothing tells whether it took effect. */
  readonly interrupted?: Interrupted;
  readonly begun: BegunRevisions;
  readonly signal?: AbortSignal;
  readonly emit: Emit;
}
