import { isAtLeast, type Level, levels } from './level.js';
import { type PlannedRun } from './planned-run.js';
import { type PlannedRevision, type PlannedStatement } from './planned-statement.js';
import { rules } from './rules/all-rules.js';

/** A finding of a rule. */
export interface RunFinding {
  readonly rule: string;
  /** What the rule finds, in a few words. */
  readonly title: string;
  readonly level: Level;
  readonly revision: PlannedRevision | undefined;
  readonly statement: PlannedStatement | undefined;
  readonly message: string;
  readonly instead: string;
}

/** The ids of the rules that are for an engine. */
export function ruleIdsFor(engine: PlannedRun['engine']): ReadonlySet<string> {
  return new Set(rules.filter(({ engines }) => engines?.includes(engine) !== false).map(({ id }) => id));
}

/** Whether a rule of some engine has that id. */
export function isRule(id: string): boolean {
  return rules.some((rule) => rule.id === id);
}

/** What the rules find in a run, by revision and statement. */
export function checkRun(run: PlannedRun): readonly RunFinding[] {
  const revisionOf = new Map(run.revisions.map((revision) => [revision.revision, revision]));
  const checked = ruleIdsFor(run.engine);
  return rules
    .filter(({ id }) => checked.has(id))
    .flatMap(({ id, level, title, check }) =>
      [...check(run)].map(({ statement, revision, ...found }) => ({
        rule: id,
        title,
        level: found.level ?? level,
        revision: revision ?? (statement === undefined ? undefined : revisionOf.get(statement.revision)),
        statement,
        message: found.message,
        instead: found.instead,
      })),
    );
}

/** The worst of some levels; `null` where there are none. */
export function worst(found: readonly Level[]): Level | null {
  return levels.findLast((level) => found.some((each) => isAtLeast(each, level))) ?? null;
}
