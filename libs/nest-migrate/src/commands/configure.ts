import { InvalidOptionError } from '../errors/configuration.errors.js';
import { type MigrationModuleOptions } from './options.js';

/** The call that is about to happen, as {@link Configure} sees it. */
export interface ConfigureCall {
  /** The command, as it is typed: `upgrade`; `boot` while the application starts. */
  readonly command: string;
  /** The connection's name; `default` where it has none. */
  readonly connection: string;
  /** What `-x` or the call's `xArguments` said. */
  readonly xArguments: Readonly<Record<string, string>>;
}

/** The options that {@link Configure} gets and may change: all but itself. */
export type ConfigurableOptions = Omit<MigrationModuleOptions, 'configure'>;

/**
 * Changes the module's options for one call: called for every command on every connection, offline ones and the boot
 * included, before anything is read. Returns the options that change, which are checked as those of `forRoot()` are. An
 * option that is returned as `undefined` gets its default back. The next call starts from the module's options again.
 * Not asynchronous: what takes time belongs in the factory of `forRootAsync()`.
 *
 * Flask-Migrate's `@migrate.configure`.
 *
 * @example
 * MigrationModule.forRoot({
 *   configure: (options, { xArguments: { tenant } }) =>
 *     tenant === undefined ? {} : { versionTableSchema: tenant, directory: 'migrations/tenants' },
 * })
 */
export type Configure = (
  options: Readonly<ConfigurableOptions>,
  call: ConfigureCall,
) => ConfigurableOptions | undefined;

/**
 * The options of a call: those of the module, as the callbacks change them one after the other.
 *
 * @throws InvalidOptionError where `configure` is no function, or one returns something that is not options.
 */
export function configured(
  { configure = [], ...options }: MigrationModuleOptions,
  call: ConfigureCall,
): MigrationModuleOptions {
  let current: ConfigurableOptions = options;
  for (const callback of [configure].flat()) {
    if (typeof callback !== 'function')
      throw new InvalidOptionError('configure', 'is neither a function nor a list of them');
    const change: unknown = callback(current, call);
    if (change === undefined) continue;
    if (typeof change !== 'object' || change === null || Array.isArray(change)) {
      throw new InvalidOptionError(
        'configure',
        `returned ${Array.isArray(change) ? 'a list' : typeof change}`,
        'Return the options that change, as an object.',
      );
    }
    if (change instanceof Promise) {
      change.catch(() => undefined);
      throw new InvalidOptionError(
        'configure',
        'returned a promise',
        'Await in the factory of forRootAsync() instead.',
      );
    }
    if ('configure' in change) throw new InvalidOptionError('configure', "returned another 'configure'");
    current = { ...current, ...change };
  }
  return current;
}
