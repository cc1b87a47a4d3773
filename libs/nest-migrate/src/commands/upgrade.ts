import { offlineRange } from '../revision/offline-range.js';
import { targetFor } from '../revision/target.js';
import { planUpgrade } from '../revision/upgrade-plan.js';
import { type CommandContext } from './command-context.js';
import { writeSql } from './offline.js';
import { type Preview, type RunResult, type SqlResult } from './results.js';
import { type Planning, run, type RunOptions } from './run.js';

/**
 * Options of `upgrade`.
 *
 * @example
 * await migrations.upgrade({ plan: 'plan.json' });
 */
export interface UpgradeOptions extends RunOptions {
  /**
   * A file that `plan` has written: the upgrade is refused with PlanOutdatedError where the revisions, the rows, the schema
   * or the statements are no longer those of the plan. The target is that of the plan. A relative path is resolved against
   * the working directory. Default: any upgrade.
   */
  plan?: string;
}

/** Writes the upgrade as SQL and asks no database. The target is `<from>:<to>`, or a revision to reach from base. */
export async function upgrade(context: CommandContext, options: RunOptions & { sql: true }): Promise<SqlResult>;
/** Shows what the upgrade would send, on a session that the server keeps from writing. */
export async function upgrade(context: CommandContext, options: UpgradeOptions & { dryRun: true }): Promise<Preview>;
/**
 * Upgrades the database to a revision; the default is `'head'`. Does nothing where the database is there already.
 *
 * @throws RevisionFailedError where a revision fails. It says where that leaves the database.
 */
export async function upgrade(
  context: CommandContext,
  options?: UpgradeOptions & { sql?: false; dryRun?: false },
): Promise<RunResult>;
export async function upgrade(
  context: CommandContext,
  { plan, dryRun = false, ...options }: UpgradeOptions & { sql?: boolean; dryRun?: boolean } = {},
): Promise<RunResult | SqlResult | Preview> {
  const text = options.target ?? 'head';
  if (options.sql === true) {
    const { start, target } = offlineRange(text);
    return writeSql(context, options, { title: `upgrade ${start}:${target}`, start, planning: upgradeTo(target) });
  }
  // few upgrades need what these load
  const planning =
    plan === undefined
      ? upgradeTo(text)
      : await (await import('./approved-plan.js')).planningOf(context, plan, options);
  if (dryRun) return (await import('./dry-run-of-upgrade.js')).dryRun(context, options, planning);
  return run(context, options, planning, 'upgrade');
}

/** Plans an upgrade to a target. */
export function upgradeTo(text: string): Planning {
  return {
    symbols: [text],
    planner: ({ graph }) => {
      const target = targetFor(graph, text, 'upgrade');
      return (rows) => ({ steps: planUpgrade(graph, rows, target) });
    },
  };
}
