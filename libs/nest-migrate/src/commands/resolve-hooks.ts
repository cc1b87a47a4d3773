import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type MigrationModuleOptions, type ResolvedHooks } from './options.js';
import { directiveProcessors } from './revision-directives.js';

/**
 * Checks the options that are functions.
 *
 * @throws InvalidOptionError naming the option.
 */
export function resolveHooks(options: MigrationModuleOptions): ResolvedHooks {
  return {
    comparison: {
      includeObject: functionOrNothing('includeObject', options.includeObject),
      includeName: functionOrNothing('includeName', options.includeName),
      compareType: functionOrBoolean('compareType', options.compareType),
      compareServerDefault: functionOrBoolean('compareServerDefault', options.compareServerDefault),
    },
    renderItem: functionOrNothing('renderItem', options.renderItem),
    renderColumn: functionOrNothing('renderColumn', options.renderColumn),
    processRevisionDirectives: directiveProcessors(options.processRevisionDirectives),
    onVersionApply: functions('onVersionApply', options.onVersionApply),
    onEvent: functionOrNothing('onEvent', options.onEvent),
  };
}

type Callable = (...args: never[]) => unknown;

function functionOrNothing<F extends Callable>(option: string, value: F | undefined): F | undefined {
  if (value === undefined || typeof value === 'function') return value;
  throw new InvalidOptionError(option, 'is no function');
}

function functionOrBoolean<F extends Callable>(
  option: string,
  value: F | boolean | undefined,
): F | boolean | undefined {
  if (value === undefined || typeof value === 'boolean' || typeof value === 'function') return value;
  throw new InvalidOptionError(option, 'is neither a function nor true or false');
}

function functions<F extends Callable>(option: string, value: F | readonly F[] | undefined): readonly F[] {
  const list = value === undefined ? [] : ([value].flat() as readonly F[]);
  if (list.every((entry) => typeof entry === 'function')) return list;
  throw new InvalidOptionError(option, 'is neither a function nor a list of them');
}
