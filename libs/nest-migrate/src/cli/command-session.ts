import { type Connection } from './connections.js';
import { type Environment, type Terminal } from './terminal.js';

/** What the commands of one call share. Made fresh for each call, so that nothing leaks into the next. */
export interface CommandSession {
  /** The word before the command, `db`. */
  readonly group: string;
  readonly terminal: Terminal;
  /** Fires when the command shall stop. */
  readonly signal: AbortSignal;
  /** What follows the group's name. */
  readonly args: readonly string[];
  /**
   * The environment, where the arguments are the process's own: the program that started it may have kept a part of
   * them.
   */
  readonly launchedBy?: Environment;
  /** Starts what the application needs for a `db` command, once, and returns its connections in order. */
  connections(): Promise<readonly Connection[]>;
  /** Set by a command that failed; commands never throw, since nest-commander adds to what passes through it. */
  failure?: CommandFailure;
}

export interface CommandFailure {
  readonly error: unknown;
  /** Whether the stack was asked for. */
  readonly verbose: boolean;
  /** Whether a program reads it. */
  readonly json: boolean;
}

/** Ends a command with an exit code where nothing is left to print: help, a version, a check that fails. */
export class CommandExit extends Error {
  constructor(readonly exitCode: number) {
    super('nothing is left to print');
  }
}
