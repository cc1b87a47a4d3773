import { type Level, type PlanResult } from '../../commands/plan-result.js';
import { choice } from '../definition/option.js';
import { type Terminal } from '../terminal.js';

/** The forms in which a plan is printed. */
export const planFormats = ['text', 'json', 'github', 'sarif', 'markdown', 'html'] as const;

export type PlanFormat = (typeof planFormats)[number];

const levels = ['notice', 'warning', 'blocking'] as const satisfies readonly Level[];

function isAtLeast(level: Level, other: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(other);
}

/** The options of the commands that tell what a run would do. */
export const planOptions = {
  failOn: choice(
    '--fail-on <level>',
    'exit code 3 from which level on: notice, warning or blocking (the default)',
    levels,
  ),
  format: choice('--format <form>', 'text, json, github (annotations), sarif, markdown or html', planFormats),
};

/** What was given of them. */
export interface GivenPlanOptions {
  readonly failOn?: Level;
  readonly format?: PlanFormat;
}

/** `--format json` is what `--json` is everywhere. */
export function asAsked({ format }: GivenPlanOptions, terminal: Terminal): void {
  if (format === 'json') terminal.asJson = true;
}

/** Whether a plan has findings of the level, or worse. */
export function fails({ worst }: PlanResult, { failOn = 'blocking' }: GivenPlanOptions): boolean {
  return worst !== null && isAtLeast(worst, failOn);
}

/** Why the check did not pass. */
export function whyItFails({ findings }: PlanResult, { failOn = 'blocking' }: GivenPlanOptions): string {
  const found = findings.filter(({ level, accepted }) => accepted === undefined && isAtLeast(level, failOn));
  const counts = levels
    .toReversed()
    .map((level) => [level, found.filter((finding) => finding.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => countOf(level, count));
  return `${counts.join(', ')}.`;
}

/** `1 blocking finding`, `2 warnings`. */
export function countOf(level: Level, count: number): string {
  if (level === 'blocking') return `${count} blocking ${count === 1 ? 'finding' : 'findings'}`;
  return `${count} ${level}${count === 1 ? '' : 's'}`;
}
