import { type ModulesContainer } from '@nestjs/core';
import { DbLineMissingError } from '../errors/configuration.errors.js';
import { isDbCommandMode } from './db-command-mode.js';

/**
 * Set by the code that asks whether this process is for a `db` command. It is a fact about the process, as its
 * arguments are.
 */
let asked = false;

/** Notes that the application's `main.ts` has the line, so that the meaning of the arguments is decided. */
export function dbCommandWasAskedFor(): void {
  asked = true;
}

/**
 * Refuses to boot an application that was started with `db` and never asked for the command: it would start as a
 * server, perhaps after an upgrade that no one asked for. Applications of nest-commander may have a `db` of their own,
 * and the arguments of a test runner are not those of the application.
 *
 * @throws DbLineMissingError with the line to add.
 */
export function assertDbLine(modules: ModulesContainer): void {
  if (asked || isDbCommandMode() || !startedWithDb(process.argv) || isTestRunner(process.env)) return;
  if ([...modules.values()].some(({ metatype }) => metatype?.name === 'CommandRunnerModule')) return;
  throw new DbLineMissingError();
}

/** `nest start --no-shell` passes words with quotes around them. */
function startedWithDb([, , word]: readonly string[]): boolean {
  return word === 'db' || word === '"db"';
}

function isTestRunner(env: NodeJS.ProcessEnv): boolean {
  return ['JEST_WORKER_ID', 'VITEST', 'NODE_TEST_CONTEXT'].some((name) => env[name] !== undefined);
}
