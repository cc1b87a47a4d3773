import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type BootPlanOptions } from './options.js';

const LEVELS: readonly unknown[] = ['notice', 'warning', 'blocking'];

/** @throws InvalidOptionError naming the option. */
export function resolveBootPlan(options: BootPlanOptions): Readonly<BootPlanOptions> {
  const cure = "Write plan: { refuse: 'blocking' }.";
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new InvalidOptionError('plan', `is no object: ${JSON.stringify(options)}`, cure);
  }
  for (const option of Object.keys(options)) {
    if (option !== 'refuse') throw new InvalidOptionError(`plan.${option}`, 'is not known', 'There is: refuse.');
  }
  if (options.refuse !== undefined && !LEVELS.includes(options.refuse)) {
    throw new InvalidOptionError('plan.refuse', `is no level: ${JSON.stringify(options.refuse)}`, cure);
  }
  return options;
}
