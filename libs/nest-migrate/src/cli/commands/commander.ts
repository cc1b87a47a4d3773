import { type CommandRunner } from 'nest-commander';
import { UsageError } from '../../errors/usage.errors.js';
import { Told } from '../command-session.js';
import { ExitCode } from '../exit-code.js';

/** commander's command; its package is nest-commander's dependency, not ours. */
export type CommanderCommand = Parameters<CommandRunner['setCommand']>[0];

/**
 * Makes a command end in an exception where commander would end the process. Subcommands of nest-commander inherit
 * nothing from their parent, so each needs it.
 */
export function throwInsteadOfExit(command: CommanderCommand): void {
  command.exitOverride((error) => {
    if (
      error.code === 'commander.helpDisplayed' ||
      error.code === 'commander.help' ||
      error.code === 'commander.version'
    ) {
      throw new Told(error.exitCode === 0 ? ExitCode.done : ExitCode.usage);
    }
    throw usageError(command, error.message.replace(/^error: /, ''));
  });
}

/** A usage error of a command, with the way to its help. */
export function usageError(command: CommanderCommand, problem: string): UsageError {
  const line = problem.replace(/\s*\n\s*/g, ' ').replace(/[.\s]+$/, '');
  const end = line.endsWith('?') ? '' : '.';
  return new UsageError(`${line.charAt(0).toUpperCase()}${line.slice(1)}${end}`, {
    cure: `See ${pathOf(command)} --help.`,
  });
}

/** `db upgrade`. */
export function pathOf(command: CommanderCommand): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

const mask = '\u0000negative:';

/** Lets `-1` be an argument: commander 11 takes it for an option that it does not know. */
export function acceptNegativeNumbers(command: CommanderCommand): void {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (argv) => {
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const masked = argv.map((argument, index) => {
      const isNumber = index < end && /^-\d+$/.test(argument);
      return isNumber && !takesValue(command, argv[index - 1]) ? `${mask}${argument}` : argument;
    });
    const { operands, unknown } = parse(masked);
    return { operands: operands.map(unmask), unknown: unknown.map(unmask) };
  };
}

function takesValue(command: CommanderCommand, flag: string | undefined): boolean {
  if (flag === undefined) return false; // an option without a short flag has that undefined too
  return command.options.some(({ short, long, required }) => required && (short === flag || long === flag));
}

function unmask(argument: string): string {
  return argument.startsWith(mask) ? argument.slice(mask.length) : argument;
}
