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

/** Runs a `db` command, with what only `runDbCommand` can choose. */
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
