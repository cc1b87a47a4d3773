import { DowngradeRefusedError } from '../errors/loss.errors.js';
import { OfflineRangeError } from '../errors/offline.errors.js';
import { IrreversibleRevisionError } from '../errors/revision.errors.js';
import { offlineRange } from '../revision/offline-range.js';
import { requestedDowngrade } from '../revision/requested-downgrade.js';
import { targetFor } from '../revision/target.js';
import { type CommandContext } from './command-context.js';
import { databaseOf } from './database-of.js';
import { namedDatabase } from './named-database.js';
import { writeSql } from './offline.js';
import { type RunResult, type SqlResult } from './results.js';
import { type Planning, run, type RunOptions } from './run.js';

/**
 * Options of `downgrade`.
 *
 * @example
 * await migrations.downgrade({ target: 'base', database: 'shop' });
 */
export interface DowngradeOptions extends RunOptions {
  /**
   * The name of the database, which lets every revision be undone where it is marked as production. Another name than its
   * own is refused. Default: none.
   */
  database?: string;
}

/**
 * Writes the downgrade as SQL and asks no database. The target is `<from>:<to>`; the default is `'head:-1'`, as in
 * Flask-Migrate.
 *
 * @throws OfflineRangeError where the target does not say where the database stands.
 */
export async function downgrade(context: CommandContext, options: DowngradeOptions & { sql: true }): Promise<SqlResult>;
/**
 * Downgrades the database to a revision; the default is one step, `'-1'`, as in Flask-Migrate.
 *
 * @throws DowngradeRefusedError where the database is marked as production, was not named, and would have no revision left.
 */
export async function downgrade(
  context: CommandContext,
  options?: DowngradeOptions & { sql?: false },
): Promise<RunResult>;
export async function downgrade(
  context: CommandContext,
  options: DowngradeOptions & { sql?: boolean } = {},
): Promise<RunResult | SqlResult> {
  const text = options.target ?? '-1';
  if (options.sql !== true)
    return run(context, options, await keepingMarked(context, options, downgradeTo(text)), 'downgrade');
  const range = text === '-1' ? 'head:-1' : text;
  if (!range.includes(':')) {
    const problem = `downgrade with --sql requires <fromrev>:<torev>, and got '${text}'.`;
    throw new OfflineRangeError(text, problem, `Say where the database stands: head:${text}.`);
  }
  const { start, target } = offlineRange(range);
  return writeSql(context, options, { title: `downgrade ${start}:${target}`, start, planning: downgradeTo(target) });
}

/** Refuses a plan that leaves a database without a revision, where it is marked as production and was not named. */
async function keepingMarked(
  context: CommandContext,
  { database: typed, ...options }: DowngradeOptions,
  planning: Planning,
): Promise<Planning> {
  const { name, refusal } = await namedDatabase(databaseOf(context, options), typed);
  if (refusal === undefined) return planning;
  if (refusal.kind === 'otherName') throw new DowngradeRefusedError(name, planning.symbols.join(' '), refusal);
  const planner: Planning['planner'] = (scripts) => {
    const planned = planning.planner(scripts);
    return (rows) => {
      const plan = planned(rows);
      if (plan.steps.at(-1)?.rows.length === 0)
        throw new DowngradeRefusedError(name, planning.symbols.join(' '), refusal);
      return plan;
    };
  };
  return { ...planning, planner };
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
