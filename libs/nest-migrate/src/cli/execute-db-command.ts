import { type LoggerService } from '@nestjs/common';
import { type ApplicationModule } from './application-slice.js';
import { bootApplication } from './booted-application.js';
import { groupArguments } from './db-arguments.js';
import { TerminalLogger } from './db-logger.js';
import { ExitCode } from './exit-code.js';
import { nodeVersionProblem } from './node-version.js';
import { runSession } from './run-session.js';
import { type DbCommandStreams } from './streams.js';
import { type Environment, Terminal } from './terminal.js';

/** How a command runs, beside its arguments and streams. */
export interface ExecutionSettings {
  readonly group?: string;
  readonly logger?: LoggerService | false;
  readonly signal?: AbortSignal;
  /** The environment, where the arguments are the process's own. */
  readonly launchedBy?: Environment;
}

/**
 * Runs a `db` command as a function of its arguments and streams. Touches nothing else of the process: made for tests.
 *
 * @param argv The command line, with or without the leading `db`.
 * @returns the exit code: 0 done, 1 failed, 2 bad usage, 3 a check did not pass.
 *
 * @example
 * let json = '';
 * const stdout = { write: (text: string) => (json += text) };
 * const code = await executeDbCommand(AppModule, ['db', 'current', '--json'], { stdout, stderr: process.stderr });
 */
export async function executeDbCommand(
  AppModule: ApplicationModule,
  argv: readonly string[],
  streams: DbCommandStreams,
): Promise<number> {
  return executeWith(AppModule, argv, streams, {});
}

/** {@link executeDbCommand} with what only `runDbCommand` can choose. */
export async function executeWith(
  AppModule: ApplicationModule,
  argv: readonly string[],
  streams: DbCommandStreams,
  { group = 'db', logger, signal = new AbortController().signal, launchedBy }: ExecutionSettings,
): Promise<number> {
  // what is forced on a process is not meant for streams of the caller's: test runners force colours on their workers
  const env = launchedBy ?? { ...process.env, FORCE_COLOR: undefined };
  const terminal = new Terminal(streams, env);
  const problem = nodeVersionProblem(process.versions.node);
  if (problem !== undefined) {
    terminal.failure(problem);
    return ExitCode.failed;
  }
  const dbLogger = logger ?? new TerminalLogger(terminal);
  return runSession(
    { group, terminal, logger: dbLogger, signal, launchedBy, boot: () => bootApplication(AppModule, dbLogger) },
    groupArguments(argv, group),
  );
}
