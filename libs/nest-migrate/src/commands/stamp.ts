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
    for (const symbol of [revisions].flat()) checkBranch(graph, symbol);
    const steps = planStamp(graph, purge ? [] : rows, revisions);
    // Alembic writes rows of which one includes the other, and refuses them ever after
    checkIndependent(graph, steps.at(-1)?.rows ?? []);
    return { steps, purge };
  });
}
