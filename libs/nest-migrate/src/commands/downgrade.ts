import { OfflineRangeError } from '../errors/offline.errors.js';
import { IrreversibleRevisionError } from '../errors/revision.errors.js';
import { offlineRange } from '../revision/offline-range.js';
import { requestedDowngrade } from '../revision/requested-downgrade.js';
import { targetFor } from '../revision/target.js';
import { type CommandContext } from './command-context.js';
import { writeSql } from './offline.js';
import { type RunResult, type SqlResult } from './results.js';
import { type Planning, run, type RunOptions } from './run.js';

/**
 * Writes the downgrade as SQL and asks no database. The target is `<from>:<to>`; the default is `'head:-1'`, as in
 * Flask-Migrate.
 *
 * @throws OfflineRangeError where the target does not say where the database stands.
 */
export async function downgrade(context: CommandContext, options: RunOptions & { sql: true }): Promise<SqlResult>;
/** Downgrades the database to a revision; the default is one step, `'-1'`, as in Flask-Migrate. */
export async function downgrade(context: CommandContext, options?: RunOptions & { sql?: false }): Promise<RunResult>;
export async function downgrade(
  context: CommandContext,
  options: RunOptions & { sql?: boolean } = {},
): Promise<RunResult | SqlResult> {
  const text = options.target ?? '-1';
  if (options.sql !== true) return run(context, options, downgradeTo(text), 'downgrade');
  const range = text === '-1' ? 'head:-1' : text;
  if (!range.includes(':')) {
    const problem = `downgrade with --sql requires <fromrev>:<torev>, and got '${text}'.`;
    throw new OfflineRangeError(text, problem, `Say where the database stands: head:${text}.`);
  }
  const { start, target } = offlineRange(range);
  return writeSql(context, options, { title: `downgrade ${start}:${target}`, start, planning: downgradeTo(target) });
}

/** Plans the way back to a revision. */
export function downgradeTo(text: string): Planning {
  return {
    symbols: [text],
    planner: ({ graph }) => {
      const target = targetFor(graph, text, 'downgrade');
      return (rows) => {
        const plan = requestedDowngrade(graph, rows, target);
        for (const { revision } of plan.steps) {
          const { irreversible = null } = revision === null ? {} : graph.get(revision);
          if (revision !== null && irreversible !== null) throw new IrreversibleRevisionError(revision, irreversible);
        }
        return plan;
      };
    },
  };
}
