import { type DatabaseStatistics } from '../engines/statistics/statistics.js';
import { type Level } from '../plan/level.js';
import { type PlannedRevision } from '../plan/planned-statement.js';
import { type Finding } from './finding.js';

export { levels } from '../plan/level.js';
export { describeBytes, describeRows } from '../plan/magnitude.js';
export type { Level } from '../plan/level.js';
export type { Magnitude, TableSize } from '../plan/magnitude.js';
export type {
  FailedStatement,
  HandedStatement,
  PlannedRevision,
  PlannedStatement,
  PlannedTable,
} from '../plan/planned-statement.js';
export type { Blocked, Work } from '../engines/impact/impact.js';
export type { CountingKey, DatabaseStatistics, TableStatistics } from '../engines/statistics/statistics.js';

/** Something that a plan tells about a revision, and what to do about it. Each rule has a page. */
export interface PlanFinding extends Finding {
  /** How bad it is. */
  readonly level: Level;
  /** What the rule finds, in a few words. */
  readonly title: string;
  /** The place of the statement in its revision, from 0; `null` where it is about none. */
  readonly statement: number | null;
  /** The statement; `null` where it is about none. */
  readonly sql: string | null;
  /** The absolute path of the revision's script; `null` where it is about all of them. */
  readonly path: string | null;
  /** The line in it, from 1; `null` where it is not known. */
  readonly line: number | null;
  /** What to do about it, in a sentence. */
  readonly instead: string;
}

/** What an upgrade does to a database, before it does so. */
export interface PlanResult {
  /** The worst level of what was found and is not accepted; `null` where there is nothing. */
  readonly worst: Level | null;
  /** The version table's rows: where the database stands. `null` where no database was asked. */
  readonly rows: readonly string[] | null;
  /** The revisions, in the order in which they are applied. */
  readonly revisions: readonly PlannedRevision[];
  /** What was found, the worst first. */
  readonly findings: readonly PlanFinding[];
  /** What the live database told of itself, of the tables that the plan is about; `null` where nothing is known of it. */
  readonly statistics: DatabaseStatistics | null;
}
