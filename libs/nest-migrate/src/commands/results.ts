import { type RenameCandidate } from '../autogenerate/schema-comparison.js';
import { type Operation } from '../operations/operation.js';
import { type Step } from '../runtime/events.js';

export type { RenameCandidate } from '../autogenerate/schema-comparison.js';

/**
 * One revision as the commands report it. Plain data: JSON holds all of it, and `db heads --json` prints it.
 *
 * @example
 * const waiting = (await migrations.history({ range: 'current:' })).filter(({ isMergePoint }) => !isMergePoint);
 */
export interface RevisionInfo {
  /** The id. */
  readonly revision: string;
  /** The ids that it follows: none at a base, several at a merge. */
  readonly downRevision: readonly string[];
  /** The ids that have to be applied before it besides, whatever branch they are on. */
  readonly dependsOn: readonly string[];
  /** The labels that the revision carries, its own and those that reach it along its branch; sorted. */
  readonly branchLabels: readonly string[];
  /** What it does, in its author's words; may have several lines, may be empty. */
  readonly message: string;
  /** ISO 8601 with an offset; `null` where the script does not say. */
  readonly createDate: string | null;
  /** The script, absolute. */
  readonly path: string;
  /** The revisions that follow it, sorted; more than one at a branch point. */
  readonly children: readonly string[];
  /** No other revision follows it. */
  readonly isHead: boolean;
  /** A head that another revision depends on: `upgrade heads` needs no row for it. */
  readonly isEffectiveHead: boolean;
  /** It follows no other. */
  readonly isBase: boolean;
  /** More than one other follows it. */
  readonly isBranchPoint: boolean;
  /** It follows more than one other. */
  readonly isMergePoint: boolean;
  /** Whether it is a row of the version table; `null` where the database was not asked. */
  readonly isCurrent: boolean | null;
}

/** What a run found and did; what `db upgrade --json` prints. */
export interface RunResult {
  /** The version table's rows before the run, sorted. */
  readonly before: readonly string[];
  /** The rows after it, sorted. */
  readonly rows: readonly string[];
  /** What was done, in order; empty where there was nothing to do. */
  readonly steps: readonly Step[];
}

/** What a run without a database would do, and the SQL that does it. */
export interface SqlResult {
  readonly steps: readonly Step[];
  /** A script for the engine's own client: `psql`, `mysql` or `mariadb`. Ends with a line break. */
  readonly sql: string;
}

/** What lies between the database and the entities. */
export interface Diff {
  /** What an upgrade would do. */
  readonly operations: readonly Operation[];
  readonly candidates: readonly RenameCandidate[];
  readonly warnings: readonly string[];
}
