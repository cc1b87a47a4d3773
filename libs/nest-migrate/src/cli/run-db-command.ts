import { type LoggerService } from '@nestjs/common';
import { dbCommandWasAskedFor } from '../nest/db-line.js';
import { type ApplicationModule } from './application-slice.js';
import { isDbCommand } from './db-arguments.js';
import { inOwnProcess } from './own-process.js';
import { type DbCommandStreams } from './streams.js';

export type { ApplicationModule } from './application-slice.js';
export type { DbCommandFailure } from './present/failure-json.js';
export type { DbCommandStreams, InputStream, OutputStream } from './streams.js';

/**
 * Options of {@link runDbCommand}.
 *
 * @example
 * if (await runDbCommand(AppModule, { name: 'schema' })) process.exit();
 */
export interface RunDbCommandOptions {
  /**
   * The command line, instead of the process's own. With it nothing of the process is touched: no signal handler, no
   * exit code. `executeDbCommand` is the way to learn the code.
   */
  argv?: readonly string[];
  /** The group's word, where `db` is taken by the application. Default `'db'`. */
  name?: string;
  /**
   * Whether to end the process with the command's exit code. Default: true, and false with `argv`. With false and
   * without `argv`, `process.exitCode` is set.
   */
  exit?: boolean;
  /** Where Nest's log goes; `false` for nowhere. Default: warnings and errors to stderr. */
  logger?: LoggerService | false;
}

/**
 * The `db` commands in an application's `main.ts`. Returns `false` when the process was started for something else;
 * otherwise runs the command, closes every connection and ends the process with the command's exit code.
 *
 * @example
 * import { NestFactory } from '@nestjs/core';
 *
 * async function bootstrap(): Promise<void> {
 *   if (await runDbCommand(AppModule)) return;
 *   const app = await NestFactory.create(AppModule);
 *   await app.listen(3000);
 * }
 */
export async function runDbCommand(AppModule: ApplicationModule, options: RunDbCommandOptions = {}): Promise<boolean> {
  const { argv = process.argv.slice(2), name: group = 'db', logger, exit = options.argv === undefined } = options;
  dbCommandWasAskedFor();
  if (!isDbCommand(argv, group)) return false;
  if (options.argv !== undefined && !exit) {
    const { stdin, stdout, stderr } = process;
    const { executeWith } = await import('./execute-db-command.js');
    await executeWith(AppModule, argv, { stdin, stdout, stderr }, { group, logger });
    return true;
  }
  const launchedBy = options.argv === undefined ? process.env : undefined;
  const code = await inOwnProcess(async (streams, signal) => {
    const { executeWith } = await import('./execute-db-command.js');
    return executeWith(AppModule, argv, streams, { group, logger, signal, launchedBy });
  });
  if (exit) await (await import('../commands/telemetry-of.js')).flushTelemetry();
  // a provider may hold a timer or a socket, and no hook runs that would let go of it
  if (exit) process.exit(code);
  process.exitCode = code;
  return true;
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
  // an application that only starts does not need it
  const { executeWith } = await import('./execute-db-command.js');
  return executeWith(AppModule, argv, streams, {});
}
