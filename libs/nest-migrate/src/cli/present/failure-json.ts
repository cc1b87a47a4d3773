import { MigrationError } from '../../errors/migration.error.js';
import { OneOfSeveralFailed } from '../connections.js';
import { messageLines } from './failure.js';

/**
 * How a `db` command tells under `--json` that it failed: the last line on stderr, while stdout stays empty. The exit
 * code is what it is without `--json`.
 *
 * @example
 * import { spawnSync } from 'node:child_process';
 *
 * const { stderr } = spawnSync('npm', ['run', '--silent', 'db', '--', 'upgrade', '--json'], { encoding: 'utf8' });
 * const last = stderr.trimEnd().split('\n').at(-1) ?? '';
 * const { error } = JSON.parse(last) as DbCommandFailure;
 * if (error.code === 'MULTIPLE_HEADS') console.log('two branches wait to be merged');
 */
export interface DbCommandFailure {
  /** The failure. */
  readonly error: {
    /** `code` of the {@link MigrationError}; `UNEXPECTED` where the failure is not one of ours. */
    readonly code: string;
    /**
     * What a person reads behind `Error:`, the cure included. Its wording may change; of an error of the application
     * all lines.
     */
    readonly message: string;
    /** The part of the message that says what to do, where there is one. */
    readonly cure?: string;
    /** The connection that failed, where the command works on several. */
    readonly connection?: string;
    /** The connections that were done before it, in order. */
    readonly done?: readonly string[];
    /** The connections that were not started. */
    readonly left?: readonly string[];
  };
}

/**
 * A failure for programs.
 *
 * @param group The word of the group of commands.
 */
export function failureJson(error: unknown, group?: string): DbCommandFailure {
  if (error instanceof OneOfSeveralFailed) {
    const { connection, done, left } = error;
    return { error: { ...failureJson(error.cause, group).error, connection, done, left } };
  }
  const message = messageLines(error, group).join('\n');
  if (!(error instanceof MigrationError)) return { error: { code: 'UNEXPECTED', message } };
  return { error: { code: error.code, message, cure: error.textFor(group).cure } };
}

/** Whether a command line that may not even be one asks for JSON. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
