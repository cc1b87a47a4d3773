import { type BootedApplication } from './booted-application.js';
import { type CommandSession } from './command-session.js';
import { type DbLogger, keepingLogger } from './db-logger.js';
import { asksForJson } from './present/failure-json.js';
import { sessionExitCode } from './session-exit-code.js';
import { type Environment, type Terminal } from './terminal.js';

/** What a call of the group is made of. */
export interface SessionOptions {
  readonly group: string;
  readonly terminal: Terminal;
  readonly logger: DbLogger;
  readonly signal: AbortSignal;
  /** The environment, where the arguments are the process's own. */
  readonly launchedBy?: Environment;
  /** Starts the application; called at most once, and never for help or bad usage. */
  boot(): Promise<BootedApplication>;
}

/**
 * Runs one command and tells how it failed, if it did.
 *
 * @param args What follows the group's name.
 * @returns the exit code.
 */
export async function runSession(options: SessionOptions, args: readonly string[]): Promise<number> {
  const { terminal, logger } = options;
  let booting: Promise<BootedApplication> | undefined;
  const session: CommandSession = {
    group: options.group,
    terminal,
    signal: options.signal,
    args,
    launchedBy: options.launchedBy,
    connections: async () => (await (booting ??= options.boot())).connections,
  };
  return keepingLogger(async () => {
    try {
      // nest-commander can't be loaded while a test runner links the modules that import this one
      const { runCommandLine } = await import('./commander-host.js');
      await runCommandLine(session, args, logger);
    } catch (error) {
      session.failure ??= { error, verbose: false, json: asksForJson(args) };
    } finally {
      await closeBooted(booting);
    }
    return sessionExitCode(session);
  });
}

async function closeBooted(booting: Promise<BootedApplication> | undefined): Promise<void> {
  const booted = await booting?.catch(() => undefined); // the command has failed with it already
  await booted?.close();
}
