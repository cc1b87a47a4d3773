import { type ModulesContainer } from '@nestjs/core';
import { DbLineMissingError } from '../errors/configuration.errors.js';
import { isDbCommandMode } from './db-command-mode.js';

/** Set by whoever asks whether this process is for a `db` command. A fact about the process, as its arguments are. */
let asked = false;

/** Tells that the application's `main.ts` has the line: whatever its arguments say, it was decided what they mean. */
export function dbCommandWasAskedFor(): void {
  asked = true;
}

/**
 * Refuses to boot an application that was started with `db` and never asked for the command: it would come up as a
 * server, maybe after an upgrade that nobody ordered. Applications of nest-commander may have a `db` of their own, and a
 * test runner's arguments are not the application's.
 *
 * @throws DbLineMissingError with the line to add.
 */
export function assertDbLine(modules: ModulesContainer): void {
  if (asked || isDbCommandMode() || !startedWithDb(process.argv) || isTestRunner(process.env)) return;
  if ([...modules.values()].some(({ metatype }) => metatype?.name === 'CommandRunnerModule')) return;
  throw new DbLineMissingError();
}

/** `nest start --no-shell` hands over words with quotes around them. */
function startedWithDb([, , word]: readonly string[]): boolean {
  return word === 'db' || word === '"db"';
}

function isTestRunner(env: NodeJS.ProcessEnv): boolean {
  return ['JEST_WORKER_ID', 'VITEST', 'NODE_TEST_CONTEXT'].some((name) => env[name] !== undefined);
}
