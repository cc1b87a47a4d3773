import { type RowChange } from './row-changes.js';

/** One step of a plan: the revision that runs, its direction, and the changes to the version table. */
export interface PlannedStep {
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The revision whose function runs. A stamp runs none: then the revision stamped, or `null` for base. */
  readonly revision: string | null;
  /** Where the step comes from, by `downRevision` alone: `a, b` of `Running upgrade a, b -> c`. Empty: base. */
  readonly from: readonly string[];
  /** Where the step leads to. Empty: base. */
  readonly to: readonly string[];
  /** What to do to the version table, in this order. */
  readonly changes: readonly RowChange[];
  /** Whether it only gives a row the name of the squash that means the same state. */
  readonly isRelabelling?: boolean;
  /** The version table after the step, sorted. */
  readonly rows: readonly string[];
}
