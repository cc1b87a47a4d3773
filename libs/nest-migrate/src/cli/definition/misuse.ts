import { UsageError } from '../../errors/usage.errors.js';

/** A command line that makes no sense: what is wrong with it, without the way to the help of its command. */
export class Misuse extends Error {}

/**
 * A usage error of a command, with the way to its help.
 *
 * @param command As it is typed: `db upgrade`.
 */
export function usageError(command: string, problem: string): UsageError {
  const line = problem.replace(/\s*\n\s*/g, ' ').replace(/[.\s]+$/, '');
  const end = line.endsWith('?') ? '' : '.';
  return new UsageError(`${line.charAt(0).toUpperCase()}${line.slice(1)}${end}`, { cure: `See ${command} --help.` });
}

/** Makes a usage error of a command of its {@link Misuse}. Any other error is returned as it is. */
export function asUsageError(command: string, error: unknown): unknown {
  return error instanceof Misuse ? usageError(command, error.message) : error;
}
