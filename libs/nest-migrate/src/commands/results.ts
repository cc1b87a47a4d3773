import { type RenameCandidate } from '../autogenerate/schema-comparison.js';
import { type Operation } from '../operations/operation.js';
import { type Step } from '../runtime/events.js';
import { type AcceptedFinding } from '../script/revision-script.js';

export type { AcceptedFinding } from '../script/revision-script.js';
export type { Preview, PreviewedStep } from '../runtime/dry-run.js';
export type { RenameCandidate } from '../autogenerate/schema-comparison.js';

/**
 * One revision as the commands report it. Plain data: JSON holds all of it, and `db heads --json` prints it.
 *
 * @example
 * const waiting = (await migrations.history({ range: 'current:' })).filter(({ isMergePoint }) => !isMergePoint);
 */
export interface RevisionInfo {
  /** The id of the revision. */
  readonly revision: string;
  /** The ids of the revisions that it follows: none at a base, several at a merge. */
  readonly downRevision: readonly string[];
  /** The ids of the other revisions that have to be applied before it, whatever branch they are on. */
  readonly dependsOn: readonly string[];
  /** The labels that the revision carries, its own and those that reach it along its branch; sorted. */
  readonly branchLabels: readonly string[];
  /** What the revision does, in its author's words; may have several lines, may be empty. */
  readonly message: string;
  /** When it was written: ISO 8601 with an offset; `null` where the script does not say. */
  readonly createDate: string | null;
  /** The absolute path of its script. */
  readonly path: string;
  /** The ids of the revisions that follow it, sorted; more than one at a branch point. */
  readonly children: readonly string[];
  /** Whether no other revision follows it. */
  readonly isHead: boolean;
  /** Whether it is a head that another revision depends on. `upgrade heads` needs no row for it. */
  readonly isEffectiveHead: boolean;
  /** Whether it follows no other revision. */
  readonly isBase: boolean;
  /** Whether more than one other revision follows it. */
  readonly isBranchPoint: boolean;
  /** Whether it follows more than one other revision. */
  readonly isMergePoint: boolean;
  /** Whether it is a row of the version table; `null` where the database was not asked. */
  readonly isCurrent: boolean | null;
  /** The ids of the revisions that it does the work of, oldest first; empty for most. */
  readonly replaces: readonly string[];
  /** The id of the squash that replaces it in new databases; `null` where none does. */
  readonly replacedBy: string | null;
  /** Why it cannot be undone; `null` where it can. */
  readonly irreversible: string | null;
  /** Whether a revision that replaces it need not do again what it does to rows. */
  readonly elidable: boolean;
  /** The findings about it that its author accepts. */
  readonly accept: readonly AcceptedFinding[];
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

/** What a run without a database would do, with the SQL that does it. */
export interface SqlResult {
  /** The steps that the script takes, in order; their `durationMs` is 0. */
  readonly steps: readonly Step[];
  /** A script for the engine's own client: `psql`, `mysql`, `mariadb` or `sqlite3`. It ends with a line break. */
  readonly sql: string;
}

/** The difference between the database and the entities. */
export interface Diff {
  /** What an upgrade would do; empty where there is no difference. */
  readonly operations: readonly Operation[];
  /** Possible renames without an answer; they stand in `operations` as a drop and an addition. */
  readonly candidates: readonly RenameCandidate[];
  /** What a reviewer of the revision should know: losses, failures to expect, what was left out. */
  readonly warnings: readonly string[];
}
