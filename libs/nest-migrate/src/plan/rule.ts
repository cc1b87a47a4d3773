import { type DialectName } from '../engines/dialect-name.js';
import { type Level } from './level.js';
import { type PlannedRevision, type PlannedStatement } from './planned-statement.js';
import { type PlannedRun } from './planned-run.js';

/** What a rule has found. */
export interface Found {
  /** The statement that it is about; absent where it is about a revision, or the whole run. */
  readonly statement?: PlannedStatement;
  /** The revision, where no statement names it. */
  readonly revision?: PlannedRevision;
  /** Absent: the level of the rule. */
  readonly level?: Level;
  /** What happens, in one or two sentences. */
  readonly message: string;
  /** What to do about it, in a sentence. */
  readonly instead: string;
}

/** One thing that is looked for in a run. `docs/rules/<id>.md` tells people of it. */
export interface Rule {
  /** The stable name by which revisions accept what it finds. */
  readonly id: string;
  readonly level: Level;
  /** The engines that it is for. Absent: all. */
  readonly engines?: readonly DialectName[];
  /** What it finds, in a few words. */
  readonly title: string;
  check(this: void, run: PlannedRun): Iterable<Found>;
}

/** Makes a rule. */
export function defineRule(rule: Rule): Rule {
  return rule;
}
