import { Misuse } from '../definition/misuse.js';
import { flag, type Option, type OptionValues, text } from '../definition/option.js';

const xArg: Option<readonly string[]> = {
  flags: '-x, --x-arg <key=value>',
  description: 'argument for the revisions, in op.xArguments (repeatable)',
  read: (pair, before = []) => {
    if (pair === '' || pair.startsWith('=')) throw new Misuse(`-x needs key=value, not '${pair}'`);
    return [...before, pair];
  },
};

const output: Option<string> = {
  flags: '--output <file>',
  description: 'write the result to a file instead of stdout',
  read: (file) => {
    if (file === '') throw new Misuse('--output needs the name of a file');
    return file;
  },
};

/** The options that the group takes as well as each of its commands. */
export const commonOptions = {
  directory: text('-d, --directory <path>', 'script directory, instead of the configured one'),
  context: text('--context <name>', "connection to work on: MikroORM's contextName, or default"),
  xArg,
  json: flag('--json', 'print the result as JSON, and a failure too'),
  output,
  verbose: flag('-v, --verbose', 'more output; the stack of an error'),
  quiet: flag('-q, --quiet', 'results and errors only: no progress, no hints'),
};

/** What was given of the options that every command has. */
export type CommonValues = OptionValues<typeof commonOptions>;

/** The options of a command together with those given to its group: `db -d other upgrade`. */
export function withGroup<T extends CommonValues>(group: CommonValues, own: T): T {
  return { ...group, ...own, xArg: [...(group.xArg ?? []), ...(own.xArg ?? [])] };
}

/** `k=v` arguments as a record; without `=` the value is empty. Of two with one key the last counts. */
export function keyValues(pairs: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
