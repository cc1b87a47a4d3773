import { reasonOf } from '../errors/runtime.errors.js';
import { type CommandContext, type Common, databaseOf, emitter } from './command-context.js';
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
}

/**
 * What an upgrade would do to the database: what each statement locks, whom that stops, how long it takes there, and what
 * to write in its place. The statements are measured on a scratch database. The application's database is only read.
 *
 * @throws ScratchPlaceMissingError where the options do not say where a scratch database may be created.
 */
export async function plan(context: CommandContext, options: PlanOptions = {}): Promise<PlanResult> {
  const { target = 'head', ...common } = options;
  const scripts = await readScripts(context, common);
  const { rows, interrupted } = await databaseOf(context, common).glance();
  const planned = planFor(scripts, upgradeTo(target), rows, interrupted);
  const ids = planned.steps.map(({ revision }) => revision).filter((id) => id !== null);
  const statistics = ids.length === 0 ? undefined : await readStatistics(context, common).catch(tell(context, common));
  return makePlan(context, planned.scripts, { ids, rows, statistics }, common);
}

/** A plan without sizes is still a plan. */
function tell(context: CommandContext, common: Common): (error: unknown) => undefined {
  return (error) => {
    const message = `The sizes of the tables could not be read: ${reasonOf(error)}`;
    emitter(context, common)({ type: 'warning', message });
    return undefined;
  };
}
