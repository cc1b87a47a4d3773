import { checkStampKeepsToBranch } from '../revision/branch-bounds.js';
import { headInCharge } from '../revision/head-in-charge.js';
import { checkBranch } from '../revision/resolve.js';
import { planStamp } from '../revision/stamp-plan.js';
import { checkIndependent } from '../revision/traversal.js';
import { type CommandContext } from './command-context.js';
import { type RunResult } from './results.js';
import { run, type RunOptions } from './run.js';

export interface StampOptions extends Omit<RunOptions, 'target'> {
  /** The revisions that the version table shall say, as symbols. */
  revisions: string | readonly string[];
  /** Deletes all rows first, also such as no script has. */
  purge?: boolean;
}

/** Rewrites the version table and runs no revision. */
export async function stamp(context: CommandContext, options: StampOptions): Promise<RunResult> {
  const { revisions, purge = false } = options;
  return run(context, options, ({ graph }, rows) => {
    const symbols = [revisions].flat();
    for (const symbol of symbols) checkBranch(graph, symbol);
    const steps = planStamp(
      graph,
      purge ? [] : rows,
      symbols.map((symbol) => headInCharge(graph, symbol)),
    );
    const after = steps.at(-1)?.rows;
    if (after !== undefined && !purge) {
      for (const target of symbols) checkStampKeepsToBranch(graph, rows, { target, after });
    }
    // Alembic writes rows of which one includes the other, and refuses them ever after
    checkIndependent(graph, after ?? []);
    return { steps, purge };
  });
}
