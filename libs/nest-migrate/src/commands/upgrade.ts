import { headInCharge } from '../revision/head-in-charge.js';
import { checkBranch } from '../revision/resolve.js';
import { planUpgrade } from '../revision/upgrade-plan.js';
import { type CommandContext } from './command-context.js';
import { type RunResult } from './results.js';
import { run, type RunOptions } from './run.js';

/**
 * Upgrades the database to a revision; the default is `'head'`. Does nothing where the database is there already.
 *
 * @throws RevisionFailedError where a revision fails; what it says of the database is then true.
 */
export async function upgrade(context: CommandContext, options: RunOptions = {}): Promise<RunResult> {
  const target = options.target ?? 'head';
  return run(context, options, ({ graph }, rows) => {
    checkBranch(graph, target);
    return { steps: planUpgrade(graph, rows, headInCharge(graph, target)) };
  });
}
