import { CommandExit, type CommandSession } from './command-session.js';
import { ExitCode, exitCodeOf } from './exit-code.js';
import { failureJson } from './present/failure-json.js';
import { failureLines } from './present/failure.js';

/** Tells how a session failed, if it did, and returns its exit code. */
export function sessionExitCode({ failure, group, terminal }: CommandSession): number {
  if (failure === undefined) return ExitCode.done;
  const { error, verbose, json } = failure;
  if (error instanceof CommandExit) return error.exitCode;
  if (json) {
    terminal.detail(JSON.stringify(failureJson(error, group)));
    return exitCodeOf(error);
  }
  const [line = '', ...details] = failureLines(error, { verbose: verbose || terminal.debugging, group });
  terminal.failure(line);
  details.forEach((detail) => terminal.detail(detail));
  return exitCodeOf(error);
}
