import { type PlannedStep } from '../revision/planned-step.js';
import { type BegunStep, type WaysOut } from '../revision/unfinished.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type HistoryEntry } from './ports.js';
import { type RevisionFunction } from './revision-data.js';

/** A planned step with the function that it runs; a stamp runs none. */
export interface ExecutableStep extends PlannedStep {
  readonly message: string;
  /** The lines that the step adds to the history. */
  readonly entries: readonly HistoryEntry[];
  readonly body?: RevisionBody;
}

/** What a step runs of its revision, and the services that it may ask for. */
export interface RevisionBody {
  readonly run: RevisionFunction;
  /** Whether nothing in the function can see whether what a verb has sent has ended when the next line runs. */
  readonly isPlain?: boolean;
  /** Returns a service that the revision named; throws for any other name. */
  readonly service: (name: string) => unknown;
}

/**
 * What to do about a statement that was running when a run died, where nothing tells whether the statement took effect.
 */
export type Interrupted = 'skip' | 'repeat';

/** How a run deals with revisions that earlier runs have begun and not finished. */
export interface BegunRevisions {
  /** Whether the run itself declares where the database is, so that unfinished revisions are forgotten. */
  readonly areForgotten: boolean;
  /** Absent where the caller does not say. */
  readonly interrupted?: Interrupted;
  /**
   * Refuses steps where an unfinished revision must be finished first and the steps do not finish it.
   *
   * @throws InterruptedRevisionError
   */
  admit(
    found: readonly InterruptedRevision[],
    rows: readonly string[],
    steps: readonly Pick<PlannedStep, 'revision' | 'direction'>[],
  ): void;
  /** The commands that resolve a step that was begun and not finished. */
  exits(step: BegunStep, rows: readonly string[]): WaysOut;
}
