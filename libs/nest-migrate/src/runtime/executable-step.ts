import { type PlannedStep } from '../revision/planned-step.js';
import { type BegunStep, type WaysOut } from '../revision/unfinished.js';
import { type InterruptedRevision } from './interrupted-revision.js';
import { type HistoryEntry } from './ports.js';
import { type RevisionFunction } from './revision-data.js';

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

/** What is to be done about a statement that was running when a run died, where nothing tells whether it took effect. */
export type Interrupted = 'skip' | 'repeat';

/** What a run makes of revisions that earlier runs have begun and not finished. */
export interface BegunRevisions {
  /** Whether the run itself says where the database is, so that they are forgotten. */
  readonly areForgotten: boolean;
  /** Absent where the caller does not say. */
  readonly interrupted?: Interrupted;
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
