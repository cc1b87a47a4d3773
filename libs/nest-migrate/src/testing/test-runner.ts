import { MigratedDatabaseError } from '../errors/testing.errors.js';

/**
 * The functions of a test runner by which tests are registered, such as those of jest and of vitest.
 *
 * @example
 * import { beforeAll, describe, it } from '@jest/globals'; // or from 'vitest'
 *
 * describeMigrations({ orm: config, directory: 'migrations', runner: { beforeAll, describe, it } });
 */
export interface TestRunner {
  /** Registers tests under a name. */
  readonly describe: (name: string, register: () => void) => unknown;
  /** Registers a test; `timeout` in milliseconds. */
  readonly it: (name: string, test: () => Promise<void>, timeout?: number) => unknown;
  /** Registers work that is done before the tests around it; `timeout` in milliseconds. */
  readonly beforeAll: (work: () => Promise<void>, timeout?: number) => unknown;
}

/** The names of {@link TestRunner}. */
const FUNCTIONS = ['describe', 'it', 'beforeAll'] as const;

/**
 * The runner that was given, or the global functions of the one that runs this file.
 *
 * @throws MigratedDatabaseError where there are none.
 */
export function testRunner(given: TestRunner | undefined): TestRunner {
  const runner = given ?? (globalThis as unknown as Partial<TestRunner>);
  const missing = FUNCTIONS.filter((name) => typeof runner[name] !== 'function');
  if (missing.length === 0) return runner as TestRunner;
  throw new MigratedDatabaseError(
    `describeMigrations() finds no ${missing.join(', no ')} to register its tests with.`,
    {
      cure: "Import them from the test runner and hand them over: describeMigrations({ …, runner: { beforeAll, describe, it } }). vitest has them as globals only with 'globals: true'.",
    },
  );
}
