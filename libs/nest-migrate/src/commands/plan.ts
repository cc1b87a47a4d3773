import { reasonOf } from '../errors/runtime.errors.js';
import { type CommandContext, type Common, emitter } from './command-context.js';
import { databaseOf } from './database-of.js';
import { writePlan } from './approved-plan.js';
import { makePlan } from './make-plan.js';
import { type PlanResult } from './plan-result.js';
import { readStatistics } from './read-statistics.js';
import { readScripts } from './revision-scripts.js';
import { planFor } from './run.js';
import { upgradeTo } from './upgrade.js';

/**
 * Options of `plan`.
 *
 * @example
 * const { worst, findings } = await migrations.plan({ target: 'head' });
 */
export interface PlanOptions extends Common {
  /** The revision to go to, as a symbol. Default: `'head'`. */
  target?: string;
  /**
   * A file that the plan is written to, for `upgrade` to be held to it. A relative path is resolved against the working
   * directory. Default: none is written.
   */
  out?: string;
}

/**
 * What an upgrade would do to the database: what each statement locks, whom that stops, how long it takes there, and what
 * to write in its place. The statements are measured on a scratch database. The application's database is only read.
 *
 * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
 */
export async function plan(context: CommandContext, options: PlanOptions = {}): Promise<PlanResult> {
  const { target = 'head', out, ...common } = options;
  const scripts = await readScripts(context, common);
  const { rows, interrupted } = await databaseOf(context, common).glance();
  const planned = planFor(scripts, upgradeTo(target), rows, interrupted);
  const ids = planned.steps.map(({ revision }) => revision).filter((id) => id !== null);
  const statistics = ids.length === 0 ? undefined : await readStatistics(context, common).catch(tell(context, common));
  const made = await makePlan(context, planned.scripts, { ids, rows, statistics }, common);
  if (out !== undefined) await writePlan(context, planned.scripts, { out, target, plan: made }, common);
  return made;
}

/** A plan without sizes is still a plan. */
function tell(context: CommandContext, common: Common): (error: unknown) => undefined {
  return (error) => {
    const message = `The sizes of the tables could not be read: ${reasonOf(error)}`;
    emitter(context, common)({ type: 'warning', message });
    return undefined;
  };
}
