import { type PlanResult } from './plan-result.js';
import { type RecordingObstacle } from './recorded-revisions.js';
import { type RevisionInfo } from './results.js';

/** What an operation of a revision does. */
export interface GraphOperation {
  /** In words, one text a change. */
  readonly words: readonly string[];
  /** The statements that it sends, in order; `null` where they depend on what the database has. */
  readonly sql: readonly string[] | null;
}

/** What the `upgrade` of a revision does: as it was recorded without a database, or as its file was read and not run. */
export type GraphContent =
  | {
      /** It was run without a database. */
      readonly kind: 'recorded';
      /** In order; up to the obstacle where there is one. */
      readonly operations: readonly GraphOperation[];
      /** Why that is not all of it; `null` where it is. */
      readonly obstacle: RecordingObstacle | null;
    }
  | {
      /** Its file was read, and nothing was run. */
      readonly kind: 'read';
      /** The statements of the function, as they are written; `null` where it is no plain one. */
      readonly code: readonly string[] | null;
    };

/** A revision of a picture. */
export interface GraphRevision extends RevisionInfo {
  /** Whether it is applied; `null` where the database was not asked. */
  readonly isApplied: boolean | null;
  /** What it does. */
  readonly content: GraphContent;
}

/** A history with what its revisions do; what `db graph --format html` draws. */
export interface GraphResult {
  /** The name of the connection; `default` for the one without a `contextName`. */
  readonly connection: string;
  /** The version table's rows, sorted; `null` where the database was not asked. */
  readonly rows: readonly string[] | null;
  /** The rows that no script has. */
  readonly unknown: readonly string[];
  /** Newest first. */
  readonly revisions: readonly GraphRevision[];
  /** What was planned; `null` where no plan was given. */
  readonly plan: PlanResult | null;
}
