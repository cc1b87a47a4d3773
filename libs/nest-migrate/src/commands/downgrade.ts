import { keepToBranch } from '../revision/branch-bounds.js';
import { planDowngrade } from '../revision/downgrade-plan.js';
import { checkBranch } from '../revision/resolve.js';
import { type CommandContext } from './command-context.js';
import { type RunResult } from './results.js';
import { run, type RunOptions } from './run.js';

/** Downgrades the database to a revision; the default is one step, `'-1'`, as in Flask-Migrate. */
export async function downgrade(context: CommandContext, options: RunOptions = {}): Promise<RunResult> {
  const target = options.target ?? '-1';
  return run(context, options, ({ graph }, rows) => {
    // Alembic takes `typo@base` for base, which would undo everything
    checkBranch(graph, target);
    return keepToBranch(graph, rows, { target, plan: planDowngrade(graph, rows, target) });
  });
}
