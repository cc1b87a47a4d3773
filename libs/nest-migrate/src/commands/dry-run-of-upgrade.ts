import { preview, type Preview } from '../runtime/dry-run.js';
import { type CommandContext, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { operationsContext } from './operations-context.js';
import { readingOnly } from './read-only.js';
import { readScripts } from './revision-scripts.js';
import { planFor, type Planning, type RunOptions } from './run.js';
import { loadSteps } from './step-loading.js';

/**
 * Runs the functions of revisions on a session that the server keeps from writing, and returns what they would send. No
 * lock is taken, and no provider of the application is asked for.
 */
export async function dryRun(context: CommandContext, options: RunOptions, planning: Planning): Promise<Preview> {
  const database = databaseOf(context, options);
  const { engine } = database;
  const scripts = await readScripts(context, options);
  const { rows, interrupted } = await database.glance();
  const planned = planFor(scripts, planning, rows, interrupted);
  for (const message of planned.warnings ?? []) emitter(context, options)({ type: 'warning', message });
  const steps = await loadSteps(context, planned, { get: () => undefined }, rows);
  const about = operationsContext(context, engine.name, { ...options, offline: false });
  const show = (session: Parameters<typeof preview>[1]['session']): Promise<Preview> =>
    preview(steps, { engine, session, about, signal: options.signal });
  // to open a database that is not there would create it
  if (!(await database.exists())) return show({ query: async () => [] });
  return readingOnly(database, show);
}
