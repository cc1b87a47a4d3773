import { type OptionOfCommand } from './npm-arguments.js';

/** The part of commander's command that reads a command line. */
export interface OptionParser {
  readonly options: readonly OptionOfCommand[];
  parseOptions(argv: string[]): { operands: string[]; unknown: string[] };
}

const mask = '\u0000negative:';

/** Lets `-1` be an argument: commander 11 takes it for an option that it does not know. */
export function acceptNegativeNumbers(command: OptionParser): void {
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

function takesValue(command: OptionParser, flag: string | undefined): boolean {
  if (flag === undefined) return false; // an option without a short flag has that undefined too
  return command.options.some(({ short, long, required }) => required && (short === flag || long === flag));
}

function unmask(argument: string): string {
  return argument.startsWith(mask) ? argument.slice(mask.length) : argument;
}
