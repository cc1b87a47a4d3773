import { UsageError } from '../errors/usage.errors.js';
import { CommandExit } from './command-session.js';

/** The exit codes of `db` commands. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  /** A check did not pass. */
  no: 3,
} as const;

/** The exit code for what a command ended with. A failure is never 0. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandExit) return error.exitCode;
  return error instanceof UsageError ? ExitCode.usage : ExitCode.failed;
}
