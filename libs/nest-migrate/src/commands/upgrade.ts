import { offlineRange } from '../revision/offline-range.js';
import { targetFor } from '../revision/target.js';
import { planUpgrade } from '../revision/upgrade-plan.js';
import { type CommandContext } from './command-context.js';
import { writeSql } from './offline.js';
import { type RunResult, type SqlResult } from './results.js';
import { type Planning, run, type RunOptions } from './run.js';

/** Writes the upgrade as SQL and asks no database. The target is `<from>:<to>`, or a revision to reach from base. */
export async function upgrade(context: CommandContext, options: RunOptions & { sql: true }): Promise<SqlResult>;
/**
 * Upgrades the database to a revision; the default is `'head'`. Does nothing where the database is there already.
 *
 * @throws RevisionFailedError where a revision fails. It says where that leaves the database.
 */
export async function upgrade(context: CommandContext, options?: RunOptions & { sql?: false }): Promise<RunResult>;
export async function upgrade(
  context: CommandContext,
  options: RunOptions & { sql?: boolean } = {},
): Promise<RunResult | SqlResult> {
  const text = options.target ?? 'head';
  if (options.sql !== true) return run(context, options, upgradeTo(text));
  const { start, target } = offlineRange(text);
  return writeSql(context, options, { title: `upgrade ${start}:${target}`, start, planning: upgradeTo(target) });
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
