import { type RowChange } from './row-changes.js';

/** One step of a plan: which revision runs in which direction, and what becomes of the version table. */
export interface PlannedStep {
  readonly direction: 'upgrade' | 'downgrade' | 'stamp';
  /** The revision whose function runs; for a stamp, which runs none, the one stamped or `null` for base. */
  readonly revision: string | null;
  /** Where the step comes from, by `downRevision` alone: `a, b` of `Running upgrade a, b -> c`. Empty: base. */
  readonly from: readonly string[];
  /** Where the step leads to. Empty: base. */
  readonly to: readonly string[];
  /** What to do to the version table, in this order. */
  readonly changes: readonly RowChange[];
  /** The version table after the step, sorted. */
  readonly rows: readonly string[];
}
