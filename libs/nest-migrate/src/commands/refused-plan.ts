import { isAtLeast, type Level } from '../plan/level.js';
import { type CommandContext } from './command-context.js';
import { plan, type PlanOptions } from './plan.js';

/** The findings of a plan that are of a level or worse, a sentence each. */
export async function refusedBy(
  context: CommandContext,
  options: PlanOptions,
  level: Level,
): Promise<readonly string[]> {
  const { findings } = await plan(context, options);
  return findings
    .filter((finding) => finding.accepted === undefined && isAtLeast(finding.level, level))
    .map(({ rule, revision, message }) => `${rule}${revision === null ? '' : ` in ${revision}`}: ${message}`);
}
